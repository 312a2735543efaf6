#include "conformance/host/clock.h"

#include <pthread.h>
#include <sched.h>

#include <chrono>

namespace sfa::conformance {

WallTime HostDate() {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(
      std::chrono::system_clock::now().time_since_epoch()));
}

void AskForRealTimePriority() {
  constexpr int kAboveAsterisk = 15;  // Asterisk -p runs at 10
  sched_param parameter{};
  parameter.sched_priority = kAboveAsterisk;
  pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &parameter);
}

}  // namespace sfa::conformance
