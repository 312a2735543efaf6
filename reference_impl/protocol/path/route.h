// By which way packets leave this process, and where they go.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_ROUTE_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_ROUTE_H_

#include <cstdint>
#include <tuple>

#include "runtime/address.h"

namespace sfa::path {

// One of a port's ways out: its UDP socket, an allocation on a relay, a TCP connection. A number is
// never used again.
using WayId = uint32_t;
inline constexpr WayId kUdpWay = 0;

enum class WayKind : uint8_t { kUdp, kRelay, kTcp };

struct Route {
  WayId way = kUdpWay;
  Endpoint remote;
  friend bool operator==(const Route& a, const Route& b) {
    return a.way == b.way && a.remote == b.remote;
  }
  friend bool operator!=(const Route& a, const Route& b) { return !(a == b); }
  friend bool operator<(const Route& a, const Route& b) {
    return std::tie(a.way, a.remote) < std::tie(b.way, b.remote);
  }
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_ROUTE_H_
