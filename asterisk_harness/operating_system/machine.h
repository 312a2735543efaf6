// The simulated operating system of one machine: files in memory, programs by image, processes.
#ifndef ASTERISK_HARNESS_OPERATING_SYSTEM_MACHINE_H_
#define ASTERISK_HARNESS_OPERATING_SYSTEM_MACHINE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::harness {

// A program: constructed when the process starts, destroyed when it ends. It ends itself by calling
// `exit`, once, from any of its callbacks.
class Program {
 public:
  virtual ~Program() = default;
};
using ProgramMain = std::function<std::unique_ptr<Program>(
    Runtime& runtime, std::unique_ptr<ByteStream> control, std::function<void(int status)> exit)>;

struct ProcessSight {
  int pid;
  std::string name;   // argv[0]
  std::string event;  // "started", "exited with status 0", "killed by signal 9"
};

class Machine {
 public:
  // Makes the runtime of a new process: its network stack on the simulated host.
  using RuntimeFactory = std::function<std::unique_ptr<Runtime>(
      const std::string& process_name, FileSystem& files, Processes& processes, Log& log)>;

  virtual ~Machine() = default;

  // Files whose content is exactly `image` run as `main` when launched.
  virtual void InstallProgram(std::string image, ProgramMain main) = 0;
  // noexec, read-only, full; as a mount would be. The deepest wins, of equals the latest.
  virtual void Mount(const std::string& directory, bool noexec, bool read_only,
                     bool full = false) = 0;
  virtual FileSystem& files() = 0;
  // Children of "init", process 1: for launching something on behalf of nobody.
  virtual Processes& processes() = 0;
  // Runs `task` soon, as init does: outside of every other process's callbacks, so that it may
  // destroy their runtimes.
  virtual void Post(Task task) = 0;
  // A process that nobody launched: the PBX itself, a server. Ends when the Runtime is destroyed.
  virtual std::unique_ptr<Runtime> NewProcess(const std::string& name) = 0;
  virtual std::vector<ProcessSight> running() const = 0;
  // As SIGKILL: no last word, if the runtime is Severable (runtime/severable.h). The Program is
  // destroyed soon afterwards; a process that nobody launched is dead, and its owner destroys what
  // is left of it. Nothing happens when there is no such process.
  virtual void Kill(int pid) = 0;
  virtual void SetProcessObserver(std::function<void(const ProcessSight&)> observer) = 0;
};

// The machine outlives the processes made by NewProcess() and the ChildProcesses.
std::unique_ptr<Machine> NewMachine(
    Machine::RuntimeFactory runtimes,
    std::function<void(const std::string& process, LogLevel level, std::string_view text)> log);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_OPERATING_SYSTEM_MACHINE_H_
