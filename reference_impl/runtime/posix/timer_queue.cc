#include "runtime/posix/timer_queue.h"

#include <limits>
#include <utility>

namespace sfa::posix {

class TimerQueue::QueuedTimer final : public Timer {
 public:
  QueuedTimer(TimerQueue& queue, std::function<void()> task)
      : queue_(queue), task_(std::move(task)) {}
  ~QueuedTimer() override {
    Cancel();
    if (destroyed_ != nullptr) *destroyed_ = true;
  }

  void StartAt(MonotonicTime when) override {
    Cancel();
    when_ = when;
    queue_.Insert(*this);
  }
  void Start(Duration delay) override {
    const MonotonicTime now = queue_.now_();
    // A delay beyond the end of time means never.
    const bool overflows = delay > MonotonicTime::max() - now;
    StartAt(overflows ? MonotonicTime::max() : now + delay);
  }
  void Cancel() override {
    if (running()) queue_.Erase(*this);
  }
  bool running() const override { return place_ != kNowhere; }

  // The task lives on the stack meanwhile: it may destroy this timer.
  void Run() {
    bool destroyed = false;
    destroyed_ = &destroyed;
    std::function<void()> task = std::move(task_);
    task();
    if (destroyed) return;
    task_ = std::move(task);
    destroyed_ = nullptr;
  }

 private:
  friend class TimerQueue;
  static constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

  TimerQueue& queue_;
  std::function<void()> task_;
  MonotonicTime when_{};
  uint64_t start_ = 0;  // how manieth start of all timers
  size_t place_ = kNowhere;
  bool* destroyed_ = nullptr;
};

TimerQueue::TimerQueue(std::function<MonotonicTime()> now, std::function<void()> rescheduled)
    : now_(std::move(now)), rescheduled_(std::move(rescheduled)) {}

std::unique_ptr<Timer> TimerQueue::NewTimer(std::function<void()> task) {
  return std::make_unique<QueuedTimer>(*this, std::move(task));
}

std::optional<MonotonicTime> TimerQueue::next_due() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front()->when_;
}

void TimerQueue::RunDue(MonotonicTime now) {
  const uint64_t started_before = starts_;
  while (!heap_.empty()) {
    QueuedTimer& first = *heap_.front();
    if (first.when_ > now || first.start_ >= started_before) return;
    Erase(first);
    first.Run();
  }
}

bool TimerQueue::Before(const QueuedTimer& a, const QueuedTimer& b) {
  return a.when_ != b.when_ ? a.when_ < b.when_ : a.start_ < b.start_;
}

void TimerQueue::Insert(QueuedTimer& timer) {
  timer.start_ = starts_++;
  heap_.push_back(nullptr);
  Place(&timer, heap_.size() - 1);
  SiftUp(timer.place_);
  if (timer.place_ == 0) rescheduled_();
}

void TimerQueue::Erase(QueuedTimer& timer) {
  const size_t hole = std::exchange(timer.place_, QueuedTimer::kNowhere);
  QueuedTimer* last = heap_.back();
  heap_.pop_back();
  if (last == &timer) return;
  Place(last, hole);
  SiftUp(hole);
  SiftDown(last->place_);
}

void TimerQueue::Place(QueuedTimer* timer, size_t at) {
  heap_[at] = timer;
  timer->place_ = at;
}

void TimerQueue::SiftUp(size_t at) {
  while (at > 0) {
    const size_t parent = (at - 1) / 2;
    if (!Before(*heap_[at], *heap_[parent])) return;
    QueuedTimer* const above = heap_[parent];
    Place(heap_[at], parent);
    Place(above, at);
    at = parent;
  }
}

void TimerQueue::SiftDown(size_t at) {
  while (true) {
    size_t first = at;
    for (const size_t child : {2 * at + 1, 2 * at + 2}) {
      if (child < heap_.size() && Before(*heap_[child], *heap_[first])) first = child;
    }
    if (first == at) return;
    QueuedTimer* const below = heap_[first];
    Place(heap_[at], first);
    Place(below, at);
    at = first;
  }
}

}  // namespace sfa::posix
