// What a dialplan thread sleeps on: somebody signals it, or its time comes.
#ifndef ASTERISK_HARNESS_SIMULATED_WAKEUP_H_
#define ASTERISK_HARNESS_SIMULATED_WAKEUP_H_

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/runtime.h"

namespace sfa::harness {

// Contract:
//  1. At most one routine waits at a time.
//  2. A signal while nobody waits is kept; several count as one.
//  3. The waiter goes on from a timer of its own, never from inside Signal().
//  4. Destruction forgets the waiter.
class Wakeup {
 public:
  explicit Wakeup(Runtime& runtime)
      : runtime_(runtime), timer_(runtime.NewTimer([this] { Resume(); })) {}

  void Signal() {
    signalled_ = true;
    if (waiter_) timer_->Start(Duration::zero());
  }

  struct Awaiter {
    Wakeup& wakeup;
    std::optional<MonotonicTime> deadline;
    bool await_ready() const { return std::exchange(wakeup.signalled_, false); }
    void await_suspend(std::coroutine_handle<> waiter) {
      wakeup.waiter_ = waiter;
      if (deadline) wakeup.timer_->StartAt(*deadline);
    }
    void await_resume() const {}
  };
  // Awaitable. Returns when signalled or at the deadline.
  Awaiter Wait(std::optional<MonotonicTime> deadline) { return Awaiter{*this, deadline}; }

  Runtime& runtime() { return runtime_; }

 private:
  void Resume() {
    signalled_ = false;
    if (const std::coroutine_handle<> waiter = std::exchange(waiter_, nullptr)) waiter.resume();
  }

  Runtime& runtime_;
  bool signalled_ = false;
  std::coroutine_handle<> waiter_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_WAKEUP_H_
