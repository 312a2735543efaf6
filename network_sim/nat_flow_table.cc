#include "network_sim/nat_flow_table.h"

#include <algorithm>
#include <cassert>

namespace sfa::sim {

void FlowTable::Expire(MonotonicTime now) {
  while (!appointments_.empty() && appointments_.front().when <= now) {
    std::pop_heap(appointments_.begin(), appointments_.end());
    const Appointment appointment = appointments_.back();
    appointments_.pop_back();
    Flow& flow = flows_[appointment.flow];
    const bool stale = !flow.alive || flow.generation != appointment.generation ||
                       flow.looked_at != appointment.when;
    if (stale) continue;
    if (flow.expires <= now) {
      Remove(flow);
    } else {
      Schedule(appointment.flow);  // it has been refreshed since
    }
  }
}

Flow* FlowTable::Find(const Index& index, const Tuple& tuple) {
  const auto found = index.find(tuple);
  return found == index.end() ? nullptr : &flows_[found->second];
}

Flow* FlowTable::FindNewest(uint8_t protocol, const Endpoint& inside) {
  return Find(newest_, SourceKey(protocol, inside));
}

Flow& FlowTable::Add(const Tuple& outbound, const Tuple& inbound, MonotonicTime now,
                     MonotonicTime expires) {
  assert(!full());
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(flows_.size());
    flows_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Flow& flow = flows_[slot];
  const uint32_t generation = flow.generation + 1;
  flow = Flow();
  flow.generation = generation;
  flow.alive = true;
  flow.outbound = outbound;
  flow.inbound = inbound;
  flow.created = now;
  flow.expires = expires;
  [[maybe_unused]] const bool fresh_outbound = outbound_.emplace(outbound, slot).second;
  [[maybe_unused]] const bool fresh_inbound = inbound_.emplace(inbound, slot).second;
  assert(fresh_outbound && fresh_inbound);
  Link(slot);
  Schedule(slot);
  return flow;
}

void FlowTable::SetExpiry(Flow& flow, MonotonicTime expires) {
  flow.expires = expires;
  // A later end is noticed when the time comes; an earlier one needs an appointment of its own.
  if (expires < flow.looked_at) Schedule(static_cast<uint32_t>(&flow - flows_.data()));
}

void FlowTable::Remove(Flow& flow) {
  removed_(flow);
  const auto slot = static_cast<uint32_t>(&flow - flows_.data());
  Unlink(slot);
  outbound_.erase(flow.outbound);
  inbound_.erase(flow.inbound);
  flow.alive = false;
  free_.push_back(slot);
}

void FlowTable::Clear() {
  for (Flow& flow : flows_) {
    if (flow.alive) Remove(flow);
  }
}

size_t FlowTable::CountAlive(MonotonicTime now) const {
  return static_cast<size_t>(std::count_if(flows_.begin(), flows_.end(), [now](const Flow& flow) {
    return flow.alive && flow.expires > now;
  }));
}

void FlowTable::Schedule(uint32_t slot) {
  Flow& flow = flows_[slot];
  flow.looked_at = flow.expires;
  appointments_.push_back({flow.expires, slot, flow.generation});
  std::push_heap(appointments_.begin(), appointments_.end());
}

void FlowTable::Link(uint32_t slot) {
  Flow& flow = flows_[slot];
  const auto [newest, first] =
      newest_.emplace(SourceKey(flow.outbound.protocol, flow.outbound.source), slot);
  if (first) return;
  flow.older = newest->second;
  flows_[flow.older].newer = slot;
  newest->second = slot;
}

void FlowTable::Unlink(uint32_t slot) {
  const Flow& flow = flows_[slot];
  if (flow.older != kNoFlow) flows_[flow.older].newer = flow.newer;
  if (flow.newer != kNoFlow) {
    flows_[flow.newer].older = flow.older;
    return;
  }
  const Tuple key = SourceKey(flow.outbound.protocol, flow.outbound.source);
  if (flow.older == kNoFlow) {
    newest_.erase(key);
  } else {
    newest_[key] = flow.older;
  }
}

}  // namespace sfa::sim
