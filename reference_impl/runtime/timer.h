// A timer that is made once and started as often as needed, without allocating.
#ifndef REFERENCE_IMPL_RUNTIME_TIMER_H_
#define REFERENCE_IMPL_RUNTIME_TIMER_H_

#include "runtime/time.h"

namespace sfa {

// Contract:
//  1. The task runs at most once per start, never before its time, never inside Start().
//  2. Start() on a running timer replaces the earlier start.
//  3. After Cancel() or destruction the task does not run, even if its time has come already.
//  4. The task may start, cancel or destroy its own timer.
//  5. Timers due at the same instant run in the order in which they were started.
class Timer {
 public:
  virtual ~Timer() = default;

  virtual void StartAt(MonotonicTime when) = 0;
  virtual void Start(Duration delay) = 0;
  virtual void Cancel() = 0;
  virtual bool running() const = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_TIMER_H_
