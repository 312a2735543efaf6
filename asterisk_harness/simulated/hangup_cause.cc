#include "asterisk_harness/simulated/hangup_cause.h"

#include "chan_skype/pbx_port.h"

namespace sfa::harness {

const char* HangupCauseText(int cause) {
  switch (cause) {
    case 1:
      return "Unallocated (unassigned) number";
    case 2:
      return "No route to specified transit network";
    case 3:
      return "No route to destination";
    case 16:
      return "Normal Clearing";
    case 17:
      return "User busy";
    case 18:
      return "No user responding";
    case 19:
      return "User alerting, no answer";
    case 20:
      return "Subscriber absent";
    case 21:
      return "Call Rejected";
    case 22:
      return "Number changed";
    case 26:
      return "Answered elsewhere";
    case 27:
      return "Destination out of order";
    case 28:
      return "Invalid number format";
    case 31:
      return "Normal, unspecified";
    case 34:
      return "Circuit/channel congestion";
    case 38:
      return "Network out of order";
    case 41:
      return "Temporary failure";
    case 42:
      return "Switching equipment congestion";
    case 44:
      return "Requested channel not available";
    case 50:
      return "Facility not subscribed";
    case 58:
      return "Bearer capability not available";
    case 127:
      return "Interworking, unspecified";
    default:
      return "Unknown";
  }
}

const char* DialStatusOfCause(int cause) {
  switch (cause) {
    case 17:
      return "BUSY";
    case PBX_CAUSE_CONGESTION:
      return "CONGESTION";
    case 3:
    case 20:
      return "CHANUNAVAIL";
    default:
      return "NOANSWER";
  }
}

}  // namespace sfa::harness
