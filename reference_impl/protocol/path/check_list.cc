#include "protocol/path/check_list.h"

#include <algorithm>
#include <tuple>

#include "protocol/path/candidate.h"

namespace sfa::path {
namespace {

bool IsUnfinished(const Pair& pair) {
  return pair.state == PairState::kWaiting || pair.state == PairState::kInProgress || pair.queued;
}

bool IsBetter(const Pair& a, const Pair& b) {
  return std::make_tuple(a.path_class(), a.priority) > std::make_tuple(b.path_class(), b.priority);
}

}  // namespace

PathClass Pair::path_class() const {
  if (way_kind == WayKind::kRelay || remote.kind == CandidateKind::kRelayed) {
    return PathClass::kRelay;
  }
  return way_kind == WayKind::kTcp ? PathClass::kTcp : PathClass::kUdp;
}

int Rank(const Pair& pair) {
  const PathClass path_class = pair.path_class();
  const bool within = path_class == PathClass::kUdp && pair.remote.kind == CandidateKind::kHost;
  return static_cast<int>(path_class) + (within ? 1 : 0);
}

Pair* CheckList::Add(const Route& route, WayKind way_kind, const Candidate& remote,
                     PairState state) {
  if (state != PairState::kUnconnected && Find(route)) return nullptr;
  if (pairs_.size() == kMaxPairs) {
    const auto useless = std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
      const bool dead = pair.state == PairState::kFailed || pair.state == PairState::kClosed;
      return !pair.signalled && dead && !pair.queued && &pair != kept_;
    });
    if (useless == pairs_.end()) return nullptr;
    pairs_.erase(useless);
  }
  Pair& pair = pairs_.emplace_back();
  pair.route = route;
  pair.way_kind = way_kind;
  pair.remote = remote;
  pair.state = state;
  return &pair;
}

void CheckList::Remove(Pair& pair) {
  Untrigger(pair);
  pairs_.remove_if([&](const Pair& each) { return &each == &pair; });
}

Pair* CheckList::Find(const Route& route) {
  for (Pair& pair : pairs_) {
    if (pair.state != PairState::kUnconnected && pair.route == route) return &pair;
  }
  return nullptr;
}

Pair* CheckList::FindCheck(const stun::TransactionId& id) {
  for (Pair& pair : pairs_) {
    if (pair.check && pair.check->id() == id) return &pair;
    if (pair.superseded && pair.superseded->id == id) return &pair;
  }
  return nullptr;
}

void CheckList::SetPriorities(PathRole role) {
  for (Pair& pair : pairs_) {
    pair.priority = role == PathRole::kControlling
                        ? PairPriority(pair.local_priority, pair.remote.priority)
                        : PairPriority(pair.remote.priority, pair.local_priority);
  }
}

void CheckList::Trigger(Pair& pair) {
  const bool sendable = pair.state != PairState::kUnconnected && pair.state != PairState::kClosed;
  if (pair.queued || !sendable) return;
  pair.queued = true;
  triggered_.push_back(&pair);
}

void CheckList::Untrigger(Pair& pair) {
  if (!pair.queued) return;
  pair.queued = false;
  triggered_.erase(std::find(triggered_.begin(), triggered_.end(), &pair));
}

Pair* CheckList::Next() {
  if (!triggered_.empty()) {
    Pair* const pair = triggered_.front();
    triggered_.pop_front();
    pair->queued = false;
    return pair;
  }
  Pair* best = nullptr;
  for (Pair& pair : pairs_) {
    if (pair.state == PairState::kWaiting && (!best || IsBetter(pair, *best))) best = &pair;
  }
  return best;
}

bool CheckList::HasNext() const {
  return !triggered_.empty() || std::any_of(pairs_.begin(), pairs_.end(), [](const Pair& pair) {
    return pair.state == PairState::kWaiting;
  });
}

Pair* CheckList::BestValid() {
  Pair* best = nullptr;
  for (Pair& pair : pairs_) {
    if (pair.state == PairState::kSucceeded && (!best || IsBetter(pair, *best))) best = &pair;
  }
  return best;
}

bool CheckList::HopesForBetterThan(const Pair& other) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
    return pair.path_class() > other.path_class() && IsUnfinished(pair);
  });
}

size_t CheckList::unfinished() const {
  return static_cast<size_t>(std::count_if(pairs_.begin(), pairs_.end(), IsUnfinished));
}

}  // namespace sfa::path
