#include "protocol/path/incoming_checks.h"

#include <algorithm>
#include <utility>

namespace sfa::path {

using stun::AttributeType;

std::optional<ReceivedCheck> IncomingChecks::OnRequest(const Route& from,
                                                       const stun::Message& request) {
  const auto priority = request.Find32(AttributeType::kPriority);
  if (!request.Find(AttributeType::kMessageIntegrity) || !priority) {
    Refuse(from, request, stun::kErrorBadRequest, "Bad Request");
    return std::nullopt;
  }
  if (!identity_.IsGenuineRequest(request)) {
    Refuse(from, request, stun::kErrorUnauthenticated, "Unauthenticated");
    return std::nullopt;
  }
  if (!request.UnknownRequired().empty()) {
    Refuse(from, request, stun::kErrorUnknownAttribute, "Unknown Attribute");
    return std::nullopt;
  }
  if (!identity_.SettleRoles(request)) {
    Refuse(from, request, stun::kErrorRoleConflict, "Role Conflict");
    return std::nullopt;
  }
  port_.SendStun(from, identity_.NewAnswer(request, from.remote).bytes());
  ReceivedCheck check{from, *priority, request.Find(AttributeType::kUseCandidate).has_value(),
                      request.Find32(AttributeType::kNomination)};
  if (identity_.has_remote()) return check;
  const auto same = std::find_if(early_.begin(), early_.end(), [&](const ReceivedCheck& early) {
    return early.from == check.from;
  });
  if (same != early_.end()) {
    check.nominates = check.nominates || same->nominates;
    *same = check;
  } else if (early_.size() < kMaxEarly) {
    early_.push_back(check);
  }
  return std::nullopt;
}

std::vector<ReceivedCheck> IncomingChecks::TakeEarly() { return std::exchange(early_, {}); }

void IncomingChecks::Refuse(const Route& to, const stun::Message& request, int code,
                            std::string_view reason) {
  stun::Builder answer(stun::MessageClass::kError, stun::kBinding, request.id());
  answer.AddErrorCode(code, reason);
  if (code == stun::kErrorUnknownAttribute) answer.AddUnknownAttributes(request.UnknownRequired());
  // Only who knows the password gets an answer under it (RFC 8489 section 9.1.3).
  if (code == stun::kErrorUnknownAttribute || code == stun::kErrorRoleConflict) {
    answer.AddIntegrity(stun::ShortTermKey(identity_.password()));
  }
  if (code == stun::kErrorBadRequest || code == stun::kErrorUnauthenticated) port_.CountDropped();
  answer.AddFingerprint();
  port_.SendStun(to, answer.bytes());
}

}  // namespace sfa::path
