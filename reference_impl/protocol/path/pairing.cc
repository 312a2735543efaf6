#include "protocol/path/pairing.h"

#include <algorithm>

#include "protocol/path/candidate.h"

namespace sfa::path {
namespace {

bool SamePlace(const Candidate& a, const Candidate& b) {
  return a.endpoint == b.endpoint && a.transport == b.transport;
}

bool IsNamed(const std::vector<Candidate>& candidates, const Candidate& candidate) {
  return std::any_of(candidates.begin(), candidates.end(),
                     [&](const Candidate& each) { return SamePlace(each, candidate); });
}

}  // namespace

void Pairing::SetLocal(const std::vector<LocalCandidate>& candidates, bool udp) {
  bases_.clear();
  loopback_allowed_ = false;
  uint32_t best = CandidatePriority(CandidateKind::kHost, kBestLocalPreference);
  for (const LocalCandidate& local : candidates) {
    loopback_allowed_ = loopback_allowed_ || local.candidate.endpoint.address.is_loopback();
    if (local.candidate.kind == CandidateKind::kRelayed) {
      bases_.push_back({local.way, port_.KindOf(local.way), local.candidate.priority});
    } else if (local.candidate.kind == CandidateKind::kHost &&
               local.candidate.transport == CandidateTransport::kUdp) {
      best = local.candidate.priority;
    }
  }
  if (udp) bases_.insert(bases_.begin(), {kUdpWay, WayKind::kUdp, best});
}

void Pairing::SetRemote(const std::vector<Candidate>& candidates) {
  remote_.clear();
  for (const Candidate& candidate : candidates) {
    if (remote_.size() == kMaxSignalled) break;
    if (!IsUsable(candidate.endpoint, loopback_allowed_) || IsNamed(remote_, candidate)) continue;
    remote_.push_back(candidate);
  }
  DropUnnamed();
  Complete();
}

void Pairing::DropUnnamed() {
  for (auto next = list_.pairs().begin(); next != list_.pairs().end();) {
    Pair& pair = *next++;
    if (!pair.signalled || IsNamed(remote_, pair.remote)) continue;
    pair.signalled = false;
    const bool busy = pair.state == PairState::kSucceeded || pair.check || pair.queued;
    if (busy || list_.kept() == &pair) continue;
    checks_.Stop(pair);
    list_.Remove(pair);
  }
}

void Pairing::Complete() {
  for (const Candidate& remote : remote_) {
    if (remote.transport == CandidateTransport::kTcpPassive) {
      PairListener(remote);
      continue;
    }
    for (const Base& base : bases_) {
      if (base.kind != WayKind::kRelay || RelayReaches(base, remote)) PairUdp(base, remote);
    }
  }
}

bool Pairing::RelayReaches(const Base& relay, const Candidate& remote) const {
  if (IsPrivate(remote.endpoint.address)) return false;
  return std::none_of(list_.pairs().begin(), list_.pairs().end(), [&](const Pair& pair) {
    return pair.signalled && pair.route.way == relay.way && pair.remote.kind == remote.kind &&
           pair.remote.endpoint.address == remote.endpoint.address &&
           !SamePlace(pair.remote, remote);
  });
}

void Pairing::PairUdp(const Base& base, const Candidate& remote) {
  const Route route{base.way, remote.endpoint};
  Pair* pair = list_.Find(route);
  if (!pair) pair = list_.Add(route, base.kind, remote, PairState::kWaiting);
  if (!pair) return;
  // What has been learnt from a check before is known better now (RFC 8838 section 11.4).
  pair->remote = remote;
  pair->local_priority = base.priority;
  pair->signalled = true;
}

void Pairing::PairListener(const Candidate& remote) {
  for (Pair& pair : list_.pairs()) {
    if (pair.signalled && SamePlace(pair.remote, remote)) return;
  }
  Pair* const pair = list_.Add({}, WayKind::kTcp, remote, PairState::kUnconnected);
  if (!pair) return;
  pair->local_priority = PriorityOf(kUdpWay);
  pair->signalled = true;
}

Pair* Pairing::Learn(const Route& from, uint32_t priority) {
  Candidate candidate;
  // Whoever checks from a relay says so in the priority.
  const bool relayed = priority >> 24 == static_cast<uint32_t>(CandidateKind::kRelayed);
  candidate.kind = relayed ? CandidateKind::kRelayed : CandidateKind::kPeerReflexive;
  candidate.endpoint = from.remote;
  candidate.priority = priority;
  candidate.foundation = "learnt";
  Pair* const pair = list_.Add(from, port_.KindOf(from.way), candidate, PairState::kWaiting);
  if (pair) pair->local_priority = PriorityOf(from.way);
  return pair;
}

uint32_t Pairing::PriorityOf(WayId way) const {
  const auto base =
      std::find_if(bases_.begin(), bases_.end(), [&](const Base& each) { return each.way == way; });
  return base != bases_.end() ? base->priority
                              : CandidatePriority(CandidateKind::kHost, kBestLocalPreference);
}

}  // namespace sfa::path
