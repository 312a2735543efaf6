// Child processes of the machine.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_POSIX_PROCESSES_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_POSIX_PROCESSES_H_

#include <memory>

#include "runtime/posix/event_loop.h"
#include "runtime/posix/posix_stream.h"
#include "runtime/processes.h"

namespace sfa::posix {

// Made to live inside another program, such as Asterisk: leaves the host's signal handlers alone
// and copes with a host that reaps every child. Needs Linux 5.4.
// Launch() forks on the calling thread and waits until the child has executed its file.
class PosixProcesses final : public Processes {
 public:
  PosixProcesses(EventLoop& loop, StreamService& streams) : loop_(loop), streams_(streams) {}
  Result<std::unique_ptr<ChildProcess>> Launch(const LaunchRequest& request,
                                               ProcessHandler& handler) override;

 private:
  EventLoop& loop_;
  StreamService& streams_;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_POSIX_PROCESSES_H_
