// For any sequence of packets and any kind of box: no two inside flows share an external tuple
// towards one destination, no mapping outlives its timer, and the filter admits what its kind
// admits and nothing else.
//
// The model below knows only what was seen on the two sides and the rules; nothing of the box.
#include <gtest/gtest.h>
// RapidCheck's header needs GoogleTest's.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "network_sim/nat_test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What the outside world knows of one flow.
struct Seen {
  Endpoint inside, remote;
  uint16_t port;  // external
  MonotonicTime created, refreshed;
  bool replied = false;
  Duration lifetime{};  // from `refreshed`
};

class Model {
 public:
  explicit Model(const NatSettings& settings) : settings_(settings) {}

  bool IsAlive(const Seen& flow, MonotonicTime now) const {
    return now < flow.refreshed + flow.lifetime;
  }

  void CheckOut(const Endpoint& inside, const Endpoint& remote, uint16_t port, MonotonicTime now) {
    for (const Seen& flow : flows_) {
      if (!IsAlive(flow, now)) continue;
      const bool same_tuple = flow.port == port && flow.remote == remote;
      RC_ASSERT(!same_tuple || flow.inside == inside);
      // RFC 4787 REQ-3; Linux overloads ports on purpose.
      if (!settings_.linux_masquerade) RC_ASSERT(flow.port != port || flow.inside == inside);
      if (flow.inside != inside) continue;
      if (SharesMapping(flow.remote, remote)) {
        RC_ASSERT(flow.port == port);
      } else if (!settings_.linux_masquerade) {
        RC_ASSERT(flow.port != port);
      }
    }
    Seen& flow = FindOrAdd(inside, remote, port, now);
    Refresh(flow, now);
  }

  // Who may get a datagram from `remote` to external `port`: nobody, or this one.
  const Seen* Admitted(const Endpoint& remote, uint16_t port, MonotonicTime now) const {
    for (const Seen& flow : flows_) {
      if (IsAlive(flow, now) && flow.port == port && Admits(flow.remote, remote)) return &flow;
    }
    return nullptr;
  }
  void CameIn(const Endpoint& remote, uint16_t port, MonotonicTime now) {
    if (!settings_.linux_masquerade) return;  // only the inside refreshes
    for (Seen& flow : flows_) {
      if (!IsAlive(flow, now) || flow.port != port || flow.remote != remote) continue;
      Refresh(flow, now);
      flow.replied = true;  // from the next packet on
    }
  }
  size_t alive(MonotonicTime now) const {
    return static_cast<size_t>(std::count_if(flows_.begin(), flows_.end(),
                                             [&](const Seen& flow) { return IsAlive(flow, now); }));
  }
  // An external port that is or was in use.
  uint16_t PortSeen(size_t index) const {
    return flows_.empty() ? uint16_t{5000} : flows_[index % flows_.size()].port;
  }

 private:
  bool SharesMapping(const Endpoint& a, const Endpoint& b) const {
    // What Linux keeps of a source's ports is a preference, not a promise; a flow keeps its own.
    if (settings_.linux_masquerade) return a == b;
    switch (settings_.mapping) {
      case NatMapping::kEndpointIndependent:
        return true;
      case NatMapping::kAddressDependent:
        return a.address == b.address;
      case NatMapping::kAddressAndPortDependent:
        return a == b;
    }
    return false;
  }
  bool Admits(const Endpoint& sent_to, const Endpoint& from) const {
    if (settings_.linux_masquerade) return sent_to == from;
    switch (settings_.filtering) {
      case NatFiltering::kEndpointIndependent:
        return true;
      case NatFiltering::kAddressDependent:
        return sent_to.address == from.address;
      case NatFiltering::kAddressAndPortDependent:
        return sent_to == from;
    }
    return false;
  }
  Seen& FindOrAdd(const Endpoint& inside, const Endpoint& remote, uint16_t port,
                  MonotonicTime now) {
    for (Seen& flow : flows_) {
      if (flow.inside != inside || flow.remote != remote) continue;
      if (!IsAlive(flow, now)) flow = {inside, remote, port, now, now};
      return flow;
    }
    flows_.push_back({inside, remote, port, now, now});
    return flows_.back();
  }
  void Refresh(Seen& flow, MonotonicTime now) {
    flow.refreshed = now;
    if (!settings_.linux_masquerade) {
      flow.lifetime = settings_.udp_timeout;
    } else {
      const bool stream = flow.replied && now > flow.created + seconds(2);
      flow.lifetime = stream ? seconds(120) : seconds(30);
    }
  }

