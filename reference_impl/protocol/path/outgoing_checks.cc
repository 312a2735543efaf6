#include "protocol/path/outgoing_checks.h"

#include <algorithm>

namespace sfa::path {
namespace {

// Ta. RFC 8445 section 14.2 wants 50 ms unless more is known, and at least 5 ms. A check is no
// greater than a packet of speech, and the call will send one of those every 20 ms.
constexpr Duration kPace = std::chrono::milliseconds(20);

using stun::MessageClass;

// Otherwise its answer does not tell the round trip.
bool SentOnce(const Pair& pair) {
  return pair.check->sent() == 1 || pair.way_kind == WayKind::kTcp;
}

}  // namespace

OutgoingChecks::OutgoingChecks(Runtime& runtime, CheckPort& port, CheckUser& user,
                               CheckIdentity& identity, CheckList& list, CheckResults& results)
    : runtime_(runtime),
      port_(port),
      user_(user),
      identity_(identity),
      list_(list),
      results_(results),
      next_(runtime.Now()),
      pace_(runtime.NewTimer([this] { OnPace(); })) {}

void OutgoingChecks::Schedule() {
  if (!identity_.has_remote() || pace_->running() || !list_.HasNext()) return;
  pace_->StartAt(std::max(next_, runtime_.Now()));
}

void OutgoingChecks::Trigger(Pair& pair) {
  list_.Trigger(pair);
  Schedule();
}

void OutgoingChecks::CheckNow(Pair& pair) {
  if (pair.state == PairState::kUnconnected || pair.state == PairState::kClosed) return;
  list_.Untrigger(pair);
  next_ = std::max(next_, runtime_.Now() + kPace);
  if (pace_->running()) pace_->StartAt(next_);
  Send(pair);
}

void OutgoingChecks::OnPace() {
  Pair* const pair = list_.Next();
  if (!pair) return;
  next_ = runtime_.Now() + kPace;
  Send(*pair);
  Schedule();
}

void OutgoingChecks::Send(Pair& pair) {
  if (pair.superseded) port_.Forget(pair.superseded->id);
  pair.superseded.reset();
  if (pair.check) {
    pair.superseded = {pair.check->id(), SentOnce(pair), pair.check->first_sent()};
  }
  if (pair.state != PairState::kSucceeded) pair.state = PairState::kInProgress;
  pair.check_role = identity_.role();
  const uint32_t nomination = NominationOf(pair);
  pair.check_nominates = nomination != 0;
  const stun::Builder request = identity_.NewRequest(pair.way_kind, nomination);
  // RFC 8445 section 14.3.
  const Duration rto =
      std::max(stun::kInitialRto, kPace * static_cast<int64_t>(list_.unfinished()));
  const bool once = pair.way_kind == WayKind::kTcp;
  pair.check = std::make_unique<stun::Transaction>(
      runtime_, request.bytes(),
      [this, to = pair.route, once, sent = false](stun::Bytes bytes) mutable {
        if (!once || !sent) port_.SendStun(to, bytes);
        sent = true;
      },
      [this, &pair] { OnTimedOut(pair); }, rto);
  port_.Expect(pair.check->id(), &user_);
}

stun::TransactionId OutgoingChecks::Ask(const Pair& pair) {
  const stun::Builder request = identity_.NewRequest(pair.way_kind, NominationOf(pair));
  stun::TransactionId id;
  std::copy_n(request.bytes().begin() + 8, id.size(), id.begin());
  port_.Expect(id, &user_);
  port_.SendStun(pair.route, request.bytes());
  return id;
}

void OutgoingChecks::Nominate(const Pair* pair, uint32_t nomination) {
  nominated_ = pair;
  nomination_ = nomination;
}

void OutgoingChecks::ForgetChecks(Pair& pair) {
  if (pair.check) port_.Forget(pair.check->id());
  if (pair.superseded) port_.Forget(pair.superseded->id);
  pair.check.reset();
  pair.superseded.reset();
}

void OutgoingChecks::Stop(Pair& pair) {
  ForgetChecks(pair);
  list_.Untrigger(pair);
}

void OutgoingChecks::StopAll() {
  pace_->Cancel();
  for (Pair& pair : list_.pairs()) Stop(pair);
}

void OutgoingChecks::OnTimedOut(Pair& pair) {
  ForgetChecks(pair);
  pair.state = PairState::kFailed;
  results_.OnPairFailed(pair);
}

bool OutgoingChecks::OnAnswer(const Route& from, const stun::Message& answer) {
  Pair* const pair = list_.FindCheck(answer.id());
  if (!pair) return false;
  const bool current = pair->check && pair->check->id() == answer.id();
  if (current ? SentOnce(*pair) : pair->superseded->sent_once) {
    const MonotonicTime sent = current ? pair->check->first_sent() : pair->superseded->sent;
    LearnRoundTrip(*pair, runtime_.Now() - sent);
  }
  if (!current && pair->check && pair->check_nominates) {
    // The nomination goes on until it is answered itself.
    port_.Forget(pair->superseded->id);
    pair->superseded.reset();
  } else {
    ForgetChecks(*pair);
  }
  const auto error = answer.ErrorCode();
  if (answer.message_class() == MessageClass::kError && error &&
      error->code == stun::kErrorRoleConflict) {
    // RFC 8445 section 7.2.5.1: change the role, unless that has happened since, and try again.
    const bool change = identity_.role() == pair->check_role;
    if (change) identity_.SwitchRoleAndTieBreaker();
    if (pair->state != PairState::kSucceeded) pair->state = PairState::kWaiting;
    Trigger(*pair);
    if (change) results_.OnRoleChanged();
    return true;
  }
  const auto mapped = answer.XorMappedAddress();
  // Section 7.2.5.2.1: the answer must come from where the check went.
  if (answer.message_class() != MessageClass::kSuccess || from != pair->route || !mapped) {
    pair->state = PairState::kFailed;
    results_.OnPairFailed(*pair);
    return true;
  }
  const bool moved = pair->valid_at && pair->mapped != *mapped;
  pair->state = PairState::kSucceeded;
  pair->valid_at = runtime_.Now();
  pair->mapped = *mapped;
  list_.Untrigger(*pair);
  results_.OnPairValid(*pair, moved);
  return true;
}

void OutgoingChecks::LearnRoundTrip(Pair& pair, Duration sample) {
  // Smoothed as in RFC 6298 section 2.
  pair.round_trip =
      pair.round_trip == Duration::zero() ? sample : (7 * pair.round_trip + sample) / 8;
}

}  // namespace sfa::path
