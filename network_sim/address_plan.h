// Which addresses the networks of a world get: always the same ones in the same order of creation.
#ifndef NETWORK_SIM_ADDRESS_PLAN_H_
#define NETWORK_SIM_ADDRESS_PLAN_H_

#include <cstdint>
#include <unordered_set>

#include "runtime/address.h"

namespace sfa::sim {

// Public addresses come from 203.0.113.0/24 (TEST-NET-3, RFC 5737) and then from 198.18.0.0/15
// (RFC 2544 appendix C), LANs from 192.168.N.0/24 and then 10.N.M.0/24 (RFC 1918), those of
// carriers from 100.64.0.0/10 (RFC 6598).
class AddressPlan {
 public:
  struct Public {
    Ipv4Address address;
    int prefix_length;
    Ipv4Address gateway;
  };

  // The next public address that nobody has.
  Public NextPublic();
  // Takes a particular one; false when somebody has it.
  bool Take(Ipv4Address address) { return taken_.insert(address.value).second; }
  // The base of the next LAN, a /24; .1 is its gateway.
  Ipv4Address NextLan();
  // Likewise, inside a carrier.
  Ipv4Address NextCarrierLan();

 private:
  std::unordered_set<uint32_t> taken_;
  uint32_t next_public_ = Ipv4Address::Of(203, 0, 113, 10).value;
  uint32_t lans_ = 0;
  uint32_t carrier_lans_ = 0;
};

inline constexpr int kLanPrefixLength = 24;
inline constexpr uint32_t kLanGateway = 1;
inline constexpr uint32_t kFirstLanHost = 10;
inline constexpr uint32_t kLastLanHost = 254;

}  // namespace sfa::sim

#endif  // NETWORK_SIM_ADDRESS_PLAN_H_
