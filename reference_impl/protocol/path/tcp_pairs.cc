#include "protocol/path/tcp_pairs.h"

#include <algorithm>

namespace sfa::path {
namespace {

// Two round trips of the slowest path that still makes a call, and one lost check.
constexpr Duration kHeadStart = std::chrono::milliseconds(500);
constexpr size_t kMaxConnections = 4;
constexpr size_t kMaxTried = 16;
// RFC 6298 section 2: the first repetition of a SYN comes after 1 s; two have gone unanswered.
constexpr Duration kRetry = std::chrono::seconds(2);
constexpr Duration kCloseAfter = std::chrono::seconds(2);

}  // namespace

TcpPairs::TcpPairs(Runtime& runtime, CheckPort& port, CheckList& list, OutgoingChecks& checks)
    : runtime_(runtime),
      port_(port),
      list_(list),
      checks_(checks),
      begin_(runtime.NewTimer([this] {
        const bool direct =
            std::any_of(list_.pairs().begin(), list_.pairs().end(), [](const Pair& pair) {
              return pair.state == PairState::kSucceeded && pair.path_class() == PathClass::kUdp;
            });
        if (!direct) Begin();
      })),
      close_(runtime.NewTimer([this] { CloseUnused(); })) {}

void TcpPairs::Begin() {
  begin_->Cancel();
  begun_ = true;
  Connect();
}

void TcpPairs::BeginSoon() {
  if (!begun_ && !begin_->running()) begin_->Start(kHeadStart);
}

bool TcpPairs::TriedLately(const Endpoint& remote) const {
  return std::any_of(tried_.begin(), tried_.end(),
                     [&](const Connection& each) { return each.remote == remote; });
}

void TcpPairs::Connect() {
  if (!begun_) return;
  for (Pair& pair : list_.pairs()) {
    if (pair.state == PairState::kUnconnected && !TriedLately(pair.remote.endpoint)) {
      ConnectTo(pair);
    }
  }
}

void TcpPairs::ConnectTo(Pair& pair) {
  if (open_.size() == kMaxConnections || tried_.size() == kMaxTried) return;
  const auto way = port_.ConnectTcp(pair.remote.endpoint);
  if (!way) return;
  pair.route = {*way, pair.remote.endpoint};
  pair.state = PairState::kWaiting;
  open_.push_back({*way, pair.remote.endpoint, runtime_.Now()});
  tried_.push_back(open_.back());
  checks_.Schedule();
}

void TcpPairs::Renew() {
  const MonotonicTime now = runtime_.Now();
  tried_.erase(std::remove_if(tried_.begin(), tried_.end(),
                              [&](const Connection& each) { return now - each.since >= kRetry; }),
               tried_.end());
  for (Pair& pair : list_.pairs()) {
    const auto connection = std::find_if(open_.begin(), open_.end(), [&](const Connection& each) {
      return each.way == pair.route.way;
    });
    if (connection == open_.end() || pair.state == PairState::kUnconnected ||
        pair.state == PairState::kSucceeded || now - connection->since < kRetry ||
        (pair.valid_at && now - *pair.valid_at < kRetry)) {
      continue;
    }
    checks_.Stop(pair);
    port_.CloseWay(connection->way);
    open_.erase(connection);
    if (&pair == list_.kept()) {
      pair.state = PairState::kClosed;
      pair.signalled = false;
    } else {
      pair.state = PairState::kUnconnected;
    }
  }
  begun_ = true;
  Connect();
}

void TcpPairs::OnSelected(const Pair& pair) {
  selected_ = &pair;
  close_->Start(kCloseAfter);
}

void TcpPairs::CloseUnused() {
  // While a relay is in use, a connection would be better.
  if (selected_->path_class() == PathClass::kRelay) return;
  begin_->Cancel();
  begun_ = false;
  for (Pair& pair : list_.pairs()) {
    const auto connection = std::find_if(open_.begin(), open_.end(), [&](const Connection& each) {
      return each.way == pair.route.way;
    });
    if (connection == open_.end() || &pair == selected_) continue;
    checks_.Stop(pair);
    port_.CloseWay(connection->way);
    open_.erase(connection);
    pair.state = PairState::kUnconnected;
  }
}

void TcpPairs::OnWayClosed(WayId way) {
  open_.erase(std::remove_if(open_.begin(), open_.end(),
                             [&](const Connection& each) { return each.way == way; }),
              open_.end());
}

void TcpPairs::CloseAll() {
  begin_->Cancel();
  close_->Cancel();
  for (const Connection& connection : open_) port_.CloseWay(connection.way);
  open_.clear();
}

}  // namespace sfa::path
