#include "protocol/path/path_agent.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <utility>

#include "protocol/path/alternatives.h"
#include "protocol/path/candidate.h"
#include "protocol/path/check_identity.h"
#include "protocol/path/check_list.h"
#include "protocol/path/check_port.h"
#include "protocol/path/incoming_checks.h"
#include "protocol/path/liveness.h"
#include "protocol/path/nomination.h"
#include "protocol/path/outgoing_checks.h"
#include "protocol/path/pairing.h"
#include "protocol/path/tcp_pairs.h"

namespace sfa::path {
namespace {

// A list that has failed may still be saved by a check from the other end (RFC 8863 section 4).
constexpr Duration kPatience = stun::kTransactionTimeout;

bool SameOffer(const std::vector<Candidate>& a, const std::vector<Candidate>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const Candidate& x, const Candidate& y) {
        return x.kind == y.kind && x.endpoint == y.endpoint && x.transport == y.transport;
      });
}

std::optional<Endpoint> MappingIn(const std::vector<Candidate>& candidates) {
  for (const Candidate& candidate : candidates) {
    if (candidate.kind == CandidateKind::kServerReflexive) return candidate.endpoint;
  }
  return std::nullopt;
}

class PathAgentImpl final : public PathAgent,
                            private CheckUser,
                            private CheckResults,
                            private LivenessUser {
 public:
  PathAgentImpl(Runtime& runtime, MediaPort& port, PathRole role, PathObserver& observer);
  ~PathAgentImpl() override {
    tcp_.CloseAll();
    port_.RemoveUser(local_.ufrag);
  }
  PathAgentImpl(const PathAgentImpl&) = delete;
  PathAgentImpl& operator=(const PathAgentImpl&) = delete;

  const PathDescription& local() const override { return local_; }
  void SetRemote(const PathDescription& remote) override;
  void UpdateRemote(const std::vector<Candidate>& candidates) override;
  void SendMedia(std::span<const uint8_t> packet) override {
    if (is_open()) static_cast<void>(media_.SendMedia(nomination_.selected()->route, packet));
  }
  void OnMediaHeard(const Route& from) override {
    if (is_open() && from == nomination_.selected()->route) liveness_.OnMedia();
  }
  bool is_open() const override { return nomination_.selected() && !failed_; }
  const PathInfo& path() const override { return info_; }
  Duration round_trip() const override {
    return nomination_.selected() ? nomination_.selected()->round_trip : Duration::zero();
  }

 private:
  // What the observer is to be told.
  enum class News { kLocalCandidates, kOpen, kSilent, kFailed };

  // CheckUser
  void OnRequest(const Route& from, const stun::Message& request) override;
  void OnAnswer(const Route& from, const stun::Message& answer) override;
  void OnLocalCandidates() override;
  void OnWayClosed(WayId way) override;
  // CheckResults
  void OnPairValid(Pair& pair, bool moved) override;
  void OnPairFailed(Pair& pair) override;
  void OnRoleChanged() override;
  // LivenessUser
  stun::TransactionId AskConsent() override { return checks_.Ask(*nomination_.selected()); }
  void ForgetConsent(const stun::TransactionId& id) override { port_.Forget(id); }
  void OnPathSuspected() override { port_.Suspect(); }
  void OnPathLost() override;
  void OnPathBack() override;
  void OnConsentLost() override { Fail(); }

  void TakeLocalCandidates();
  void OnCheckReceived(const ReceivedCheck& check);
  void OnMappingChanged();
  void BeginTcp();
  void OnSelected(Pair& pair);
  PathInfo InfoOf(const Pair& pair) const;
  void OnPatienceEnded();
  void FailIfHopeless();
  void Fail();
  void Tell(News news);
  void TellNext();

  MediaPort& media_;
  CheckPort& port_;
  PathObserver& observer_;
  CheckIdentity identity_;
  PathDescription local_;
  PathInfo info_;
  bool failed_ = false;

  CheckList list_;
  IncomingChecks incoming_;
  OutgoingChecks checks_;
  Pairing pairing_;
  TcpPairs tcp_;
  Nomination nomination_;
  Liveness liveness_;
  Alternatives alternatives_;

  bool patience_ended_ = false;
  std::unique_ptr<Timer> patience_;
  std::deque<News> news_;
  std::unique_ptr<Timer> tell_;
};

