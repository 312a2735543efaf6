// The ports of one protocol on one host, shared by its processes.
#ifndef NETWORK_SIM_PORT_SPACE_H_
#define NETWORK_SIM_PORT_SPACE_H_

#include <cstdint>
#include <unordered_map>

#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::sim {

// RFC 6335 section 6: the dynamic ports.
inline constexpr uint16_t kFirstEphemeralPort = 49152;

// Who is bound where. As on Linux, 0.0.0.0 conflicts with every address, two different addresses
// do not conflict.
template <typename Owner>
class PortSpace {
 public:
  explicit PortSpace(Ipv4Address host) : host_(host) {}

  // Whether `address` may be bound on this host.
  Status CheckAddress(Ipv4Address address) const {
    if (address.is_any() || address.is_loopback() || address == host_) return {};
    return Error{ErrorCode::kAddressNotAvailable,
                 "cannot bind " + address.ToString() + ": this host is " + host_.ToString()};
  }

  // Port 0 picks the next free one.
  Result<Endpoint> Bind(const Endpoint& local, Owner* owner) {
    if (Status status = CheckAddress(local.address); !status.ok()) return status.error();
    Endpoint bound = local;
    if (local.port == 0) {
      bound.port = NextFree();
      if (bound.port == 0) return Error{ErrorCode::kAddressInUse, "no free port left"};
    } else if (!IsFree(local)) {
      return Error{ErrorCode::kAddressInUse, local.ToString() + " is bound by another socket"};
    }
    owners_.emplace(bound, owner);
    ++bound_[bound.port];
    return bound;
  }

  void Release(const Endpoint& bound) {
    owners_.erase(bound);
    const auto count = bound_.find(bound.port);
    if (--count->second == 0) bound_.erase(count);
  }

  // Who gets what arrives for `local`: the exact address before 0.0.0.0. Null when nobody does.
  Owner* Find(const Endpoint& local) const {
    if (const auto exact = owners_.find(local); exact != owners_.end()) return exact->second;
    const auto any = owners_.find({Ipv4Address::Any(), local.port});
    return any == owners_.end() ? nullptr : any->second;
  }

  // A port that nobody is bound to, whatever the address; 0 when there is none.
  uint16_t NextFree() {
    for (int tried = 0; tried < 65536 - kFirstEphemeralPort; ++tried) {
      const uint16_t port = next_;
      next_ = next_ == 65535 ? kFirstEphemeralPort : static_cast<uint16_t>(next_ + 1);
      if (!bound_.contains(port)) return port;
    }
    return 0;
  }

 private:
  bool IsFree(const Endpoint& local) const {
    if (!bound_.contains(local.port)) return true;
    if (local.address.is_any()) return false;
    return !owners_.contains(local) && !owners_.contains({Ipv4Address::Any(), local.port});
  }

  const Ipv4Address host_;
  std::unordered_map<Endpoint, Owner*> owners_;
  std::unordered_map<uint16_t, int> bound_;  // how many owners a port has
  uint16_t next_ = kFirstEphemeralPort;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_PORT_SPACE_H_
