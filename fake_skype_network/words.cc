#include "fake_skype_network/words.h"

namespace sfa::community {

const char* ToText(peer::LoginState state) {
  switch (state) {
    case peer::LoginState::kLoggedOut:
      return "Logged Out";
    case peer::LoginState::kLoggedOutPasswordSaved:
      return "Logged Out and Password Saved";
    case peer::LoginState::kConnectingToP2p:
      return "Connecting to P2P Network";
    case peer::LoginState::kConnectingToServer:
      return "Connecting to Server";
    case peer::LoginState::kLoggingIn:
      return "Logging In";
    case peer::LoginState::kInitializing:
      return "Initializing";
    case peer::LoginState::kLoggedIn:
      return "Logged In";
    case peer::LoginState::kLoggingOut:
      return "Logging Out";
  }
  return "";
}

const char* ToText(peer::EndReason reason) {
  switch (reason) {
    case peer::EndReason::kNormal:
      return "normal";
    case peer::EndReason::kBusy:
      return "busy";
    case peer::EndReason::kRejected:
      return "rejected";
    case peer::EndReason::kNoAnswer:
      return "no answer";
    case peer::EndReason::kUnknownUser:
      return "unknown user";
    case peer::EndReason::kOffline:
      return "offline";
    case peer::EndReason::kNoLicense:
      return "no license";
    case peer::EndReason::kNoCommonCodec:
      return "no common codec";
    case peer::EndReason::kNoPath:
      return "no path";
    case peer::EndReason::kMediaLost:
      return "media lost";
    case peer::EndReason::kCancelled:
      return "cancelled";
    case peer::EndReason::kAnsweredElsewhere:
      return "answered elsewhere";
    case peer::EndReason::kNetwork:
      return "network";
    case peer::EndReason::kNoCredit:
      return "no credit";
    case peer::EndReason::kEmergency:
      return "emergency number";
    case peer::EndReason::kInvalidNumber:
      return "invalid number";
    case peer::EndReason::kBlocked:
      return "blocked";
  }
  return "";
}

const char* ToText(media::Codec codec) {
  switch (codec) {
    case media::Codec::kPcmu:
      return "PCMU";
    case media::Codec::kPcma:
      return "PCMA";
    case media::Codec::kG729:
      return "G729";
  }
  return "";
}

const char* ToText(wire::ServiceResult result) {
  switch (result) {
    case wire::SERVICE_DONE:
      return "done";
    case wire::SERVICE_UNREACHABLE:
      return "unreachable";
    case wire::SERVICE_UNKNOWN_USER:
      return "unknown user";
    case wire::SERVICE_UNKNOWN_BUDDY:
      return "unknown buddy";
    case wire::SERVICE_UNKNOWN_PROPERTY:
      return "unknown property";
    case wire::SERVICE_BAD_VALUE:
      return "bad value";
    case wire::SERVICE_READ_ONLY:
      return "read only";
    case wire::SERVICE_TOO_MANY:
      return "too many";
    case wire::SERVICE_BLOCKED:
      return "blocked";
    case wire::SERVICE_NOT_ALLOWED:
      return "not allowed";
    case wire::SERVICE_NO_CREDIT:
      return "no credit";
    default:
      return "";
  }
}

}  // namespace sfa::community
