// One direction of a line: queue, rate, delay, and how rough it is.
#ifndef NETWORK_SIM_LINK_H_
#define NETWORK_SIM_LINK_H_

#include <cstdint>
#include <memory>
#include <string>

#include "network_sim/alarm.h"
#include "network_sim/packet_ring.h"
#include "network_sim/packet_sink.h"
#include "network_sim/roughness.h"
#include "network_sim/site.h"

namespace sfa::sim {

// A queue that holds `queue_bytes` and drops at the tail, a transmitter of `bits_per_second`, then
// the line itself with its delay and roughness.
//
// Contract:
//  1. Packets leave in the order in which they entered, but for those that are overtaken: they keep
//     an order of their own.
//  2. None leaves inside Receive(), even without delay.
//  3. A lost packet has taken its share of the rate; the second copy of one takes none.
//  4. Which packets are lost and how long each takes depends on the seed and on the packets before
//     it in this link, and on nothing else.
//  5. A cut line lets nothing in and nothing out: what was under way is lost, too.
class Link final : public PacketSink {
 public:
  Link(std::string name, const LinkSettings& settings, uint64_t seed, Ledger& ledger,
       PacketSink* to);

  void Receive(ns3::Ptr<ns3::Packet> packet) override;
  const std::string& name() const override { return name_; }

  // From the next packet on.
  void Change(const LinkSettings& settings);
  void SetCut(bool cut) { cut_ = cut; }
  void SetEnd(PacketSink* to) { to_ = to; }

  uint64_t lost() const { return lost_; }              // by the line
  uint64_t overflowed() const { return overflowed_; }  // by the queue

 private:
  // When the last bit of a packet of `bytes` has left the transmitter; nothing when the queue is
  // full.
  bool Transmit(size_t bytes, MonotonicTime now, MonotonicTime* sent);
  void ReceiveRough(ns3::Ptr<ns3::Packet> packet, MonotonicTime now, MonotonicTime sent);
  void Push(ns3::Ptr<ns3::Packet> packet, MonotonicTime now, MonotonicTime arrival);
  void PushOvertaken(ns3::Ptr<ns3::Packet> packet, MonotonicTime now, MonotonicTime arrival);
  void OnArrival();
  void OnOvertakenArrival();
  void Deliver(ns3::Ptr<ns3::Packet> packet);
  void Lose();

  const std::string name_;
  LinkSettings settings_;
  const uint64_t seed_;
  Ledger& ledger_;
  PacketSink* to_;
  bool cut_ = false;
  std::unique_ptr<Roughness> roughness_;  // of a line that is or was rough
  MonotonicTime transmitter_free_{};
  MonotonicTime last_arrival_{};
  MonotonicTime last_overtaken_arrival_{};
  PacketRing in_flight_;
  PacketRing overtaken_;
  Alarm<Link, &Link::OnArrival> alarm_;
  Alarm<Link, &Link::OnOvertakenArrival> overtaken_alarm_;
  uint64_t lost_ = 0;
  uint64_t overflowed_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_LINK_H_
