// One thread's event loop: descriptors that become ready, timers, tasks from other threads.
// Boost.Asio is inside and nowhere else.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_EVENT_LOOP_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_EVENT_LOOP_H_

#include <functional>
#include <memory>

#include "runtime/posix/descriptor.h"
#include "runtime/timer.h"

namespace sfa::posix {

// Thread: Run() and everything else on one thread; Post() and Stop() from any.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Returns after Stop(), at once if that was called before. An exception of a callback would leave
  // through here; callbacks throw none.
  void Run();
  void Stop();
  // Runs until `predicate` holds, looked at after each event, or `at_most` has passed; returns
  // whether it holds. For programs that are tests or that wait for one thing only.
  bool RunUntil(const std::function<bool()>& predicate, Duration at_most);

  void Post(std::function<void()> task);
  std::unique_ptr<Timer> NewTimer(std::function<void()> task);
  static MonotonicTime Now();

  enum class Readiness { kReadable, kWritable, kFailed };
  class Watcher {
   public:
    virtual void OnReady(Readiness readiness) = 0;

   protected:
    ~Watcher() = default;
  };

  // Owns a descriptor and tells its watcher when it is ready. Each Await() is answered by at most
  // one OnReady(), never from inside; asking twice is asking once. After destruction, also from
  // inside OnReady(), nothing follows and the descriptor is closed.
  class Watch {
   public:
    Watch(EventLoop& loop, Descriptor descriptor, Watcher& watcher);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    int fd() const;
    void Await(Readiness readiness);

   private:
    struct State;
    std::shared_ptr<State> state_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_EVENT_LOOP_H_
