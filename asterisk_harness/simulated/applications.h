// Dialplan applications by name.
#ifndef ASTERISK_HARNESS_SIMULATED_APPLICATIONS_H_
#define ASTERISK_HARNESS_SIMULATED_APPLICATIONS_H_

#include <string>

#include "asterisk_harness/simulated/pbx_thread.h"

namespace sfa::harness {

// What an application leaves behind.
enum class Outcome { kContinue, kHangup };

using ApplicationMain = Routine<Outcome> (*)(Call call, std::string data);

struct Application {
  const char* name;
  ApplicationMain main;
};

// Without regard to case; nullptr when there is none.
const Application* FindApplication(const std::string& name);

// The families that the table is made of, one file each; ended by {nullptr, nullptr}.
extern const Application kCallApplications[];   // Answer, Hangup, Wait, Busy …
extern const Application kFlowApplications[];   // Goto, GotoIf, While, Set, NoOp …
extern const Application kMediaApplications[];  // Echo, Read, SendDTMF, Playback
extern const Application kDialApplications[];   // Dial
extern const Application kTalkApplications[];   // Transfer, SendText, MusicOnHold …

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_APPLICATIONS_H_
