#include "protocol/stun/server.h"

namespace sfa::stun {

std::optional<Builder> AnswerBinding(const Message& request, const Endpoint& from) {
  if (!request.Is(MessageClass::kRequest, kBinding)) return std::nullopt;
  const bool fingerprint = request.Find(AttributeType::kFingerprint).has_value();
  if (fingerprint && !request.CheckFingerprint()) return std::nullopt;
  const auto unknown = request.UnknownRequired();
  std::optional<Builder> answer;
  if (unknown.empty()) {
    answer.emplace(MessageClass::kSuccess, kBinding, request.id());
    answer->AddXorMappedAddress(from);
  } else {
    answer.emplace(MessageClass::kError, kBinding, request.id());
    answer->AddErrorCode(kErrorUnknownAttribute, "Unknown Attribute");
    answer->AddUnknownAttributes(unknown);
  }
  if (fingerprint) answer->AddFingerprint();
  return answer;
}

}  // namespace sfa::stun
