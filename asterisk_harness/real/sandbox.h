// The namespaces that are the machine of a real Asterisk, and the script that is process 1 there.
#ifndef ASTERISK_HARNESS_REAL_SANDBOX_H_
#define ASTERISK_HARNESS_REAL_SANDBOX_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "asterisk_harness/real/running_process.h"
#include "runtime/runtime.h"

namespace sfa::harness {

struct SandboxSettings {
  std::string script;   // run-asterisk
  std::string root;     // prepared root file system
  std::string etc;      // configuration files
  std::string modules;  // our files, laid out as from /
  std::string logs;     // directory for the logs of Asterisk and script
};

class SandboxObserver {
 public:
  // A line from the script: "ready", "started 40", "ended 0", "error …".
  virtual void OnLine(const std::string& line) = 0;
  // The namespaces are empty.
  virtual void OnGone(const std::string& how) = 0;

 protected:
  ~SandboxObserver() = default;
};

// Everything on the runtime's thread. Destroying it ends every process inside.
class Sandbox : private StreamHandler, private ProcessHandler {
 public:
  static Result<std::unique_ptr<Sandbox>> Launch(Runtime& runtime, const SandboxSettings& settings,
                                                 SandboxObserver& observer);

  void SendLine(const std::string& line);
  // Process 1 of the namespaces, as seen from here; 0 when it is gone.
  int init_pid() const;
  // Its root directory as seen from here, whatever runs in it.
  std::string root() const;
  // The process that is called `pid` inside, as seen from here; 0 when it is gone.
  int Outside(int pid) const;
  // Every process that runs in the root file system, whether or not an Asterisk has left it behind.
  std::vector<RunningProcess> Running() const;
  // SIGKILL for those of that name. How many there were.
  int Kill(const std::string& name);
  // Those of that name go before what else this machine does. Linux weighs sessions against each
  // other (sched(7), autogroups), and a process's own priority within its session only.
  void Prefer(const std::string& name);

 private:
  explicit Sandbox(SandboxObserver& observer) : observer_(observer) {}
  void OnData(std::span<const uint8_t> bytes) override;
  void OnEndOfStream() override {}
  void OnError(const Error&) override {}
  void OnExit(const std::string& description) override;

  SandboxObserver& observer_;
  std::unique_ptr<ChildProcess> child_;
  std::string unfinished_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_SANDBOX_H_
