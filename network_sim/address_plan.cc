#include "network_sim/address_plan.h"

namespace sfa::sim {
namespace {

constexpr uint32_t kLastOfTestNet = Ipv4Address::Of(203, 0, 113, 254).value;
constexpr uint32_t kFirstOfBenchmarkNet = Ipv4Address::Of(198, 18, 0, 2).value;

}  // namespace

AddressPlan::Public AddressPlan::NextPublic() {
  uint32_t address;
  do {
    address = next_public_;
    next_public_ = address == kLastOfTestNet ? kFirstOfBenchmarkNet : address + 1;
  } while (!Take({address}));
  if (address >> 24 == 203) return {{address}, 24, Ipv4Address::Of(203, 0, 113, 1)};
  return {{address}, 15, Ipv4Address::Of(198, 18, 0, 1)};
}

Ipv4Address AddressPlan::NextLan() {
  const uint32_t number = ++lans_;
  if (number < 255) return Ipv4Address::Of(192, 168, static_cast<uint8_t>(number), 0);
  return {Ipv4Address::Of(10, 0, 0, 0).value + (number << 8)};
}

Ipv4Address AddressPlan::NextCarrierLan() {
  return {Ipv4Address::Of(100, 64, 0, 0).value + (carrier_lans_++ << 8)};
}

}  // namespace sfa::sim
