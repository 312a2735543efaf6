#include "network_sim/post_queue.h"

#include <utility>

namespace sfa::sim {

struct PostQueue::Wake : ns3::EventImpl {
  explicit Wake(std::shared_ptr<PostQueue> the_queue) : queue(std::move(the_queue)) {}
  void Notify() override { queue->Run(); }
  const std::shared_ptr<PostQueue> queue;
};

void PostQueue::Post(std::function<void()> task) {
  {
    const MutexLock lock(mutex_);
    if (closed_) return;
    tasks_.push_back(std::move(task));
    if (std::exchange(scheduled_, true)) return;
  }
  auto* const wake = new Wake(shared_from_this());
  if (inbox_->IsOwnThread()) {
    ns3::Simulator::ScheduleNow(ns3::Ptr<ns3::EventImpl>(wake, false));
  } else {
    inbox_->Put(wake);
  }
}

void PostQueue::Run() {
  std::vector<std::function<void()>> tasks;
  {
    const MutexLock lock(mutex_);
    tasks.swap(tasks_);
    scheduled_ = false;
  }
  for (std::function<void()>& task : tasks) {
    // A task may have ended the process.
    {
      const MutexLock lock(mutex_);
      if (closed_) return;
    }
    task();
  }
}

void PostQueue::Close() {
  std::vector<std::function<void()>> dropped;
  const MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(tasks_);
}

}  // namespace sfa::sim
