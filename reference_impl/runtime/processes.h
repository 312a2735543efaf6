// Child processes with a control stream.
#ifndef REFERENCE_IMPL_RUNTIME_PROCESSES_H_
#define REFERENCE_IMPL_RUNTIME_PROCESSES_H_

#include <memory>
#include <string>
#include <vector>

#include "runtime/result.h"
#include "runtime/stream.h"

namespace sfa {

// The descriptor on which a child finds its end of the control stream.
inline constexpr int kControlDescriptor = 3;

struct LaunchRequest {
  std::string path;               // the executable
  std::vector<std::string> argv;  // argv[0] is the name that ps shows
};

class ProcessHandler {
 public:
  // The child is gone and reaped; `description` is "exited with status 1", "killed by signal 9".
  virtual void OnExit(const std::string& description) = 0;

 protected:
  ~ProcessHandler() = default;
};

// A running child. Destroying it kills the child if it still runs, and reaps it.
class ChildProcess {
 public:
  virtual ~ChildProcess() = default;

  virtual int pid() const = 0;
  // Our end of the control stream; end-of-stream there means that the child has closed it or died.
  virtual ByteStream& control() = 0;
  virtual void Kill() = 0;
};

class Processes {
 public:
  virtual ~Processes() = default;

  // The child gets the control stream as descriptor 3, /dev/null as 0 to 2, nothing else of this
  // process: default signals, an empty signal mask, ordinary scheduling.
  // kNotExecutable when the file lies on a noexec mount or may not be executed.
  virtual Result<std::unique_ptr<ChildProcess>> Launch(const LaunchRequest& request,
                                                       ProcessHandler& handler) = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_PROCESSES_H_
