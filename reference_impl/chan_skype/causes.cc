#include "chan_skype/causes.h"

namespace sfa::skype {

pbx_cause CauseOf(control::EndReason reason) {
  switch (reason) {
    case control::END_NORMAL:
    case control::END_CANCELLED:
      return PBX_CAUSE_NORMAL_CLEARING;
    case control::END_BUSY:
      return PBX_CAUSE_USER_BUSY;
    case control::END_REJECTED:
      return PBX_CAUSE_CALL_REJECTED;
    case control::END_NO_ANSWER:
      return PBX_CAUSE_NO_ANSWER;
    case control::END_UNKNOWN_USER:
      return PBX_CAUSE_UNALLOCATED;
    case control::END_OFFLINE:
    case control::END_NOT_LOGGED_IN:
      return PBX_CAUSE_SUBSCRIBER_ABSENT;
    case control::END_NO_LICENSE:
      return PBX_CAUSE_CONGESTION;
    case control::END_NO_COMMON_CODEC:
      return PBX_CAUSE_BEARER_NOT_AVAILABLE;
    case control::END_NO_PATH:
      return PBX_CAUSE_DESTINATION_OUT_OF_ORDER;
    case control::END_ANSWERED_ELSEWHERE:
      return PBX_CAUSE_ANSWERED_ELSEWHERE;
    // Asterisk's Dial() calls this one CONGESTION, as for licences.
    case control::END_NO_CREDIT:
      return PBX_CAUSE_CONGESTION;
    case control::END_EMERGENCY:
      return PBX_CAUSE_OUTGOING_CALL_BARRED;
    case control::END_INVALID_NUMBER:
      return PBX_CAUSE_INVALID_NUMBER_FORMAT;
    case control::END_BLOCKED:
      return PBX_CAUSE_CALL_REJECTED;
    default:  // END_MEDIA_LOST, END_NETWORK and what a newer engine may add
      return PBX_CAUSE_NETWORK_OUT_OF_ORDER;
  }
}

const char* WordOf(control::EndReason reason) {
  switch (reason) {
    case control::END_NORMAL:
      return "Hung up";
    case control::END_BUSY:
      return "Busy";
    case control::END_REJECTED:
      return "Rejected";
    case control::END_NO_ANSWER:
      return "No answer";
    case control::END_UNKNOWN_USER:
      return "Unknown user";
    case control::END_OFFLINE:
      return "Offline";
    case control::END_NO_LICENSE:
      return "No licensed channel";
    case control::END_NO_COMMON_CODEC:
      return "No common codec";
    case control::END_NO_PATH:
      return "No media path";
    case control::END_MEDIA_LOST:
      return "Media lost";
    case control::END_CANCELLED:
      return "Cancelled";
    case control::END_ANSWERED_ELSEWHERE:
      return "Answered elsewhere";
    case control::END_NOT_LOGGED_IN:
      return "Not logged in";
    case control::END_NO_CREDIT:
      return "No Skype Credit";
    case control::END_EMERGENCY:
      return "Emergency numbers are not connected";
    case control::END_INVALID_NUMBER:
      return "Invalid number";
    case control::END_BLOCKED:
      return "Blocked";
    default:
      return "Network failure";
  }
}

control::EndReason ReasonOf(pbx_cause cause, bool incoming, bool answered) {
  if (answered) return control::END_NORMAL;
  if (!incoming) {
    return cause == PBX_CAUSE_ANSWERED_ELSEWHERE ? control::END_ANSWERED_ELSEWHERE
                                                 : control::END_CANCELLED;
  }
  switch (cause) {
    case PBX_CAUSE_USER_BUSY:
    case PBX_CAUSE_CONGESTION:
    case PBX_CAUSE_SWITCH_CONGESTION:
      return control::END_BUSY;
    case PBX_CAUSE_NO_ANSWER:
    case PBX_CAUSE_NO_USER_RESPONSE:
      return control::END_NO_ANSWER;
    case PBX_CAUSE_UNALLOCATED:
      return control::END_UNKNOWN_USER;
    case PBX_CAUSE_SUBSCRIBER_ABSENT:
      return control::END_OFFLINE;
    case PBX_CAUSE_BEARER_NOT_AVAILABLE:
      return control::END_NO_COMMON_CODEC;
    case PBX_CAUSE_INVALID_NUMBER_FORMAT:
      return control::END_INVALID_NUMBER;
    default:
      return control::END_REJECTED;
  }
}

// A missing extension is refused, not called an unknown user: the user exists.
control::EndReason RefusalOf(pbx_cause cause) {
  if (cause == PBX_CAUSE_BEARER_NOT_AVAILABLE) return control::END_NO_COMMON_CODEC;
  return cause == PBX_CAUSE_CONGESTION || cause == PBX_CAUSE_USER_BUSY ? control::END_BUSY
                                                                       : control::END_REJECTED;
}

}  // namespace sfa::skype
