// The dialplan on one channel: what a thread of Asterisk's is.
#ifndef ASTERISK_HARNESS_SIMULATED_PBX_THREAD_H_
#define ASTERISK_HARNESS_SIMULATED_PBX_THREAD_H_

#include <functional>
#include <string>

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

// What an application works with.
struct Call {
  PbxCore& core;
  Channel& channel;
  Wakeup& wakeup;
};

// Begins soon, never from inside the constructor.
class PbxThread {
 public:
  PbxThread(PbxCore& core, std::function<Routine<void>(Wakeup&)> body);
  bool finished() const { return finished_; }

 private:
  Routine<void> Run();

  PbxCore& core_;
  bool finished_ = false;
  std::function<Routine<void>(Wakeup&)> body_;
  Wakeup wakeup_;
  std::unique_ptr<Timer> starter_;
  Routine<void> root_;
};

// From the channel's place on until it is hung up or the dialplan ends.
Routine<void> FollowDialplan(PbxCore& core, Channel& channel, Wakeup& wakeup);
// The same, then extension h, and the end of the channel.
Routine<void> RunDialplan(PbxCore& core, Channel& channel, Wakeup& wakeup);
Routine<void> RunApplication(PbxCore& core, Channel& channel, Wakeup& wakeup,
                             std::string application, std::string data);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_PBX_THREAD_H_