  const NatSettings settings_;
  std::vector<Seen> flows_;
};

// Few of everything, so that they meet.
Endpoint InsideOf(int index) {
  return {Ipv4Address::Of(192, 168, 1, static_cast<uint8_t>(10 + index % 3)),
          static_cast<uint16_t>(5000 + index / 3)};
}
Endpoint RemoteOf(int index) {
  return {Ipv4Address::Of(198, 51, 100, static_cast<uint8_t>(1 + index % 2)),
          static_cast<uint16_t>(7000 + index / 2)};
}
constexpr int kInsides = 6, kRemotes = 4;
constexpr int kWaits[] = {0, 1, 1000, 1999, 2001, 5000, 9999, 10000, 29999, 30000, 119999, 120000};

// Milliseconds to wait, outbound or not, inside host, remote, which port an inbound packet tries.
using Step = std::tuple<int, bool, int, int, int>;

rc::Gen<std::vector<Step>> Steps() {
  return rc::gen::container<std::vector<Step>>(
      rc::gen::tuple(rc::gen::elementOf(std::vector<int>(std::begin(kWaits), std::end(kWaits))),
                     rc::gen::arbitrary<bool>(), rc::gen::inRange(0, kInsides),
                     rc::gen::inRange(0, kRemotes), rc::gen::inRange(0, 12)));
}

void Run(const NatSettings& settings, const std::vector<Step>& steps) {
  NatBench bench(settings);
  Model model(settings);
  for (const auto& [wait, outbound, inside_index, remote_index, port_index] : steps) {
    bench.Wait(milliseconds(wait));
    const MonotonicTime now = bench.clock.now;
    const Endpoint inside = InsideOf(inside_index);
    const Endpoint remote = RemoteOf(remote_index);
    if (outbound) {
      const Packet packet = bench.Send(Udp(inside, remote));
      RC_ASSERT(!packet.empty());
      RC_ASSERT(HasGoodChecksums(packet));
      RC_ASSERT(SourceOf(packet).address == NatBench::kExternal);
      RC_ASSERT(DestinationOf(packet) == remote);
      model.CheckOut(inside, remote, SourceOf(packet).port, now);
    } else {
      const uint16_t port = model.PortSeen(static_cast<size_t>(port_index));
      const Seen* const expected = model.Admitted(remote, port, now);
      const Packet packet = bench.Come(Udp(remote, {NatBench::kExternal, port}));
      RC_ASSERT(packet.empty() == (expected == nullptr));
      if (expected) {
        RC_ASSERT(HasGoodChecksums(packet));
        RC_ASSERT(DestinationOf(packet) == expected->inside);
        RC_ASSERT(SourceOf(packet) == remote);
        model.CameIn(remote, port, now);
      }
    }
    RC_ASSERT(bench.nat->flows() == model.alive(now));
  }
}

RC_GTEST_PROP(NatProperty, LinuxMasquerade, ()) {
  NatSettings settings;
  settings.linux_masquerade = true;
  Run(settings, *Steps());
}

RC_GTEST_PROP(NatProperty, PortRestrictedCone, ()) {
  NatSettings settings;
  settings.udp_timeout = seconds(30);
  Run(settings, *Steps());
}

RC_GTEST_PROP(NatProperty, EveryKindOfRfc4787, ()) {
  NatSettings settings;
  settings.mapping =
      *rc::gen::element(NatMapping::kEndpointIndependent, NatMapping::kAddressDependent,
                        NatMapping::kAddressAndPortDependent);
  settings.filtering =
      *rc::gen::element(NatFiltering::kEndpointIndependent, NatFiltering::kAddressDependent,
                        NatFiltering::kAddressAndPortDependent);
  settings.ports = *rc::gen::element(NatPortAssignment::kPreservation,
                                     NatPortAssignment::kSequential, NatPortAssignment::kRandom);
  settings.udp_timeout = *rc::gen::element(Duration(seconds(5)), Duration(seconds(30)));
  Run(settings, *Steps());
}

}  // namespace
}  // namespace sfa::sim
