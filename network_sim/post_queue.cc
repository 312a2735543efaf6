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
  // The only way into ns-3's event core that other threads may take. It takes the event over.
  ns3::Simulator::ScheduleWithContext(ns3::Simulator::NO_CONTEXT, ns3::NanoSeconds(0),
                                      new Wake(shared_from_this()));
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
