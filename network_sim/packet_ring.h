// Packets under way, oldest first, each with the time at which it arrives.
#ifndef NETWORK_SIM_PACKET_RING_H_
#define NETWORK_SIM_PACKET_RING_H_

#include <ns3/packet.h>
#include <ns3/ptr.h>

#include <cassert>
#include <utility>
#include <vector>

#include "runtime/time.h"

namespace sfa::sim {

// A ring that grows and never shrinks, so that the usual packet costs no allocation.
class PacketRing {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  MonotonicTime front_time() const { return slots_[first_].when; }

  void Push(MonotonicTime when, ns3::Ptr<ns3::Packet> packet) {
    if (size_ == slots_.size()) Grow();
    Slot& slot = slots_[(first_ + size_) & (slots_.size() - 1)];
    slot.when = when;
    slot.packet = std::move(packet);
    ++size_;
  }

  ns3::Ptr<ns3::Packet> Pop() {
    assert(size_ > 0);
    ns3::Ptr<ns3::Packet> packet = std::move(slots_[first_].packet);
    slots_[first_].packet = nullptr;
    first_ = (first_ + 1) & (slots_.size() - 1);
    --size_;
    return packet;
  }

 private:
  struct Slot {
    MonotonicTime when;
    ns3::Ptr<ns3::Packet> packet;
  };

  void Grow() {
    std::vector<Slot> larger(slots_.empty() ? 16 : slots_.size() * 2);
    for (size_t i = 0; i < size_; ++i) {
      larger[i] = std::move(slots_[(first_ + i) & (slots_.size() - 1)]);
    }
    slots_ = std::move(larger);
    first_ = 0;
  }

  std::vector<Slot> slots_;  // a power of two of them
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_PACKET_RING_H_
