#include "protocol/path/alternatives.h"

#include <utility>

namespace sfa::path {
namespace {

constexpr Duration kWarmth = std::chrono::seconds(15);  // Tr, RFC 8445 section 11
constexpr int kKeptWarm = 2;
constexpr Duration kRound = std::chrono::seconds(1);

}  // namespace

Alternatives::Alternatives(Runtime& runtime, CheckList& list, OutgoingChecks& checks,
                           std::function<void()> round)
    : runtime_(runtime),
      list_(list),
      checks_(checks),
      round_(std::move(round)),
      timer_(runtime.NewTimer([this] { OnTimer(); })) {}

void Alternatives::KeepWarm() {
  searching_ = false;
  timer_->Start(kWarmth);
}

void Alternatives::Search(MonotonicTime last_heard) {
  searching_ = true;
  for (Pair& pair : list_.pairs()) {
    if (pair.state == PairState::kSucceeded &&
        (&pair == list_.kept() || *pair.valid_at <= last_heard)) {
      pair.state = PairState::kWaiting;
    }
  }
  SearchRound();
}

void Alternatives::SearchRound() {
  for (Pair& pair : list_.pairs()) {
    switch (pair.state) {
      case PairState::kUnconnected:
      case PairState::kClosed:
      case PairState::kSucceeded:
        continue;
      case PairState::kWaiting:
      case PairState::kInProgress:
      case PairState::kFailed:
        break;
    }
    // A message on its way by TCP gets there or never will.
    if (pair.way_kind == WayKind::kTcp && pair.check) continue;
    pair.state = PairState::kWaiting;
    if (pair.valid_at) list_.Trigger(pair);
  }
  checks_.Schedule();
  timer_->Start(kRound);
}

void Alternatives::Stop() {
  searching_ = false;
  timer_->Cancel();
}

void Alternatives::OnTimer() {
  if (!searching_) {
    WarmUp();
    timer_->Start(kWarmth);
    return;
  }
  SearchRound();
  round_();
}

void Alternatives::WarmUp() {
  const Pair* last = nullptr;
  for (int i = 0; i < kKeptWarm; ++i) {
    Pair* best = nullptr;
    for (Pair& pair : list_.pairs()) {
      if (pair.state == PairState::kSucceeded && &pair != list_.kept() && &pair != last &&
          pair.path_class() == PathClass::kRelay && (!best || pair.priority > best->priority)) {
        best = &pair;
      }
    }
    if (!best) return;
    checks_.Trigger(*best);
    last = best;
  }
}

}  // namespace sfa::path
