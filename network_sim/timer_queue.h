// All timers of a world, in one heap that knows where each of them is: starting, restarting and
// cancelling cost no allocation and leave nothing behind.
#ifndef NETWORK_SIM_TIMER_QUEUE_H_
#define NETWORK_SIM_TIMER_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "network_sim/alarm.h"
#include "runtime/time.h"

namespace sfa::sim {

class TimerQueue;

// One thing that is due once. Contract as in runtime/timer.h. Does not outlive its queue.
class QueuedTimer {
 public:
  explicit QueuedTimer(TimerQueue& queue) : queue_(queue) {}
  virtual ~QueuedTimer();
  QueuedTimer(const QueuedTimer&) = delete;
  QueuedTimer& operator=(const QueuedTimer&) = delete;

  // A time that has passed means now.
  void StartAt(MonotonicTime when);
  void Cancel();
  bool running() const { return index_ != kIdle; }

 protected:
  // The timer is stopped when this is called; it may start or destroy itself.
  virtual void OnDue() = 0;

 private:
  friend class TimerQueue;
  static constexpr size_t kIdle = static_cast<size_t>(-1);

  TimerQueue& queue_;
  size_t index_ = kIdle;
};

// Contract:
//  1. Timers run by time, then in the order in which they were started.
//  2. One timer runs per event of the world.
class TimerQueue {
 public:
  TimerQueue() : alarm_(this) {}
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  size_t size() const { return heap_.size(); }

 private:
  friend class QueuedTimer;
  struct Entry {
    MonotonicTime when;
    uint64_t order;
    QueuedTimer* timer;
    bool operator<(const Entry& other) const {
      return when != other.when ? when < other.when : order < other.order;
    }
  };

  void Insert(QueuedTimer* timer, MonotonicTime when);
  void Erase(size_t index);
  void Place(size_t index, const Entry& entry);
  void SiftUp(size_t index, const Entry& entry);
  void SiftDown(size_t index, const Entry& entry);
  void Arm();
  void OnAlarm();

  Alarm<TimerQueue, &TimerQueue::OnAlarm> alarm_;
  std::vector<Entry> heap_;
  // When the alarm is going to call, latest first. An alarm is added only before all others.
  std::vector<MonotonicTime> armed_;
  uint64_t next_order_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_TIMER_QUEUE_H_