PathAgentImpl::PathAgentImpl(Runtime& runtime, MediaPort& port, PathRole role,
                             PathObserver& observer)
    : media_(port),
      port_(*port.checks()),
      observer_(observer),
      identity_(runtime.random(), role),
      incoming_(port_, identity_),
      checks_(runtime, port_, *this, identity_, list_, *this),
      pairing_(port_, list_, checks_),
      tcp_(runtime, port_, list_, checks_),
      nomination_(runtime, list_, identity_, [this](Pair& pair) { OnSelected(pair); }),
      liveness_(runtime, *this),
      alternatives_(runtime, list_, checks_, [this] { tcp_.Renew(); }),
      patience_(runtime.NewTimer([this] { OnPatienceEnded(); })),
      tell_(runtime.NewTimer([this] { TellNext(); })) {
  while (!port_.AddUser(identity_.NewFragment(), this, /*wants_relay=*/true)) continue;
  local_.ufrag = identity_.fragment();
  local_.password = identity_.password();
  TakeLocalCandidates();
}

// ---- Candidates

void PathAgentImpl::TakeLocalCandidates() {
  const std::vector<LocalCandidate> candidates = port_.LocalCandidates();
  local_.candidates.clear();
  for (const LocalCandidate& local : candidates) local_.candidates.push_back(local.candidate);
  pairing_.SetLocal(candidates, media_.uses_udp());
}

void PathAgentImpl::OnLocalCandidates() {
  if (failed_) return;
  const std::vector<Candidate> before = local_.candidates;
  TakeLocalCandidates();
  if (SameOffer(before, local_.candidates)) return;
  Tell(News::kLocalCandidates);
  if (!identity_.has_remote()) return;
  pairing_.Complete();
  list_.SetPriorities(identity_.role());
  checks_.Schedule();
  const auto mapping = MappingIn(before);
  if (mapping && mapping != MappingIn(local_.candidates)) OnMappingChanged();
}

// Our NAT has forgotten us or has got another address: what went through it does not any more.
void PathAgentImpl::OnMappingChanged() {
  if (!is_open() || nomination_.selected()->route.way != kUdpWay) return;
  if (liveness_.suspected()) {
    liveness_.Lose();
  } else {
    liveness_.Doubt();
  }
}

void PathAgentImpl::SetRemote(const PathDescription& remote) {
  if (identity_.has_remote() || failed_) return;
  if (!identity_.SetRemote(remote.ufrag, remote.password)) {
    patience_ended_ = true;
    patience_->Start(Duration::zero());
    return;
  }
  patience_->Start(kPatience);
  pairing_.SetRemote(remote.candidates);
  list_.SetPriorities(identity_.role());
  for (const ReceivedCheck& check : incoming_.TakeEarly()) OnCheckReceived(check);
  BeginTcp();
  checks_.Schedule();
}

void PathAgentImpl::UpdateRemote(const std::vector<Candidate>& candidates) {
  if (!identity_.has_remote() || failed_) return;
  pairing_.SetRemote(candidates);
  list_.SetPriorities(identity_.role());
  tcp_.Connect();
  checks_.Schedule();
}

void PathAgentImpl::BeginTcp() {
  const bool they_use_udp = std::any_of(pairing_.remote().begin(), pairing_.remote().end(),
                                        [](const Candidate& candidate) {
                                          return candidate.transport == CandidateTransport::kUdp &&
                                                 candidate.kind != CandidateKind::kRelayed;
                                        });
  const bool we_use_udp = media_.uses_udp() && media_.surroundings().mapping != Mapping::kBlocked;
  if (they_use_udp && we_use_udp) {
    tcp_.BeginSoon();
  } else {
    tcp_.Begin();
  }
}

