#include "skypeforasterisk/vocabulary.h"

#include <algorithm>

namespace sfa::engine {

control::Codec ToControl(media::Codec codec) {
  switch (codec) {
    case media::Codec::kPcmu:
      return control::CODEC_ULAW;
    case media::Codec::kPcma:
      return control::CODEC_ALAW;
    case media::Codec::kG729:
      return control::CODEC_G729;
  }
  return control::CODEC_UNSPECIFIED;
}

control::EndReason ToControl(peer::EndReason reason) {
  switch (reason) {
    case peer::EndReason::kNormal:
      return control::END_NORMAL;
    case peer::EndReason::kBusy:
      return control::END_BUSY;
    case peer::EndReason::kRejected:
      return control::END_REJECTED;
    case peer::EndReason::kNoAnswer:
      return control::END_NO_ANSWER;
    case peer::EndReason::kUnknownUser:
      return control::END_UNKNOWN_USER;
    case peer::EndReason::kOffline:
      return control::END_OFFLINE;
    case peer::EndReason::kNoLicense:
      return control::END_NO_LICENSE;
    case peer::EndReason::kNoCommonCodec:
      return control::END_NO_COMMON_CODEC;
    case peer::EndReason::kNoPath:
      return control::END_NO_PATH;
    case peer::EndReason::kMediaLost:
      return control::END_MEDIA_LOST;
    case peer::EndReason::kCancelled:
      return control::END_CANCELLED;
    case peer::EndReason::kAnsweredElsewhere:
      return control::END_ANSWERED_ELSEWHERE;
    case peer::EndReason::kNetwork:
      return control::END_NETWORK;
    case peer::EndReason::kNoCredit:
      return control::END_NO_CREDIT;
    case peer::EndReason::kEmergency:
      return control::END_EMERGENCY;
    case peer::EndReason::kInvalidNumber:
      return control::END_INVALID_NUMBER;
    case peer::EndReason::kBlocked:
      return control::END_BLOCKED;
  }
  return control::END_NORMAL;
}

peer::EndReason FromControl(control::EndReason reason) {
  switch (reason) {
    case control::END_BUSY:
      return peer::EndReason::kBusy;
    case control::END_REJECTED:
      return peer::EndReason::kRejected;
    case control::END_NO_ANSWER:
      return peer::EndReason::kNoAnswer;
    case control::END_UNKNOWN_USER:
      return peer::EndReason::kUnknownUser;
    case control::END_OFFLINE:
    case control::END_NOT_LOGGED_IN:
      return peer::EndReason::kOffline;
    case control::END_NO_LICENSE:
      return peer::EndReason::kNoLicense;
    case control::END_NO_COMMON_CODEC:
      return peer::EndReason::kNoCommonCodec;
    case control::END_NO_PATH:
      return peer::EndReason::kNoPath;
    case control::END_MEDIA_LOST:
      return peer::EndReason::kMediaLost;
    case control::END_CANCELLED:
      return peer::EndReason::kCancelled;
    case control::END_ANSWERED_ELSEWHERE:
      return peer::EndReason::kAnsweredElsewhere;
    case control::END_NETWORK:
      return peer::EndReason::kNetwork;
    case control::END_NO_CREDIT:
      return peer::EndReason::kNoCredit;
    case control::END_EMERGENCY:
      return peer::EndReason::kEmergency;
    case control::END_INVALID_NUMBER:
      return peer::EndReason::kInvalidNumber;
    case control::END_BLOCKED:
      return peer::EndReason::kBlocked;
    default:
      return peer::EndReason::kNormal;
  }
}

control::AccountState ToControl(peer::LoginState state) {
  // Both are the product's own numbers, 1 to 8.
  static_assert(static_cast<int>(peer::LoginState::kLoggedOut) == control::ACCOUNT_LOGGED_OUT);
  static_assert(static_cast<int>(peer::LoginState::kLoggingOut) == control::ACCOUNT_LOGGING_OUT);
  return static_cast<control::AccountState>(state);
}

control::Endpoint ToControl(const Endpoint& endpoint) {
  control::Endpoint message;
  message.set_address(endpoint.address.value);
  message.set_port(endpoint.port);
  return message;
}

std::optional<media::Codec> FromControl(int codec) {
  if (codec == control::CODEC_ULAW) return media::Codec::kPcmu;
  if (codec == control::CODEC_ALAW) return media::Codec::kPcma;
  if (codec == control::CODEC_G729) return media::Codec::kG729;
  return std::nullopt;
}

std::vector<media::Codec> FromControl(const google::protobuf::RepeatedField<int>& codecs) {
  std::vector<media::Codec> known;
  for (const int number : codecs) {
    const std::optional<media::Codec> codec = FromControl(number);
    if (codec && std::find(known.begin(), known.end(), *codec) == known.end()) {
      known.push_back(*codec);
    }
  }
  return known;
}

std::optional<Endpoint> FromControl(const control::Endpoint& endpoint) {
  if (endpoint.address() == 0 || endpoint.port() == 0 || endpoint.port() > 0xFFFF) {
    return std::nullopt;
  }
  return Endpoint{{endpoint.address()}, static_cast<uint16_t>(endpoint.port())};
}

}  // namespace sfa::engine
