#include "network_sim/linux_masquerade.h"

#include <algorithm>

#include "network_sim/ipv4.h"
#include "network_sim/linux_timers.h"

namespace sfa::sim {
namespace {

using linux_timers::kGenericTimeout;
using linux_timers::kIcmpTimeout;
using linux_timers::kUdpStreamAge;
using linux_timers::kUdpStreamTimeout;
using linux_timers::kUdpTimeout;

// A port stays among those that mean the same to who looks at port numbers.
struct PortRange {
  uint32_t first;
  uint32_t size;
};
PortRange RangeFor(const Tuple& outbound) {
  if (outbound.protocol == kProtocolIcmp) return {0, 65536};
  const uint16_t port = outbound.source.port;
  if (port < 512) return {1, 511};
  if (port < 1024) return {600, 424};
  return {1024, 64512};
}

constexpr uint32_t kMaxProbes = 128;
constexpr uint32_t kMinProbes = 16;

}  // namespace

LinuxMasquerade::LinuxMasquerade(const std::string& name, const NatSettings& settings,
                                 Ipv4Address external, const NatClock& clock, uint64_t seed)
    : NatBox(name, external, settings.hairpin, /*admits_strangers=*/false, clock),
      random_ports_(settings.linux_random),
      input_accepts_(settings.input_accepts),
      noise_(seed) {}

Tuple LinuxMasquerade::ReplyTuple(const Tuple& outbound, uint16_t port) const {
  return {outbound.protocol, outbound.destination, {external(), port}};
}

Flow* LinuxMasquerade::Open(const Tuple& outbound, MonotonicTime now) {
  const auto port = ChoosePort(outbound);
  if (!port) return nullptr;
  return &table().Add(outbound, ReplyTuple(outbound, *port), now, now + kUdpTimeout);
}

std::optional<uint16_t> LinuxMasquerade::ChoosePort(const Tuple& outbound) {
  if (random_ports_) return SearchPort(outbound);
  const auto is_free = [&](uint16_t port) {
    return !table().HasInbound(ReplyTuple(outbound, port));
  };
  if (const Flow* sibling = table().FindNewest(outbound.protocol, outbound.source)) {
    const uint16_t port = sibling->inbound.destination.port;
    if (is_free(port)) return port;
  }
  if (is_free(outbound.source.port)) return outbound.source.port;
  return SearchPort(outbound);
}

// The router's answer to TCP and to echo ends or tells apart what it remembers of them.
void LinuxMasquerade::OnStranger(const Tuple& inbound, MonotonicTime now) {
  const bool remembered = input_accepts_ && inbound.protocol == kProtocolUdp &&
                          inbound.destination.address == external() && !table().full();
  if (!remembered) return;
  table().Add({inbound.protocol, inbound.destination, inbound.source}, inbound, now,
              now + kUdpTimeout);
}

// From a random start 128 ports in a row, then from another one half as many, and so on.
std::optional<uint16_t> LinuxMasquerade::SearchPort(const Tuple& outbound) {
  const bool has_ports = outbound.protocol == kProtocolTcp || outbound.protocol == kProtocolUdp ||
                         outbound.protocol == kProtocolIcmp;
  if (!has_ports) return std::nullopt;
  const PortRange range = RangeFor(outbound);
  uint32_t probes = std::min(range.size, kMaxProbes);
  while (true) {
    const auto start = static_cast<uint32_t>(noise_.Next() & 0xFFFF);
    for (uint32_t i = 0; i < probes; ++i) {
      const auto port = static_cast<uint16_t>(range.first + (start + i) % range.size);
      if (!table().HasInbound(ReplyTuple(outbound, port))) return port;
    }
    if (probes < kMinProbes) return std::nullopt;
    probes /= 2;
  }
}

std::optional<Duration> LinuxMasquerade::Lifetime(const Flow& flow, bool, MonotonicTime now) const {
  switch (flow.outbound.protocol) {
    case kProtocolUdp: {
      const bool stream = flow.replied && now - flow.created > kUdpStreamAge;
      return stream ? kUdpStreamTimeout : kUdpTimeout;
    }
    case kProtocolTcp:
      // Refused, or given up before anybody answered: forgotten at once.
      if (flow.tcp.state() == TcpState::kClose && !flow.replied) return Duration{};
      return flow.tcp.Timeout(LinuxTcpTimers());
    case kProtocolIcmp:
      return kIcmpTimeout;
    default:
      return kGenericTimeout;
  }
}

}  // namespace sfa::sim
