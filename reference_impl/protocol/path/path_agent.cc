#include "protocol/path/path_agent.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocol/path/candidate.h"
#include "protocol/path/check_list.h"
#include "protocol/path/check_port.h"
#include "protocol/path/consent.h"
#include "protocol/stun/builder.h"

namespace sfa::path {
namespace {

constexpr Duration kPace = std::chrono::milliseconds(50);  // Ta, RFC 8445 section 14.2
// How long after the first success a better pair is waited for. Host candidates of another network
// never answer, and a call should not wait for their 39.5 s.
constexpr Duration kNominationWait = std::chrono::milliseconds(250);
// A list that has failed may still be saved by a check from the other end (RFC 8863 section 4).
constexpr Duration kPatience = stun::kTransactionTimeout;

constexpr size_t kUfragCharacters = 8;      // at least 24 bits, RFC 8445 section 5.3
constexpr size_t kPasswordCharacters = 24;  // at least 128 bits
constexpr size_t kMinUfrag = 4, kMinPassword = 22, kMaxCredential = 256;  // RFC 8839 section 5.4

using stun::AttributeType;
using stun::MessageClass;

class PathAgentImpl final : public PathAgent, private CheckUser {
 public:
  PathAgentImpl(Runtime& runtime, MediaPort& port, PathRole role, PathObserver& observer);
  ~PathAgentImpl() override { port_.RemoveUser(local_.ufrag); }
  PathAgentImpl(const PathAgentImpl&) = delete;
  PathAgentImpl& operator=(const PathAgentImpl&) = delete;

  const PathDescription& local() const override { return local_; }
  void SetRemote(const PathDescription& remote) override;
  CandidateKind local_kind() const override {
    return selected_ ? selected_->mapped_kind : CandidateKind::kHost;
  }
  Endpoint local_endpoint() const override { return selected_ ? selected_->mapped : Endpoint(); }
  Endpoint remote_endpoint() const override {
    return selected_ ? selected_->remote.endpoint : Endpoint();
  }
  Duration round_trip() const override {
    return selected_ ? selected_->round_trip : Duration::zero();
  }

 private:
  // A check that came before the other end's description.
  struct EarlyCheck {
    Endpoint from;
    uint32_t priority;
    bool nominates;
  };

  void OnRequest(const Endpoint& from, const stun::Message& request) override;
  void OnAnswer(const Endpoint& from, const stun::Message& answer) override;

  // Incoming checks (RFC 8445 section 7.3).
  bool IsAuthentic(const stun::Message& request) const;
  bool SettleRoles(const stun::Message& request);
  void Answer(const Endpoint& to, const stun::Message& request);
  void Refuse(const Endpoint& to, const stun::Message& request, int code, std::string_view reason);
  void OnCheckReceived(const EarlyCheck& check);

  // Outgoing checks (section 7.2).
  void Pace();
  void SchedulePace();
  stun::Builder NewRequest(bool nominates);
  void SendCheck(Pair& pair);
  void OnPairAnswer(Pair& pair, const Endpoint& from, const stun::Message& answer);
  void OnPairValid(Pair& pair, const Endpoint& mapped, bool nominated);
  void OnPairFailed(Pair& pair);
  void StopCheck(Pair& pair);
  void SetRole(PathRole role);

  // Choosing (section 8).
  void ConsiderNomination();
  void Nominate(Pair& pair);
  void Select(Pair& pair);
  void OnPatienceEnded();
  void FailIfHopeless();
  void Fail();

  stun::TransactionId AskConsent();
  static void LearnRoundTrip(Pair& pair, Duration sample);

  Runtime& runtime_;
  CheckPort& port_;
  PathObserver& observer_;
  PathRole role_;
  uint64_t tie_breaker_;
  PathDescription local_;
  bool has_remote_ = false;
  bool failed_ = false;
  bool loopback_allowed_ = false;
  std::string remote_ufrag_, remote_password_;
  std::vector<EarlyCheck> early_;
  CheckList list_;
  Pair* nominating_ = nullptr;
  Pair* selected_ = nullptr;

