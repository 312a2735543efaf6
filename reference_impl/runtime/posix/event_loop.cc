#include "runtime/posix/event_loop.h"

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "runtime/posix/timer_queue.h"

namespace sfa::posix {
namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

struct EventLoop::Impl {
  Impl() : timers(&EventLoop::Now, [this] { Arm(); }) {}

  // Wakes at the earliest timer. An alarm that turns out too early (its timer was cancelled) finds
  // nothing due and arms itself again; so starting and cancelling seldom touches Asio.
  void Arm() {
    const auto due = timers.next_due();
    if (!due || (armed && *due >= armed_for) || inside_timers) return;
    armed = true;
    armed_for = *due;
    alarm.expires_at(SteadyClock::time_point(
        std::chrono::duration_cast<SteadyClock::duration>(due->time_since_epoch())));
    alarm.async_wait([this](const boost::system::error_code& error) {
      if (error) return;  // armed anew for an earlier time
      armed = false;
      inside_timers = true;
      timers.RunDue(EventLoop::Now());
      inside_timers = false;
      Arm();
    });
  }

  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer alarm{context};
  bool armed = false;
  bool inside_timers = false;
  MonotonicTime armed_for{};
  TimerQueue timers;
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Run() { impl_->context.run(); }
void EventLoop::Stop() { impl_->context.stop(); }

bool EventLoop::RunUntil(const std::function<bool()>& predicate, Duration at_most) {
  const auto deadline = SteadyClock::now() + at_most;
  while (!predicate()) {
    const auto left = deadline - SteadyClock::now();
    if (left <= Duration::zero() || impl_->context.stopped()) return false;
    impl_->context.run_one_for(left);
  }
  return true;
}

void EventLoop::Post(std::function<void()> task) { asio::post(impl_->context, std::move(task)); }

std::unique_ptr<Timer> EventLoop::NewTimer(std::function<void()> task) {
  return impl_->timers.NewTimer(std::move(task));
}

MonotonicTime EventLoop::Now() {
  return MonotonicTime(std::chrono::duration_cast<Duration>(SteadyClock::now().time_since_epoch()));
}

struct EventLoop::Watch::State {
  State(asio::io_context& context, int fd, Watcher* watcher)
      : descriptor(context, fd), watcher(watcher) {}

  asio::posix::stream_descriptor descriptor;
  Watcher* watcher;  // null after the Watch has gone
  std::array<bool, 3> awaited{};
};

EventLoop::Watch::Watch(EventLoop& loop, Descriptor descriptor, Watcher& watcher)
    : state_(std::make_shared<State>(loop.impl_->context, descriptor.Release(), &watcher)) {}

EventLoop::Watch::~Watch() {
  state_->watcher = nullptr;
  boost::system::error_code ignored;
  state_->descriptor.close(ignored);
}

int EventLoop::Watch::fd() const { return state_->descriptor.native_handle(); }

void EventLoop::Watch::Await(Readiness readiness) {
  bool& awaited = state_->awaited[static_cast<size_t>(readiness)];
  if (std::exchange(awaited, true)) return;
  const auto kind = readiness == Readiness::kReadable   ? asio::posix::descriptor_base::wait_read
                    : readiness == Readiness::kWritable ? asio::posix::descriptor_base::wait_write
                                                        : asio::posix::descriptor_base::wait_error;
  state_->descriptor.async_wait(kind,
                                [state = state_, readiness](const boost::system::error_code&) {
                                  state->awaited[static_cast<size_t>(readiness)] = false;
                                  if (state->watcher != nullptr) state->watcher->OnReady(readiness);
                                });
}

}  // namespace sfa::posix
