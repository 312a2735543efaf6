// The processes of a simulated machine, as its parts see them.
#ifndef ASTERISK_HARNESS_OPERATING_SYSTEM_PROCESS_TABLE_H_
#define ASTERISK_HARNESS_OPERATING_SYSTEM_PROCESS_TABLE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asterisk_harness/operating_system/control_pipe.h"
#include "asterisk_harness/operating_system/machine.h"
#include "asterisk_harness/operating_system/memory_files.h"

namespace sfa::harness {

// One process. Its parts are destroyed from the last to the first.
struct ProcessEntry {
  int pid = 0;
  std::string name;
  std::unique_ptr<Log> log;
  std::unique_ptr<Processes> launcher;
  std::unique_ptr<Runtime> owned_runtime;  // of a launched process and of init
  Runtime* runtime = nullptr;              // null once it has ended
  std::unique_ptr<Program> program;
  bool ending = false;  // it has exited or was killed; its end is posted
  // The ends of control streams that it holds, and which side of them is its own.
  std::vector<std::pair<std::weak_ptr<ControlPipe>, int>> pipes;
  // Tells the parent; empty when nobody wants to know.
  std::function<void(const std::string& description)> on_end;
};

// What a launcher needs of the machine.
class ProcessTable {
 public:
  virtual MemoryFileSystem& memory_files() = 0;
  // Null when no program has this image.
  virtual const ProgramMain* FindProgram(const std::string& image) const = 0;
  // Null when there is no such process any more.
  virtual ProcessEntry* Find(int pid) = 0;
  // A new entry with a runtime of its own.
  virtual ProcessEntry& Start(const std::string& name) = 0;
  // Ends a process soon, from outside its callbacks. `severed`: without a last word.
  virtual void EndSoon(int pid, const std::string& description, bool severed) = 0;

 protected:
  ~ProcessTable() = default;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_OPERATING_SYSTEM_PROCESS_TABLE_H_
