// Q.850 causes as Asterisk numbers and names them, and what Dial makes of them.
#ifndef ASTERISK_HARNESS_SIMULATED_HANGUP_CAUSE_H_
#define ASTERISK_HARNESS_SIMULATED_HANGUP_CAUSE_H_

namespace sfa::harness {

// "Normal Clearing"; "Unknown" for what has no name.
const char* HangupCauseText(int cause);
// "BUSY", "CONGESTION", "CHANUNAVAIL" or "NOANSWER": how a dialled channel ended.
const char* DialStatusOfCause(int cause);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_HANGUP_CAUSE_H_
