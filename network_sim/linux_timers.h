// How long Linux's connection tracking remembers a flow that is not TCP: what Linux's NAT and our
// firewalls have in common. Those of TCP are in nat_tcp.h.
#ifndef NETWORK_SIM_LINUX_TIMERS_H_
#define NETWORK_SIM_LINUX_TIMERS_H_

#include <chrono>

#include "runtime/time.h"

namespace sfa::sim::linux_timers {

// net.netfilter.nf_conntrack_udp_timeout, _udp_timeout_stream, _icmp_timeout, _generic_timeout.
inline constexpr Duration kUdpTimeout = std::chrono::seconds(30);
inline constexpr Duration kUdpStreamTimeout = std::chrono::seconds(120);
// An answered flow becomes a stream at this age.
inline constexpr Duration kUdpStreamAge = std::chrono::seconds(2);
inline constexpr Duration kIcmpTimeout = std::chrono::seconds(30);
inline constexpr Duration kGenericTimeout = std::chrono::seconds(600);

}  // namespace sfa::sim::linux_timers

#endif  // NETWORK_SIM_LINUX_TIMERS_H_
