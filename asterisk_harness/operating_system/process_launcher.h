// Launching processes on a simulated machine, on behalf of one parent.
#ifndef ASTERISK_HARNESS_OPERATING_SYSTEM_PROCESS_LAUNCHER_H_
#define ASTERISK_HARNESS_OPERATING_SYSTEM_PROCESS_LAUNCHER_H_

#include <memory>

#include "asterisk_harness/operating_system/process_table.h"

namespace sfa::harness {

// The content of the file decides which Program runs.
class ProcessLauncher final : public Processes {
 public:
  ProcessLauncher(ProcessTable& table, int parent_pid) : table_(table), parent_pid_(parent_pid) {}
  Result<std::unique_ptr<ChildProcess>> Launch(const LaunchRequest& request,
                                               ProcessHandler& handler) override;

 private:
  ProcessTable& table_;
  int parent_pid_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_OPERATING_SYSTEM_PROCESS_LAUNCHER_H_
