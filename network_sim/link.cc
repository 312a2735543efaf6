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
      ledger_(ledger),
      to_(to),
      noise_(seed),
      alarm_(this) {}

void Link::Receive(ns3::Ptr<ns3::Packet> packet) {
  const MonotonicTime now = SimulatedNow();
  MonotonicTime sent = now;
  if (in_flight_.size() >= kMaxInFlight || !Transmit(packet->GetSize(), now, &sent)) {
    ++overflowed_;
    ++ledger_.packets_dropped;
    return;
  }
  if (settings_.loss > 0 && noise_.Fraction() < settings_.loss) {
    ++lost_;
    ++ledger_.packets_dropped;
    return;
  }
  MonotonicTime arrival = sent + settings_.delay;
  if (settings_.jitter > Duration::zero()) {
    const double share = noise_.Fraction();
    arrival +=
        Duration(static_cast<int64_t>(share * static_cast<double>(settings_.jitter.count() + 1)));
  }
  arrival = std::max(arrival, last_arrival_);
  last_arrival_ = arrival;
  in_flight_.Push(arrival, std::move(packet));
  if (in_flight_.size() == 1) alarm_.After(arrival - now);
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
  to_->Receive(std::move(packet));
}

}  // namespace sfa::sim
