// Tasks posted to a runtime.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_TASK_QUEUE_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_TASK_QUEUE_H_

#include <deque>
#include <functional>
#include <memory>

#include "runtime/mutex.h"
#include "runtime/posix/event_loop.h"

namespace sfa::posix {

// Runs tasks in the order of posting. After Close() none runs, and what is queued is dropped.
// Post() from any thread, the rest on the loop's.
class TaskQueue : public std::enable_shared_from_this<TaskQueue> {
 public:
  explicit TaskQueue(EventLoop& loop) : loop_(loop) {}

  void Post(std::function<void()> task);
  void Close();

 private:
  void RunSome();

  EventLoop& loop_;
  Mutex mutex_;
  std::deque<std::function<void()>> tasks_;
  bool scheduled_ = false;
  bool closed_ = false;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_TASK_QUEUE_H_
