// The namespaces in which one real Asterisk lives, and the script that is process 1 there.
#ifndef ASTERISK_HARNESS_REAL_SANDBOX_H_
#define ASTERISK_HARNESS_REAL_SANDBOX_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

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
  // A line from the script: "ready", "started", "ended 0", "error …".
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
  // The Asterisk inside; 0 when there is none.
  int asterisk_pid() const;
  // argv[0] of every process below process 1 that runs a program of the root file system. Sorted.
  std::vector<std::string> ProcessNames() const;
  // SIGKILL for those of that name. How many there were.
  int Kill(const std::string& name);

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
