// A coroutine that is awaited like a function call: dialplan applications are written top to bottom
// and stop only where they await.
#ifndef ASTERISK_HARNESS_SIMULATED_ROUTINE_H_
#define ASTERISK_HARNESS_SIMULATED_ROUTINE_H_

#include <coroutine>
#include <cstdlib>
#include <utility>

namespace sfa::harness {

template <typename T>
class Routine;

namespace routine_internal {

// Goes back to whoever awaits the routine, or stops for good when nobody does.
struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) noexcept {
    const std::coroutine_handle<> caller = finished.promise().caller;
    return caller ? caller : std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> caller;

  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  // Nothing here throws; what the standard library throws (no memory) has no remedy.
  void unhandled_exception() noexcept { std::abort(); }
};

template <typename T>
struct Promise : PromiseBase {
  T value{};
  Routine<T> get_return_object();
  void return_value(T result) { value = std::move(result); }
};

template <>
struct Promise<void> : PromiseBase {
  Routine<void> get_return_object();
  void return_void() {}
};

}  // namespace routine_internal

// Contract:
//  1. It starts when it is awaited, or at Start() for the outermost one.
//  2. Destroying it at any point where it is suspended ends it, and everything that it awaits.
template <typename T>
class [[nodiscard]] Routine {
 public:
  using promise_type = routine_internal::Promise<T>;

  Routine() = default;
  explicit Routine(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Routine(Routine&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Routine& operator=(Routine&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Routine() {
    if (handle_) handle_.destroy();
  }

  void Start() { handle_.resume(); }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    handle_.promise().caller = caller;
    return handle_;
  }
  T await_resume() {
    if constexpr (!std::is_void_v<T>) return std::move(handle_.promise().value);
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

namespace routine_internal {

template <typename T>
Routine<T> Promise<T>::get_return_object() {
  return Routine<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Routine<void> Promise<void>::get_return_object() {
  return Routine<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace routine_internal
}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_ROUTINE_H_
