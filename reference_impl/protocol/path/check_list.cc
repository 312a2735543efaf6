#include "protocol/path/check_list.h"

#include <algorithm>

#include "protocol/path/candidate.h"

namespace sfa::path {
namespace {

bool IsUnfinished(const Pair& pair) {
  return pair.state == PairState::kWaiting || pair.state == PairState::kInProgress || pair.queued;
}

}  // namespace

Pair* CheckList::Add(const Candidate& remote) {
  if (pairs_.size() == kMaxPairs) return nullptr;
  Pair& pair = pairs_.emplace_back();
  pair.remote = remote;
  return &pair;
}

Pair* CheckList::Find(const Endpoint& remote) {
  for (Pair& pair : pairs_) {
    if (pair.remote.endpoint == remote) return &pair;
  }
  return nullptr;
}

Pair* CheckList::FindCheck(const stun::TransactionId& id) {
  for (Pair& pair : pairs_) {
    if ((pair.check && pair.check->id() == id) || pair.superseded == id) return &pair;
  }
  return nullptr;
}

void CheckList::SetPriorities(PathRole role, uint32_t local) {
  for (Pair& pair : pairs_) {
    pair.priority = role == PathRole::kControlling ? PairPriority(local, pair.remote.priority)
                                                   : PairPriority(pair.remote.priority, local);
  }
}

void CheckList::Trigger(Pair& pair, bool first) {
  if (pair.queued) return;
  pair.queued = true;
  if (first) {
    triggered_.push_front(&pair);
  } else {
    triggered_.push_back(&pair);
  }
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
    if (pair.state == PairState::kWaiting && (!best || pair.priority > best->priority)) {
      best = &pair;
    }
  }
  return best;
}

bool CheckList::HasNext() const {
  return !triggered_.empty() || std::any_of(pairs_.begin(), pairs_.end(), [](const Pair& pair) {
    return pair.state == PairState::kWaiting;
  });
}

void CheckList::ClearQueue() {
  for (Pair* pair : triggered_) pair->queued = false;
  triggered_.clear();
}

Pair* CheckList::BestValid() {
  Pair* best = nullptr;
  for (Pair& pair : pairs_) {
    if (pair.state == PairState::kSucceeded && (!best || pair.priority > best->priority)) {
      best = &pair;
    }
  }
  return best;
}

bool CheckList::HopesForBetterThan(const Pair& other) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
    return pair.priority > other.priority && IsUnfinished(pair);
  });
}

bool CheckList::HopesForAny() const { return unfinished() > 0; }

size_t CheckList::unfinished() const {
  return static_cast<size_t>(std::count_if(pairs_.begin(), pairs_.end(), IsUnfinished));
}

}  // namespace sfa::path
