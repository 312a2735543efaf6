#include "runtime/posix/runtime_thread.h"

#include <utility>

namespace sfa::posix {

RuntimeThread::RuntimeThread(PosixRuntime& runtime, std::function<void()> begin,
                             std::function<void()> end)
    : runtime_(runtime), thread_([&runtime, begin = std::move(begin), end = std::move(end)] {
        Serve(runtime, begin, end);
      }) {}

RuntimeThread::~RuntimeThread() {
  runtime_.Stop();
  thread_.join();
}

void RuntimeThread::Serve(PosixRuntime& runtime, const std::function<void()>& begin,
                          const std::function<void()>& end) {
  begin();
  runtime.Run();
  end();
}

}  // namespace sfa::posix
