// The order of events of one world: what ns-3 calls a scheduler, as a four-way heap in one array,
// which also ends a run exactly where it should end.
#ifndef NETWORK_SIM_EVENT_HEAP_H_
#define NETWORK_SIM_EVENT_HEAP_H_

#include <ns3/event-impl.h>
#include <ns3/object.h>
#include <ns3/ptr.h>
#include <ns3/scheduler.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "network_sim/inbox.h"
#include "network_sim/punctuality.h"

namespace sfa::sim {

// What the heap and the Simulation share about the run in progress.
class RunControl : public ns3::Object {
 public:
  static ns3::TypeId GetTypeId();

  // Looked at before every event; a run ends when it holds. Null: never.
  const std::function<bool()>* predicate = nullptr;
  // Scheduled for the end of the run; runs after everything else that is due at its time.
  ns3::EventImpl* end_of_run = nullptr;

  // Whether a run is under way: only then time passes and the inbox is looked at.
  bool running = false;
  std::shared_ptr<Inbox> inbox;
  // Whether events wait for the real clock.
  bool paced = false;
  // The instant of the real clock at which simulated time was 0, had it run through.
  std::chrono::steady_clock::time_point origin;
  Punctuality punctuality;
};

// Contract:
//  1. Events leave by time, then in the order in which they were scheduled.
//  2. Under the real clock none leaves before its time, and what comes from other threads
//     interrupts the waiting.
//  3. The end of the run leaves last of its time, or next when the predicate holds.
class EventHeap : public ns3::Scheduler {
 public:
  static ns3::TypeId GetTypeId();

  void Insert(const Event& event) override;
  // ns-3 asks this between any two events: here the predicate is looked at.
  bool IsEmpty() const override;
  Event PeekNext() const override { return heap_.front(); }
  Event RemoveNext() override;
  void Remove(const Event& event) override;

 private:
  void SiftUp(size_t index, const Event& event);
  void SiftDown(size_t index, const Event& event);
  void EraseAt(size_t index);
  void PullEndForward();
  void AwaitNext() const;
  void ScheduleInbox() const;

  ns3::Ptr<RunControl> control_;
  std::vector<Event> heap_;
  uint64_t now_ = 0;
  // Paced only: when the event before was over.
  mutable Inbox::Clock::time_point idle_since_;
  uint32_t latest_uid_ = 0;
  uint32_t current_uid_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_EVENT_HEAP_H_
