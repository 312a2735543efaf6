#include "protocol/path/nomination.h"

#include <utility>

namespace sfa::path {
namespace {

// How long after the first success a better pair is waited for. Host candidates of another network
// never answer, and a call should not wait for their 39.5 s.
constexpr Duration kWait = std::chrono::milliseconds(250);

}  // namespace

Nomination::Nomination(Runtime& runtime, CheckList& list, const CheckIdentity& identity,
                       std::function<void(Pair&)> selected)
    : list_(list),
      identity_(identity),
      on_selected_(std::move(selected)),
      wait_(runtime.NewTimer([this] {
        Pair* const best = list_.BestValid();
        if (best && !selected_ && identity_.role() == PathRole::kControlling) Nominate(*best);
      })) {}

void Nomination::Consider() {
  if (identity_.role() != PathRole::kControlling) return;
  Pair* const best = list_.BestValid();
  if (!best) return;
  if (!selected_) {
    if (!list_.HopesForBetterThan(*best)) {
      Nominate(*best);
    } else if (!wait_->running()) {
      wait_->Start(kWait);
    }
    return;
  }
  if (best != selected_ && (lost_ || Rank(*best) > Rank(*selected_))) Nominate(*best);
}

void Nomination::OnValid(Pair& pair) {
  if (identity_.role() == PathRole::kControlling) {
    Consider();
  } else if (&pair == pending_) {
    Select(pair);
  }
}

bool Nomination::OnNominated(Pair& pair, std::optional<uint32_t> number) {
  if (identity_.role() != PathRole::kControlled) return false;
  if (!number) {
    // An end that does not number them means the best of them (RFC 8445 section 8.1.1).
    if (selected_ && !lost_ && Rank(pair) <= Rank(*selected_)) return false;
    number = number_ + 1;
  }
  // By what we know as another pair, if our way in the nominated one is gone.
  const bool same_by_another_way = lost_ && *number == number_;
  if (*number <= number_ && !same_by_another_way) return false;
  number_ = *number;
  if (pair.state == PairState::kSucceeded) {
    Select(pair);
    return false;
  }
  pending_ = &pair;
  return true;
}

void Nomination::NominateAgain() {
  if (selected_ && identity_.role() == PathRole::kControlling) Nominate(*selected_);
}

void Nomination::OnRoleChanged() {
  wait_->Cancel();
  pending_ = nullptr;
  Consider();
}

void Nomination::OnFailed(const Pair& pair) {
  if (&pair == pending_) pending_ = nullptr;
  Consider();
}

void Nomination::Nominate(Pair& pair) {
  ++number_;
  Select(pair);
}

void Nomination::Select(Pair& pair) {
  wait_->Cancel();
  selected_ = &pair;
  pending_ = nullptr;
  lost_ = false;
  list_.Keep(&pair);
  on_selected_(pair);
}

}  // namespace sfa::path
