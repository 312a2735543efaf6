// A box that RFC 4787's words describe: how it maps, how it filters, how it assigns ports. Each
// combination is one; endpoint-independent mapping with address-and-port-dependent filtering is the
// port-restricted cone of older texts.
//
// A mapping is there as long as one of its flows is. UDP is refreshed from the inside only (REQ-6);
// no external port serves two mappings (REQ-3); a clash keeps a port's parity and which side of
// 1024 it is on (REQ-3, REQ-4). TCP as RFC 5382, ICMP queries as RFC 5508.
#ifndef NETWORK_SIM_NAT_RFC4787_H_
#define NETWORK_SIM_NAT_RFC4787_H_

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "network_sim/nat_box.h"
#include "network_sim/random_streams.h"

namespace sfa::sim {

class Rfc4787Nat final : public NatBox {
 public:
  Rfc4787Nat(const std::string& name, const NatSettings& settings, Ipv4Address external,
             const NatClock& clock, uint64_t seed);

 private:
  struct Mapping {
    Tuple key;      // protocol, inside endpoint, and the part of the remote that it depends on
    uint16_t port;  // external
    uint32_t flows;
  };

  Flow* Open(const Tuple& outbound, MonotonicTime now) override;
  std::optional<Duration> Lifetime(const Flow& flow, bool outbound,
                                   MonotonicTime now) const override;
  std::optional<Endpoint> AdmitStranger(const Tuple& inbound) const override;
  void OnRemoved(const Flow& flow) override;

  Tuple MappingKey(const Tuple& outbound) const;
  Tuple PortKey(uint8_t protocol, uint16_t port) const {
    return {protocol, {}, {external(), port}};
  }
  // That the inside has sent from `port` to some port of `remote`.
  Tuple PermitKey(uint8_t protocol, Ipv4Address remote, uint16_t port) const {
    return {protocol, {remote, 0}, {external(), port}};
  }
  std::optional<uint32_t> FindOrMakeMapping(const Tuple& outbound);
  std::optional<uint16_t> ChoosePort(const Tuple& outbound);

  const NatSettings settings_;
  NoiseStream noise_;
  uint32_t next_offset_ = 0;  // of sequential assignment, from the first port of its range
  std::vector<Mapping> mappings_;
  std::vector<uint32_t> free_;
  // Looked up only, never walked.
  std::unordered_map<Tuple, uint32_t, TupleHash> by_inside_, by_port_;
  std::unordered_map<Tuple, uint32_t, TupleHash> permits_;  // to how many flows
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_RFC4787_H_
