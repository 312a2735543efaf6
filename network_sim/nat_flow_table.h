// The flows of a NAT box: found by either of their two tuples, gone when their time is over.
#ifndef NETWORK_SIM_NAT_FLOW_TABLE_H_
#define NETWORK_SIM_NAT_FLOW_TABLE_H_

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "network_sim/nat_tcp.h"
#include "runtime/address.h"
#include "runtime/time.h"

namespace sfa::sim {

// Protocol, source and destination of a packet. Where a protocol has no ports they are 0; an ICMP
// query has its identifier as the port of the one who asks.
struct Tuple {
  uint8_t protocol = 0;
  Endpoint source;
  Endpoint destination;
  friend bool operator==(const Tuple&, const Tuple&) = default;
};

struct TupleHash {
  size_t operator()(const Tuple& tuple) const noexcept {
    const uint64_t addresses =
        static_cast<uint64_t>(tuple.source.address.value) << 32 | tuple.destination.address.value;
    const uint64_t ports = static_cast<uint64_t>(tuple.source.port) << 32 |
                           static_cast<uint64_t>(tuple.destination.port) << 8 | tuple.protocol;
    uint64_t value = (addresses ^ (ports * 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9;
    value ^= value >> 29;
    return static_cast<size_t>(value * 0x94D049BB133111EB >> 16);
  }
};

inline constexpr uint32_t kNoFlow = UINT32_MAX;

struct Flow {
  Tuple outbound;  // as the inside sends: inside host to remote
  Tuple inbound;   // as the remote sends: remote to external
  MonotonicTime created;
  MonotonicTime expires;
  bool replied = false;
  TcpTracker tcp;
  uint32_t mapping = kNoFlow;  // the box's own
  // Flows of the same inside endpoint, the newest first.
  uint32_t newer = kNoFlow;
  uint32_t older = kNoFlow;

 private:
  friend class FlowTable;
  MonotonicTime looked_at;  // when the table will look at it next
  uint32_t generation = 0;
  bool alive = false;
};

// Contract:
//  1. No two flows share an outbound or an inbound tuple.
//  2. A flow is there before its `expires` and is not found at or after it, given that Expire() has
//     been called with the present time first.
//  3. One comparison a packet pays for expiry; a flow that expires or lives on costs a step of a
//     heap once per timeout.
// A reference to a flow is valid until the next Add().
class FlowTable {
 public:
  // As net.netfilter.nf_conntrack_max on a small router.
  static constexpr size_t kMaxFlows = 65536;

  using Removed = std::function<void(const Flow&)>;
  // `removed` runs just before a flow is gone.
  explicit FlowTable(Removed removed) : removed_(std::move(removed)) {}

  void Expire(MonotonicTime now);
  Flow* FindOutbound(const Tuple& tuple) { return Find(outbound_, tuple); }
  Flow* FindInbound(const Tuple& tuple) { return Find(inbound_, tuple); }
  bool HasInbound(const Tuple& tuple) const { return inbound_.count(tuple) != 0; }
  // The newest flow of an inside endpoint.
  Flow* FindNewest(uint8_t protocol, const Endpoint& inside);
  bool full() const { return outbound_.size() >= kMaxFlows; }

  // Both tuples must be free and the table not full.
  Flow& Add(const Tuple& outbound, const Tuple& inbound, MonotonicTime now, MonotonicTime expires);
  void SetExpiry(Flow& flow, MonotonicTime expires);
  void Remove(Flow& flow);
  void Clear();
  size_t CountAlive(MonotonicTime now) const;

 private:
  using Index = std::unordered_map<Tuple, uint32_t, TupleHash>;  // looked up only, never walked
  struct Appointment {
    MonotonicTime when;
    uint32_t flow;
    uint32_t generation;
    friend bool operator<(const Appointment& a, const Appointment& b) {
      // A heap has the greatest in front; equal times in a fixed order.
      return a.when != b.when ? a.when > b.when : a.flow > b.flow;
    }
  };
  Flow* Find(const Index& index, const Tuple& tuple);
  static Tuple SourceKey(uint8_t protocol, const Endpoint& inside) {
    return {protocol, inside, {}};
  }
  void Schedule(uint32_t slot);
  void Link(uint32_t slot);
  void Unlink(uint32_t slot);

  Removed removed_;
  std::vector<Flow> flows_;
  std::vector<uint32_t> free_;
  Index outbound_, inbound_, newest_;
  std::vector<Appointment> appointments_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_FLOW_TABLE_H_
