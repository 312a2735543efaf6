// A simulated machine with one process on it: a server of the community, or a person's computer.
#ifndef CONFORMANCE_WORLD_COMPUTER_H_
#define CONFORMANCE_WORLD_COMPUTER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "asterisk_harness/operating_system/machine.h"
#include "network_sim/site.h"
#include "runtime/severable.h"

namespace sfa::conformance {

class Computer {
 public:
  using LogSink = std::function<void(const std::string& process, std::string_view text)>;

  // `host` outlives it; the process bears the host's name.
  Computer(sim::Host& host, LogSink log)
      : host_(host),
        machine_(harness::NewMachine(
            [&host](const std::string& process, FileSystem& files, Processes& processes,
                    Log& process_log) {
              return host.NewProcess(process, files, processes, process_log);
            },
            [&host, log = std::move(log)](const std::string&, LogLevel, std::string_view text) {
              log(host.name(), text);
            })),
        runtime_(machine_->NewProcess(host.name())) {}

  Runtime& runtime() { return *runtime_; }
  sim::Host& host() { return host_; }

  // The process dies as by SIGKILL: its machine lives on and resets its streams. What was made from
  // the runtime is destroyed before Restart().
  void Kill() {
    if (auto* const severable = dynamic_cast<Severable*>(runtime_.get())) severable->Sever();
  }
  // As when the power fails: nobody is told anything.
  void CutPower() {
    host_.SetPower(false);
    Kill();
  }
  // A new process, with the files of the old one.
  void Restart() {
    host_.SetPower(true);
    runtime_ = nullptr;
    // Another name, because randomness comes from it: a process never draws twice the same.
    runtime_ = machine_->NewProcess(host_.name() + "#" + std::to_string(++starts_));
  }

 private:
  sim::Host& host_;
  std::unique_ptr<harness::Machine> machine_;
  int starts_ = 1;
  std::unique_ptr<Runtime> runtime_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_COMPUTER_H_
