#include "network_sim/timer_queue.h"

#include <algorithm>
#include <cassert>

namespace sfa::sim {

QueuedTimer::~QueuedTimer() { Cancel(); }

void QueuedTimer::StartAt(MonotonicTime when) {
  Cancel();
  queue_.Insert(this, std::max(when, SimulatedNow()));
}

void QueuedTimer::Cancel() {
  if (running()) queue_.Erase(index_);
}

void TimerQueue::Insert(QueuedTimer* timer, MonotonicTime when) {
  heap_.emplace_back();
  SiftUp(heap_.size() - 1, {.when = when, .order = next_order_++, .timer = timer});
  Arm();
}

void TimerQueue::Erase(size_t index) {
  heap_[index].timer->index_ = QueuedTimer::kIdle;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  if (index > 0 && last < heap_[(index - 1) / 2]) {
    SiftUp(index, last);
  } else {
    SiftDown(index, last);
  }
}

void TimerQueue::Place(size_t index, const Entry& entry) {
  heap_[index] = entry;
  entry.timer->index_ = index;
}

void TimerQueue::SiftUp(size_t index, const Entry& entry) {
  while (index > 0 && entry < heap_[(index - 1) / 2]) {
    Place(index, heap_[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  Place(index, entry);
}

void TimerQueue::SiftDown(size_t index, const Entry& entry) {
  for (;;) {
    size_t child = index * 2 + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
    if (!(heap_[child] < entry)) break;
    Place(index, heap_[child]);
    index = child;
  }
  Place(index, entry);
}

void TimerQueue::Arm() {
  if (heap_.empty()) return;
  const MonotonicTime when = heap_.front().when;
  if (!armed_.empty() && armed_.back() <= when) return;
  armed_.push_back(when);
  alarm_.After(when - SimulatedNow());
}

void TimerQueue::OnAlarm() {
  assert(!armed_.empty());
  armed_.pop_back();
  if (!heap_.empty() && heap_.front().when <= SimulatedNow()) {
    QueuedTimer* const due = heap_.front().timer;
    Erase(0);
    Arm();
    due->OnDue();
  } else {
    Arm();
  }
}

}  // namespace sfa::sim
