// Events for a world from other threads.
#ifndef NETWORK_SIM_INBOX_H_
#define NETWORK_SIM_INBOX_H_

#include <ns3/event-impl.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace sfa::sim {

// Belongs to the thread that made it, the world's; Put() is for every thread.
class Inbox {
 public:
  using Clock = std::chrono::steady_clock;

  ~Inbox() { Close(); }

  // The world ends: what has come and what still comes is given up. Events may hold the inbox
  // themselves, by whoever has put them in.
  void Close() {
    std::vector<ns3::EventImpl*> events;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
      events.swap(events_);
    }
    for (ns3::EventImpl* event : events) event->Unref();
  }

  // Takes the event over; it runs soon on the world's thread.
  void Put(ns3::EventImpl* event) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!closed_) {
        events_.push_back(event);
        arrived_.notify_one();
        return;
      }
    }
    event->Unref();
  }
  std::vector<ns3::EventImpl*> Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(events_, {});
  }
  // Returns at `deadline` or when something is there.
  void Wait(Clock::time_point deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    arrived_.wait_until(lock, deadline, [this] { return !events_.empty(); });
  }
  bool IsOwnThread() const { return std::this_thread::get_id() == owner_; }

 private:
  const std::thread::id owner_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<ns3::EventImpl*> events_;
  bool closed_ = false;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_INBOX_H_
