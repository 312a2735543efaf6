// A process inside the machine of a real Asterisk.
#ifndef ASTERISK_HARNESS_REAL_RUNNING_PROCESS_H_
#define ASTERISK_HARNESS_REAL_RUNNING_PROCESS_H_

#include <string>

namespace sfa::harness {

struct RunningProcess {
  int pid = 0;       // as seen from here
  std::string name;  // argv[0] without its directory: "asterisk", "skypeforasterisk"
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_RUNNING_PROCESS_H_
