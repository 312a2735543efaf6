#include "runtime/posix/task_queue.h"

#include <utility>

namespace sfa::posix {

void TaskQueue::Post(std::function<void()> task) {
  MutexLock lock(mutex_);
  if (closed_) return;
  tasks_.push_back(std::move(task));
  if (std::exchange(scheduled_, true)) return;
  loop_.Post([self = shared_from_this()] { self->RunSome(); });
}

void TaskQueue::Close() {
  std::deque<std::function<void()>> dropped;  // destroyed without the lock: captures may post
  MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(tasks_);
}

// One task, then the loop again: so neither Stop() nor sockets wait behind a long queue.
void TaskQueue::RunSome() {
  std::function<void()> task;
  {
    MutexLock lock(mutex_);
    scheduled_ = false;
    if (tasks_.empty()) return;
    task = std::move(tasks_.front());
    tasks_.pop_front();
    if (!tasks_.empty()) {
      scheduled_ = true;
      loop_.Post([self = shared_from_this()] { self->RunSome(); });
    }
  }
  task();
}

}  // namespace sfa::posix
