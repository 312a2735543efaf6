// A runtime on a thread of its own, for programs whose main thread does something else.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_RUNTIME_THREAD_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_RUNTIME_THREAD_H_

#include <functional>
#include <thread>

#include "runtime/posix/posix_runtime.h"

namespace sfa::posix {

// `begin` runs first on the new thread, `end` last: what lives on the runtime is made in the one
// and destroyed in the other. An Asterisk module, which must make its threads with
// ast_pthread_create(), calls Serve() from the thread's function instead.
class RuntimeThread {
 public:
  RuntimeThread(PosixRuntime& runtime, std::function<void()> begin, std::function<void()> end);
  // Stops the runtime and waits for `end`.
  ~RuntimeThread();
  RuntimeThread(const RuntimeThread&) = delete;
  RuntimeThread& operator=(const RuntimeThread&) = delete;

  // The body of the thread: `begin`, Run() until somebody calls Stop(), `end`.
  static void Serve(PosixRuntime& runtime, const std::function<void()>& begin,
                    const std::function<void()>& end);

 private:
  PosixRuntime& runtime_;
  std::thread thread_;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_RUNTIME_THREAD_H_