  MonotonicTime next_check_;
  bool patience_ended_ = false;
  std::unique_ptr<Timer> pace_;
  std::unique_ptr<Timer> nomination_;
  std::unique_ptr<Timer> patience_;
  std::unique_ptr<Consent> consent_;
};

PathAgentImpl::PathAgentImpl(Runtime& runtime, MediaPort& port, PathRole role,
                             PathObserver& observer)
    : runtime_(runtime),
      port_(*port.checks()),
      observer_(observer),
      role_(role),
      tie_breaker_(runtime.random().Next64()),
      next_check_(runtime.Now()),
      pace_(runtime.NewTimer([this] { Pace(); })),
      nomination_(runtime.NewTimer([this] {
        if (Pair* best = list_.BestValid(); best && !nominating_ && !selected_) Nominate(*best);
      })),
      patience_(runtime.NewTimer([this] { OnPatienceEnded(); })) {
  do {
    local_.ufrag = RandomIceText(runtime.random(), kUfragCharacters);
  } while (!port_.AddUser(local_.ufrag, this));
  local_.password = RandomIceText(runtime.random(), kPasswordCharacters);
  local_.candidates = GatherCandidates(port);
  loopback_allowed_ = std::any_of(
      local_.candidates.begin(), local_.candidates.end(),
      [](const Candidate& candidate) { return candidate.endpoint.address.is_loopback(); });
}

void PathAgentImpl::SetRemote(const PathDescription& remote) {
  if (has_remote_ || failed_) return;
  has_remote_ = true;
  remote_ufrag_ = remote.ufrag;
  remote_password_ = remote.password;
  if (remote_ufrag_.size() < kMinUfrag || remote_ufrag_.size() > kMaxCredential ||
      remote_password_.size() < kMinPassword || remote_password_.size() > kMaxCredential) {
    patience_ended_ = true;  // no check can succeed
    patience_->Start(Duration::zero());
    return;
  }
  patience_->Start(kPatience);
  for (const Candidate& candidate : remote.candidates) {
    if (list_.pairs().size() == CheckList::kMaxSignalled) break;
    if (!IsUsable(candidate.endpoint, loopback_allowed_) || list_.Find(candidate.endpoint))
      continue;
    list_.Add(candidate);
  }
  SetRole(role_);
  for (const EarlyCheck& check : std::exchange(early_, {})) OnCheckReceived(check);
  SchedulePace();
}

void PathAgentImpl::SetRole(PathRole role) {
  if (role != role_) {
    role_ = role;
    if (nominating_) nominating_->check_nominates = false;
    nominating_ = nullptr;
    nomination_->Cancel();
  }
  list_.SetPriorities(role_, local_.candidates.empty()
                                 ? CandidatePriority(CandidateKind::kHost, kBestLocalPreference)
                                 : local_.candidates.front().priority);
}

// ---- Incoming checks

void PathAgentImpl::OnRequest(const Endpoint& from, const stun::Message& request) {
  if (!request.Find(AttributeType::kMessageIntegrity) ||
      !request.Find32(AttributeType::kPriority)) {
    Refuse(from, request, stun::kErrorBadRequest, "Bad Request");
    return;
  }
  if (!IsAuthentic(request)) {
    Refuse(from, request, stun::kErrorUnauthenticated, "Unauthenticated");
    return;
  }
  if (!request.UnknownRequired().empty()) {
    Refuse(from, request, stun::kErrorUnknownAttribute, "Unknown Attribute");
    return;
  }
  if (!SettleRoles(request)) {
    Refuse(from, request, stun::kErrorRoleConflict, "Role Conflict");
    return;
  }
  Answer(from, request);
  if (failed_) return;
  const EarlyCheck check{from, *request.Find32(AttributeType::kPriority),
                         request.Find(AttributeType::kUseCandidate).has_value()};
  if (has_remote_) {
    OnCheckReceived(check);
    return;
  }
  const auto same = std::find_if(early_.begin(), early_.end(),
                                 [&](const EarlyCheck& early) { return early.from == check.from; });
  if (same != early_.end()) {
    same->nominates = same->nominates || check.nominates;
  } else if (early_.size() < CheckList::kMaxSignalled) {
    early_.push_back(check);
  }
}

bool PathAgentImpl::IsAuthentic(const stun::Message& request) const {
  const auto name = request.FindText(AttributeType::kUsername);
  if (!name || name->size() <= local_.ufrag.size()) return false;
  if (has_remote_ && name->substr(local_.ufrag.size() + 1) != remote_ufrag_) return false;
  return request.CheckIntegrity(stun::ShortTermKey(local_.password));
}

// RFC 8445 section 7.3.1.1. False when the other end must change its role instead.
bool PathAgentImpl::SettleRoles(const stun::Message& request) {
  const bool controlling = role_ == PathRole::kControlling;
  const auto theirs =
      request.Find64(controlling ? AttributeType::kIceControlling : AttributeType::kIceControlled);
  if (!theirs) return true;
  const bool we_win = tie_breaker_ >= *theirs;
  // The greater tie-breaker controls.
  if (controlling == we_win) return false;
  if (!selected_) SetRole(controlling ? PathRole::kControlled : PathRole::kControlling);
  return true;
}

void PathAgentImpl::Answer(const Endpoint& to, const stun::Message& request) {
  stun::Builder answer(MessageClass::kSuccess, stun::kBinding, request.id());
  answer.AddXorMappedAddress(to);
  answer.AddIntegrity(stun::ShortTermKey(local_.password)).AddFingerprint();
  port_.SendStun(to, answer.bytes());
}

void PathAgentImpl::Refuse(const Endpoint& to, const stun::Message& request, int code,
                           std::string_view reason) {
  stun::Builder answer(MessageClass::kError, stun::kBinding, request.id());
  answer.AddErrorCode(code, reason);
  if (code == stun::kErrorUnknownAttribute) answer.AddUnknownAttributes(request.UnknownRequired());
  // Only who knows the password gets an answer under it (RFC 8489 section 9.1.3).
  if (code == stun::kErrorUnknownAttribute || code == stun::kErrorRoleConflict) {
    answer.AddIntegrity(stun::ShortTermKey(local_.password));
  }
  answer.AddFingerprint();
  port_.SendStun(to, answer.bytes());
}

void PathAgentImpl::OnCheckReceived(const EarlyCheck& check) {
  Pair* pair = list_.Find(check.from);
  if (!pair) {
    // RFC 8445 section 7.3.1.3.
    pair = list_.Add({CandidateKind::kPeerReflexive, check.from, check.priority, "learnt"});
    if (!pair) return;
    SetRole(role_);
  }
  // Section 7.3.1.5.
  if (check.nominates && role_ == PathRole::kControlled) {
    if (pair->state == PairState::kSucceeded) {
      Select(*pair);
      return;
    }
    pair->nominate_when_valid = true;
  }
  // Section 7.3.1.4. Once there is a path, only another nomination is worth a check.
  if (pair->state == PairState::kSucceeded) return;
  if (selected_ && !pair->nominate_when_valid) return;
  list_.Trigger(*pair);
  SchedulePace();
}

// ---- Outgoing checks

void PathAgentImpl::SchedulePace() {
  if (failed_ || pace_->running() || !list_.HasNext()) return;
  pace_->StartAt(std::max(next_check_, runtime_.Now()));
}

void PathAgentImpl::Pace() {
  Pair* const pair = list_.Next();
  if (!pair) return;
  next_check_ = runtime_.Now() + kPace;
  SendCheck(*pair);
  SchedulePace();
}

stun::Builder PathAgentImpl::NewRequest(bool nominates) {
  stun::Builder request(MessageClass::kRequest, stun::kBinding,
                        stun::NewTransactionId(runtime_.random()));
  request.AddText(AttributeType::kUsername, remote_ufrag_ + ":" + local_.ufrag);
  request.Add32(AttributeType::kPriority,
                CandidatePriority(CandidateKind::kPeerReflexive, kBestLocalPreference));
  request.Add64(role_ == PathRole::kControlling ? AttributeType::kIceControlling
                                                : AttributeType::kIceControlled,
                tie_breaker_);
  if (nominates) request.AddFlag(AttributeType::kUseCandidate);
  request.AddIntegrity(stun::ShortTermKey(remote_password_)).AddFingerprint();
  return request;
}

void PathAgentImpl::SendCheck(Pair& pair) {
  if (pair.superseded) port_.Forget(*pair.superseded);
  pair.superseded.reset();
  if (pair.check) pair.superseded = pair.check->id();
  if (pair.state != PairState::kSucceeded) pair.state = PairState::kInProgress;
  pair.check_nominates = &pair == nominating_;
  pair.check_role = role_;
  const stun::Builder request = NewRequest(pair.check_nominates);
  // RFC 8445 section 14.3.
  const Duration rto =
      std::max(stun::kInitialRto, kPace * static_cast<int64_t>(list_.unfinished()));
  const Endpoint to = pair.remote.endpoint;
  pair.check = std::make_unique<stun::Transaction>(
      runtime_, request.bytes(), [this, to](stun::Bytes bytes) { port_.SendStun(to, bytes); },
      [this, &pair] { OnPairFailed(pair); }, rto);
  port_.Expect(pair.check->id(), this);
}

void PathAgentImpl::StopCheck(Pair& pair) {
  if (pair.check) port_.Forget(pair.check->id());
  if (pair.superseded) port_.Forget(*pair.superseded);
  pair.check.reset();
  pair.superseded.reset();
}

void PathAgentImpl::OnAnswer(const Endpoint& from, const stun::Message& answer) {
  // An answer without the password is none; the transaction goes on (RFC 8489 section 9.1.4).
  if (!answer.CheckIntegrity(stun::ShortTermKey(remote_password_))) return;
  if (answer.Find(AttributeType::kFingerprint) && !answer.CheckFingerprint()) return;
  if (consent_ && consent_->Asked(answer.id())) {
    if (from == selected_->remote.endpoint && answer.message_class() == MessageClass::kSuccess) {
      LearnRoundTrip(*selected_, consent_->Confirm(answer.id()));
    }
    return;
  }
  if (Pair* pair = list_.FindCheck(answer.id())) OnPairAnswer(*pair, from, answer);
}

void PathAgentImpl::OnPairAnswer(Pair& pair, const Endpoint& from, const stun::Message& answer) {
  const bool current = pair.check && pair.check->id() == answer.id();
  const bool nominated = current && pair.check_nominates;
  if (current && pair.check->sent() == 1)
    LearnRoundTrip(pair, runtime_.Now() - pair.check->first_sent());
  StopCheck(pair);
  const auto error = answer.ErrorCode();
  if (answer.message_class() == MessageClass::kError && error &&
      error->code == stun::kErrorRoleConflict) {
    // RFC 8445 section 7.2.5.1: change the role, unless that has happened since, and try again.
    if (role_ == pair.check_role) {
      SetRole(role_ == PathRole::kControlling ? PathRole::kControlled : PathRole::kControlling);
      tie_breaker_ = runtime_.random().Next64();
    }
    pair.state = PairState::kWaiting;
    list_.Trigger(pair);
    SchedulePace();
    return;
  }
  const auto mapped = answer.XorMappedAddress();
  // Section 7.2.5.2.1: the answer must come from where the check went.
  if (answer.message_class() != MessageClass::kSuccess || from != pair.remote.endpoint || !mapped) {
    OnPairFailed(pair);
    return;
  }
  OnPairValid(pair, *mapped, nominated);
}

void PathAgentImpl::OnPairValid(Pair& pair, const Endpoint& mapped, bool nominated) {
  pair.state = PairState::kSucceeded;
  list_.Untrigger(pair);
  pair.mapped = mapped;
  // Section 7.2.5.3.1: an address that is none of ours has been learnt from the peer.
  const auto ours =
      std::find_if(local_.candidates.begin(), local_.candidates.end(),
                   [&](const Candidate& candidate) { return candidate.endpoint == mapped; });
  pair.mapped_kind = ours == local_.candidates.end() ? CandidateKind::kPeerReflexive : ours->kind;
  if (role_ == PathRole::kControlled) {
    if (pair.nominate_when_valid) Select(pair);
  } else if (nominated) {
    Select(pair);
  } else {
    ConsiderNomination();
  }
}

void PathAgentImpl::OnPairFailed(Pair& pair) {
  StopCheck(pair);
  pair.state = PairState::kFailed;
  if (&pair == nominating_) nominating_ = nullptr;
  if (selected_) return;
  ConsiderNomination();
  FailIfHopeless();
}

void PathAgentImpl::LearnRoundTrip(Pair& pair, Duration sample) {
  // Smoothed as in RFC 6298 section 2.
  pair.round_trip =
      pair.round_trip == Duration::zero() ? sample : (7 * pair.round_trip + sample) / 8;
}

// ---- Choosing

void PathAgentImpl::ConsiderNomination() {
  if (role_ != PathRole::kControlling || nominating_ || selected_) return;
  Pair* const best = list_.BestValid();
  if (!best) return;
  if (!list_.HopesForBetterThan(*best)) {
    Nominate(*best);
  } else if (!nomination_->running()) {
    nomination_->Start(kNominationWait);
  }
}

void PathAgentImpl::Nominate(Pair& pair) {
  nomination_->Cancel();
  nominating_ = &pair;
  list_.Trigger(pair, /*first=*/true);
  SchedulePace();
}

void PathAgentImpl::Select(Pair& pair) {
  // A controlling end that nominates more than once means the best of them (section 8.1.1).
  if (selected_ && (selected_ == &pair || pair.priority < selected_->priority)) return;
  selected_ = &pair;
  nominating_ = nullptr;
  pair.nominate_when_valid = false;
  nomination_->Cancel();
  patience_->Cancel();
  pace_->Cancel();
  // Section 8.1.2: the other checks have become pointless.
  list_.ClearQueue();
  for (Pair& other : list_.pairs()) {
    StopCheck(other);
    if (other.state != PairState::kSucceeded) other.state = PairState::kFailed;
  }
  consent_ = std::make_unique<Consent>(
      runtime_, [this] { return AskConsent(); },
      [this](const stun::TransactionId& id) { port_.Forget(id); }, [this] { Fail(); });
  consent_->Start();
  observer_.OnPathOpen(pair.remote.endpoint);
}

stun::TransactionId PathAgentImpl::AskConsent() {
  const stun::Builder request = NewRequest(/*nominates=*/false);
  stun::TransactionId id;
  std::copy_n(request.bytes().begin() + 8, id.size(), id.begin());
  port_.Expect(id, this);
  port_.SendStun(selected_->remote.endpoint, request.bytes());
  return id;
}

void PathAgentImpl::OnPatienceEnded() {
  if (!patience_ended_ && (list_.HopesForAny() || list_.BestValid())) {
    // A path may still open, but not for ever: the other end may have died before nominating.
    patience_ended_ = true;
    patience_->Start(kPatience);
    return;
  }
  Fail();
}

void PathAgentImpl::FailIfHopeless() {
  if (patience_ended_ && !list_.HopesForAny() && !list_.BestValid()) Fail();
}

void PathAgentImpl::Fail() {
  if (failed_) return;
  failed_ = true;
  pace_->Cancel();
  nomination_->Cancel();
  patience_->Cancel();
  list_.ClearQueue();
  for (Pair& pair : list_.pairs()) StopCheck(pair);
  observer_.OnPathFailed();
}

}  // namespace

std::unique_ptr<PathAgent> NewPathAgent(Runtime& runtime, MediaPort& port, PathRole role,
                                        PathObserver& observer) {
  assert(port.checks() != nullptr);
  return std::make_unique<PathAgentImpl>(runtime, port, role, observer);
}

}  // namespace sfa::path
