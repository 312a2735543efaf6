// The running timers of one event loop, ordered by time and then by start.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_TIMER_QUEUE_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_TIMER_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/timer.h"

namespace sfa::posix {

// A binary heap in which each timer knows its place, so that starting and cancelling cost the
// logarithm of the number of running timers, and allocate nothing once the heap has grown.
// Invariant: a timer is in the heap exactly while it is running; it is out before its task runs.
class TimerQueue {
 public:
  // `rescheduled` is called whenever the earliest time may have become earlier.
  TimerQueue(std::function<MonotonicTime()> now, std::function<void()> rescheduled);
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  std::unique_ptr<Timer> NewTimer(std::function<void()> task);
  std::optional<MonotonicTime> next_due() const;
  // Runs what is due at `now`, except what is started meanwhile.
  void RunDue(MonotonicTime now);

 private:
  class QueuedTimer;

  static bool Before(const QueuedTimer& a, const QueuedTimer& b);
  void Insert(QueuedTimer& timer);
  void Erase(QueuedTimer& timer);
  void Place(QueuedTimer* timer, size_t at);
  void SiftUp(size_t at);
  void SiftDown(size_t at);

  std::function<MonotonicTime()> now_;
  std::function<void()> rescheduled_;
  std::vector<QueuedTimer*> heap_;
  uint64_t starts_ = 0;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_TIMER_QUEUE_H_