void PathAgentImpl::OnWayClosed(WayId way) {
  if (failed_) return;
  tcp_.OnWayClosed(way);
  std::vector<Pair*> closed;
  for (Pair& pair : list_.pairs()) {
    if (pair.state != PairState::kUnconnected && pair.route.way == way) closed.push_back(&pair);
  }
  if (closed.empty()) return;
  for (Pair* pair : closed) {
    checks_.Stop(*pair);
    pair->state = PairState::kClosed;
    pair->signalled = false;
  }
  // A listener may be connected to again.
  pairing_.Complete();
  list_.SetPriorities(identity_.role());
  const bool lost = std::find(closed.begin(), closed.end(), nomination_.selected()) != closed.end();
  for (Pair* pair : closed) nomination_.OnFailed(*pair);
  for (Pair* pair : closed) {
    if (pair != nomination_.selected()) list_.Remove(*pair);
  }
  if (lost && nomination_.selected()->state == PairState::kClosed) liveness_.Lose();
  FailIfHopeless();
}

// ---- Checks

void PathAgentImpl::OnRequest(const Route& from, const stun::Message& request) {
  const PathRole before = identity_.role();
  const auto check = incoming_.OnRequest(from, request);
  if (failed_) return;
  if (identity_.role() != before) OnRoleChanged();
  if (check) OnCheckReceived(*check);
}

void PathAgentImpl::OnCheckReceived(const ReceivedCheck& check) {
  Pair* pair = list_.Find(check.from);
  if (!pair) {
    pair = pairing_.Learn(check.from, check.priority);
    if (!pair) return;
    list_.SetPriorities(identity_.role());
  }
  if (pair == nomination_.selected()) {
    liveness_.OnRequest();
  } else {
    // Why does the other end look for other ways?
    liveness_.Doubt();
  }
  // RFC 8445 section 7.3.1.5.
  const bool nominated = check.nominates && nomination_.OnNominated(*pair, check.nomination);
  // Section 7.3.1.4.
  if (nominated) {
    checks_.CheckNow(*pair);
  } else if (pair->state != PairState::kSucceeded) {
    checks_.Trigger(*pair);
  }
}

void PathAgentImpl::OnAnswer(const Route& from, const stun::Message& answer) {
  // An answer without the password is none; the transaction goes on (RFC 8489 section 9.1.4).
  if (failed_) return;
  if (!identity_.IsGenuineAnswer(answer)) return port_.CountDropped();
  if (!liveness_.Asked(answer.id())) {
    checks_.OnAnswer(from, answer);
    return;
  }
  Pair& pair = *nomination_.selected();
  const auto mapped = answer.XorMappedAddress();
  if (from != pair.route || answer.message_class() != stun::MessageClass::kSuccess || !mapped) {
    return;
  }
  OutgoingChecks::LearnRoundTrip(pair, liveness_.OnAnswer(answer.id()));
  liveness_.SetRoundTrip(pair.round_trip);
  const bool moved = std::exchange(pair.mapped, *mapped) != *mapped;
  // A NAT has given us another endpoint, so the other end sends to one that is gone.
  if (moved) nomination_.NominateAgain();
}

void PathAgentImpl::OnPairValid(Pair& pair, bool moved) {
  if (&pair == nomination_.selected()) {
    liveness_.SetRoundTrip(pair.round_trip);
    liveness_.OnOtherAnswer();
    if (moved) {
      nomination_.NominateAgain();
      return;
    }
  }
  nomination_.OnValid(pair);
}

void PathAgentImpl::OnPairFailed(Pair& pair) {
  nomination_.OnFailed(pair);
  FailIfHopeless();
}

void PathAgentImpl::OnRoleChanged() {
  list_.SetPriorities(identity_.role());
  if (identity_.role() == PathRole::kControlled) checks_.Nominate(nullptr, 0);
  nomination_.OnRoleChanged();
}

