#include "protocol/path/check_identity.h"

#include "protocol/path/candidate.h"

namespace sfa::path {
namespace {

constexpr size_t kFragmentCharacters = 8;   // at least 24 bits, RFC 8445 section 5.3
constexpr size_t kPasswordCharacters = 24;  // at least 128 bits
constexpr size_t kMinFragment = 4, kMinPassword = 22, kMaxCredential = 256;  // RFC 8839 section 5.4

using stun::AttributeType;
using stun::MessageClass;

// What the other end would learn from our check (RFC 8445 section 7.1.1). A check that leaves from
// a relay comes from the relayed candidate itself, so it is said to be one.
uint32_t CheckPriority(WayKind way_kind) {
  switch (way_kind) {
    case WayKind::kUdp:
      return CandidatePriority(CandidateKind::kPeerReflexive, kBestLocalPreference);
    case WayKind::kTcp:
      // Below UDP of the same kind (RFC 6544 section 4.2).
      return CandidatePriority(CandidateKind::kPeerReflexive, kBestLocalPreference / 2);
    case WayKind::kRelay:
      return CandidatePriority(CandidateKind::kRelayed, kBestLocalPreference);
  }
  return 0;
}

}  // namespace

CheckIdentity::CheckIdentity(Random& random, PathRole role)
    : random_(random),
      role_(role),
      tie_breaker_(random.Next64()),
      password_(RandomIceText(random, kPasswordCharacters)) {}

const std::string& CheckIdentity::NewFragment() {
  fragment_ = RandomIceText(random_, kFragmentCharacters);
  return fragment_;
}

bool CheckIdentity::SetRemote(const std::string& fragment, const std::string& password) {
  if (fragment.size() < kMinFragment || fragment.size() > kMaxCredential ||
      password.size() < kMinPassword || password.size() > kMaxCredential) {
    return false;
  }
  remote_fragment_ = fragment;
  remote_password_ = password;
  return true;
}

void CheckIdentity::SwitchRole() {
  role_ = role_ == PathRole::kControlling ? PathRole::kControlled : PathRole::kControlling;
}

void CheckIdentity::SwitchRoleAndTieBreaker() {
  SwitchRole();
  tie_breaker_ = random_.Next64();
}

bool CheckIdentity::SettleRoles(const stun::Message& request) {
  const bool controlling = role_ == PathRole::kControlling;
  const auto theirs =
      request.Find64(controlling ? AttributeType::kIceControlling : AttributeType::kIceControlled);
  if (!theirs) return true;
  const bool we_win = tie_breaker_ >= *theirs;
  // The greater tie-breaker controls.
  if (controlling == we_win) return false;
  SwitchRole();
  return true;
}

stun::Builder CheckIdentity::NewRequest(WayKind way_kind, uint32_t nomination) {
  stun::Builder request(MessageClass::kRequest, stun::kBinding, stun::NewTransactionId(random_));
  request.AddText(AttributeType::kUsername, remote_fragment_ + ":" + fragment_);
  request.Add32(AttributeType::kPriority, CheckPriority(way_kind));
  request.Add64(role_ == PathRole::kControlling ? AttributeType::kIceControlling
                                                : AttributeType::kIceControlled,
                tie_breaker_);
  if (nomination != 0) {
    request.AddFlag(AttributeType::kUseCandidate);
    request.Add32(AttributeType::kNomination, nomination);
  }
  request.AddIntegrity(stun::ShortTermKey(remote_password_)).AddFingerprint();
  return request;
}

stun::Builder CheckIdentity::NewAnswer(const stun::Message& request, const Endpoint& from) const {
  stun::Builder answer(MessageClass::kSuccess, stun::kBinding, request.id());
  answer.AddXorMappedAddress(from);
  answer.AddIntegrity(stun::ShortTermKey(password_)).AddFingerprint();
  return answer;
}

bool CheckIdentity::IsGenuineRequest(const stun::Message& request) const {
  const auto name = request.FindText(AttributeType::kUsername);
  if (!name || name->size() <= fragment_.size()) return false;
  if (has_remote() && name->substr(fragment_.size() + 1) != remote_fragment_) return false;
  return request.CheckIntegrity(stun::ShortTermKey(password_));
}

bool CheckIdentity::IsGenuineAnswer(const stun::Message& answer) const {
  // RFC 8489 section 9.1.4.
  if (!has_remote() || !answer.CheckIntegrity(stun::ShortTermKey(remote_password_))) return false;
  return !answer.Find(AttributeType::kFingerprint) || answer.CheckFingerprint();
}

}  // namespace sfa::path
