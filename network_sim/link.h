// One direction of a line: queue, rate, loss, delay, jitter.
#ifndef NETWORK_SIM_LINK_H_
#define NETWORK_SIM_LINK_H_

#include <cstdint>
#include <string>

#include "network_sim/alarm.h"
#include "network_sim/packet_ring.h"
#include "network_sim/packet_sink.h"
#include "network_sim/random_streams.h"
#include "network_sim/site.h"

namespace sfa::sim {

// A queue that holds `queue_bytes` and drops at the tail, a transmitter of `bits_per_second`, then
// the line itself with its loss, delay and jitter.
//
// Contract:
//  1. Packets leave in the order in which they entered.
//  2. None leaves inside Receive(), even without delay.
//  3. A lost packet has taken its share of the rate.
//  4. Which packets are lost and how long each takes depends on the seed and on the packets before
//     it in this link, and on nothing else.
class Link final : public PacketSink {
 public:
  Link(std::string name, const LinkSettings& settings, uint64_t seed, Ledger& ledger,
       PacketSink* to);

  void Receive(ns3::Ptr<ns3::Packet> packet) override;
  const std::string& name() const override { return name_; }

  uint64_t lost() const { return lost_; }              // by the line
  uint64_t overflowed() const { return overflowed_; }  // by the queue

 private:
  // When the last bit of a packet of `bytes` has left the transmitter; nothing when the queue is
  // full.
  bool Transmit(size_t bytes, MonotonicTime now, MonotonicTime* sent);
  void OnArrival();

  const std::string name_;
  const LinkSettings settings_;
  Ledger& ledger_;
  PacketSink* const to_;
  NoiseStream noise_;
  MonotonicTime transmitter_free_{};
  MonotonicTime last_arrival_{};
  PacketRing in_flight_;
  Alarm<Link, &Link::OnArrival> alarm_;
  uint64_t lost_ = 0;
  uint64_t overflowed_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_LINK_H_