// ---- The path

void PathAgentImpl::OnSelected(Pair& pair) {
  const bool controlling = identity_.role() == PathRole::kControlling;
  checks_.Nominate(controlling ? &pair : nullptr, nomination_.number());
  info_ = InfoOf(pair);
  patience_->Cancel();
  alternatives_.KeepWarm();
  liveness_.SetRoundTrip(pair.round_trip);
  liveness_.Start();
  tcp_.OnSelected(pair);
  // The pair is valid, so media may flow while the other end is being told.
  if (controlling) checks_.CheckNow(pair);
  Tell(News::kOpen);
}

PathInfo PathAgentImpl::InfoOf(const Pair& pair) const {
  PathInfo info;
  info.way = pair.way_kind;
  info.remote_kind = pair.remote.kind;
  info.local = pair.mapped;
  info.remote = pair.route.remote;
  // RFC 8445 section 7.2.5.3.1: an address that is none of ours has been learnt from the peer.
  info.local_kind = CandidateKind::kPeerReflexive;
  for (const Candidate& candidate : local_.candidates) {
    // A connection leaves from a port of its own.
    const bool same = pair.way_kind == WayKind::kTcp
                          ? candidate.kind == CandidateKind::kHost &&
                                candidate.endpoint.address == pair.mapped.address
                          : candidate.endpoint == pair.mapped;
    if (!same) continue;
    info.local_kind = candidate.kind;
    break;
  }
  if (pair.way_kind == WayKind::kRelay) info.local_kind = CandidateKind::kRelayed;
  return info;
}

void PathAgentImpl::OnPathLost() {
  nomination_.SetLost(true);
  port_.Suspect();
  alternatives_.Search(liveness_.last_heard());
  tcp_.Renew();
  Tell(News::kSilent);
  nomination_.Consider();
}

void PathAgentImpl::OnPathBack() {
  Pair& pair = *nomination_.selected();
  nomination_.SetLost(false);
  pair.state = PairState::kSucceeded;
  pair.valid_at = liveness_.last_heard();
  alternatives_.KeepWarm();
  Tell(News::kOpen);
}

// ---- The end

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
  if (patience_ended_ && !nomination_.selected() && !list_.HopesForAny() && !list_.BestValid()) {
    Fail();
  }
}

void PathAgentImpl::Fail() {
  if (failed_) return;
  failed_ = true;
  patience_->Cancel();
  checks_.StopAll();
  nomination_.Stop();
  liveness_.Stop();
  alternatives_.Stop();
  tcp_.CloseAll();
  Tell(News::kFailed);
}

// ---- The observer

// Told from a timer: it may destroy the agent, or call it.
void PathAgentImpl::Tell(News news) {
  if (!news_.empty() && news_.back() == news) return;
  news_.push_back(news);
  if (!tell_->running()) tell_->Start(Duration::zero());
}

void PathAgentImpl::TellNext() {
  const News news = news_.front();
  news_.pop_front();
  if (!news_.empty()) tell_->Start(Duration::zero());
  switch (news) {
    case News::kLocalCandidates:
      observer_.OnLocalCandidates();
      return;
    case News::kOpen: {
      const PathInfo path = info_;
      observer_.OnPathOpen(path);
      return;
    }
    case News::kSilent:
      observer_.OnPathSilent();
      return;
    case News::kFailed:
      observer_.OnPathFailed();
      return;
  }
}

}  // namespace

const char* PathInfo::name() const {
  if (way == WayKind::kRelay || local_kind == CandidateKind::kRelayed ||
      remote_kind == CandidateKind::kRelayed) {
    return "relay";
  }
  return way == WayKind::kTcp ? "tcp" : "direct";
}

std::unique_ptr<PathAgent> NewPathAgent(Runtime& runtime, MediaPort& port, PathRole role,
                                        PathObserver& observer) {
  assert(port.checks() != nullptr);
  return std::make_unique<PathAgentImpl>(runtime, port, role, observer);
}

}  // namespace sfa::path
