#include "network_sim/link.h"

#include <algorithm>
#include <utility>

namespace sfa::sim {
namespace {

// An unlimited link is still no endless memory.
constexpr size_t kMaxInFlight = 1 << 18;

}  // namespace

Link::Link(std::string name, const LinkSettings& settings, uint64_t seed, Ledger& ledger,
           PacketSink* to)
    : name_(std::move(name)),
      settings_(settings),
      seed_(seed),
      ledger_(ledger),
      to_(to),
      alarm_(this),
      overtaken_alarm_(this) {
  Change(settings);
}

void Link::Change(const LinkSettings& settings) {
  settings_ = settings;
  if (IsRough(settings) && !roughness_) roughness_ = std::make_unique<Roughness>(seed_);
}

void Link::Receive(ns3::Ptr<ns3::Packet> packet) {
  const MonotonicTime now = SimulatedNow();
  MonotonicTime sent = now;
  if (cut_) return Lose();
  if (in_flight_.size() + overtaken_.size() >= kMaxInFlight ||
      !Transmit(packet->GetSize(), now, &sent)) {
    ++overflowed_;
    ++ledger_.packets_dropped;
    return;
  }
  if (roughness_) return ReceiveRough(std::move(packet), now, sent);
  Push(std::move(packet), now, sent + settings_.delay);
}

void Link::ReceiveRough(ns3::Ptr<ns3::Packet> packet, MonotonicTime now, MonotonicTime sent) {
  const Roughness::Fate fate = roughness_->Next(settings_);
  if (fate.lost) return Lose();
  const MonotonicTime arrival = sent + settings_.delay + fate.jitter;
  const auto push = fate.overtaken ? &Link::PushOvertaken : &Link::Push;
  if (fate.doubled) (this->*push)(packet, now, arrival);
  (this->*push)(std::move(packet), now, arrival);
}

void Link::Push(ns3::Ptr<ns3::Packet> packet, MonotonicTime now, MonotonicTime arrival) {
  last_arrival_ = std::max(arrival, last_arrival_);
  in_flight_.Push(last_arrival_, std::move(packet));
  if (in_flight_.size() == 1) alarm_.After(last_arrival_ - now);
}

void Link::PushOvertaken(ns3::Ptr<ns3::Packet> packet, MonotonicTime now, MonotonicTime arrival) {
  const MonotonicTime late = std::max(arrival, last_arrival_) + settings_.reorder_by;
  last_overtaken_arrival_ = std::max(late, last_overtaken_arrival_);
  overtaken_.Push(last_overtaken_arrival_, std::move(packet));
  if (overtaken_.size() == 1) overtaken_alarm_.After(last_overtaken_arrival_ - now);
}

bool Link::Transmit(size_t bytes, MonotonicTime now, MonotonicTime* sent) {
  if (settings_.bits_per_second == 0) return true;
  const uint64_t rate = settings_.bits_per_second;
  const MonotonicTime start = std::max(now, transmitter_free_);
  // What waits or is being sent, from how long it will take.
  using Wide = unsigned __int128;
  const auto backlog_ns = static_cast<uint64_t>((start - now).count());
  const auto backlog_bytes = static_cast<uint64_t>(Wide(backlog_ns) * rate / 8'000'000'000u);
  if (backlog_bytes + bytes > settings_.queue_bytes) return false;
  const auto sending_ns = static_cast<int64_t>(Wide(bytes) * 8'000'000'000u / rate);
  transmitter_free_ = start + Duration(sending_ns);
  *sent = transmitter_free_;
  return true;
}

void Link::OnArrival() {
  const MonotonicTime now = SimulatedNow();
  ns3::Ptr<ns3::Packet> packet = in_flight_.Pop();
  if (!in_flight_.empty()) alarm_.After(in_flight_.front_time() - now);
  Deliver(std::move(packet));
}

void Link::OnOvertakenArrival() {
  const MonotonicTime now = SimulatedNow();
  ns3::Ptr<ns3::Packet> packet = overtaken_.Pop();
  if (!overtaken_.empty()) overtaken_alarm_.After(overtaken_.front_time() - now);
  Deliver(std::move(packet));
}

void Link::Deliver(ns3::Ptr<ns3::Packet> packet) {
  if (cut_) return Lose();
  to_->Receive(std::move(packet));
}

void Link::Lose() {
  ++lost_;
  ++ledger_.packets_dropped;
}

}  // namespace sfa::sim
