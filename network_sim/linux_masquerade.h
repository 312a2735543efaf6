// A Linux router with `iptables -t nat -A POSTROUTING -j MASQUERADE`, as a Debian kernel behaves
// (measured; net.netfilter.* at their defaults; conformance/judges/nat compares the two).
//
// Each flow is translated on its own: it keeps the source port, or the one that its source already
// has, when the tuple by which the answer comes back is still free. To a STUN test that looks like
// endpoint-independent mapping, and two inside hosts may share a port towards different remotes.
// With `linux_random` each flow draws a port of its own.
//
// What belongs to no flow is for the router itself. A dropping INPUT chain leaves no trace of it: a
// peer's early packet does no harm. With `input_accepts` the router remembers it, and what would be
// answered by the same tuple has to move: the early packet spoils the punch.
#ifndef NETWORK_SIM_LINUX_MASQUERADE_H_
#define NETWORK_SIM_LINUX_MASQUERADE_H_

#include <optional>
#include <string>

#include "network_sim/nat_box.h"
#include "network_sim/random_streams.h"

namespace sfa::sim {

class LinuxMasquerade final : public NatBox {
 public:
  LinuxMasquerade(const std::string& name, const NatSettings& settings, Ipv4Address external,
                  const NatClock& clock, uint64_t seed);

 private:
  Flow* Open(const Tuple& outbound, MonotonicTime now) override;
  std::optional<Duration> Lifetime(const Flow& flow, bool outbound,
                                   MonotonicTime now) const override;
  std::optional<Endpoint> AdmitStranger(const Tuple&) const override { return std::nullopt; }
  bool OutsideMayReopen() const override { return true; }
  void OnStranger(const Tuple& inbound, MonotonicTime now) override;

  Tuple ReplyTuple(const Tuple& outbound, uint16_t port) const;
  std::optional<uint16_t> ChoosePort(const Tuple& outbound);
  std::optional<uint16_t> SearchPort(const Tuple& outbound);

  const bool random_ports_;
  const bool input_accepts_;
  NoiseStream noise_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_LINUX_MASQUERADE_H_
