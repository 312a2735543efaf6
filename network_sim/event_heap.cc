#include "network_sim/event_heap.h"

#include <ns3/pointer.h>
#include <ns3/simulator.h>
#include <time.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <typeinfo>

namespace sfa::sim {
namespace {

constexpr size_t kArity = 4;
// ns-3 itself uses neither number.
constexpr uint32_t kNextOfItsTime = 0;
constexpr uint32_t kLastOfItsTime = std::numeric_limits<uint32_t>::max();

Duration ThreadCpuTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(RunControl);
NS_OBJECT_ENSURE_REGISTERED(EventHeap);

ns3::TypeId RunControl::GetTypeId() {
  static const ns3::TypeId kId =
      ns3::TypeId("sfa::sim::RunControl").SetParent<ns3::Object>().AddConstructor<RunControl>();
  return kId;
}

ns3::TypeId EventHeap::GetTypeId() {
  static const ns3::TypeId kId =
      ns3::TypeId("sfa::sim::EventHeap")
          .SetParent<ns3::Scheduler>()
          .AddConstructor<EventHeap>()
          .AddAttribute("Control", "The run in progress", ns3::PointerValue(),
                        ns3::MakePointerAccessor(&EventHeap::control_),
                        ns3::MakePointerChecker<RunControl>());
  return kId;
}

void EventHeap::Insert(const Event& event) {
  latest_uid_ = std::max(latest_uid_, event.key.m_uid);
  Event inserted = event;
  if (control_ && event.impl == control_->end_of_run) inserted.key.m_uid = kLastOfItsTime;
  heap_.emplace_back();
  SiftUp(heap_.size() - 1, inserted);
}

bool EventHeap::IsEmpty() const {
  if (heap_.empty()) return true;
  if (control_ && control_->running && control_->predicate && (*control_->predicate)()) {
    control_->predicate = nullptr;
    // ns-3 declares the question const; the answer to it is what ends the run.
    const_cast<EventHeap*>(this)->PullEndForward();
    return false;
  }
  if (control_ && control_->running) {
    ScheduleInbox();
    if (control_->paced) AwaitNext();
  }
  return false;
}

void EventHeap::ScheduleInbox() const {
  for (ns3::EventImpl* event : control_->inbox->Take()) {
    int64_t delay = 0;
    if (control_->paced) {
      const std::chrono::nanoseconds elapsed = Inbox::Clock::now() - control_->origin;
      delay = std::max<int64_t>(0, elapsed.count() - static_cast<int64_t>(now_));
    }
    // By way of ns-3, which numbers events, to Insert().
    ns3::Simulator::Schedule(ns3::NanoSeconds(delay), ns3::Ptr<ns3::EventImpl>(event, false));
  }
}

void EventHeap::AwaitNext() const {
  idle_since_ = Inbox::Clock::now();
  auto now = idle_since_;
  for (;;) {
    const auto due = control_->origin + std::chrono::nanoseconds(heap_.front().key.m_ts);
    if (now >= due) return;
    control_->inbox->Wait(due);
    now = Inbox::Clock::now();
    control_->punctuality.Waited(due.time_since_epoch(), now.time_since_epoch());
    ScheduleInbox();
  }
}

ns3::Scheduler::Event EventHeap::RemoveNext() {
  Event next = heap_.front();
  EraseAt(0);
  // ns-3 tells by the number what has run: for the end of the run everything scheduled so far, for
  // an end pulled forward what ran before it.
  if (next.key.m_uid == kLastOfItsTime) next.key.m_uid = latest_uid_;
  if (next.key.m_uid == kNextOfItsTime) next.key.m_uid = current_uid_;
  now_ = next.key.m_ts;
  current_uid_ = next.key.m_uid;
  // ns-3 asks whether there is another event before it sees that the run is to end: nobody is to
  // wait for that one.
  if (control_ && next.impl == control_->end_of_run) control_->running = false;
  if (control_ && control_->paced && next.impl != control_->end_of_run) {
    const auto due = control_->origin + std::chrono::nanoseconds(now_);
    control_->punctuality.EventBegins(typeid(*next.impl), MonotonicTime(Duration(now_)),
                                      due.time_since_epoch(), idle_since_.time_since_epoch(),
                                      {Inbox::Clock::now().time_since_epoch(), ThreadCpuTime()});
  }
  return next;
}

void EventHeap::Remove(const Event& event) {
  for (size_t i = 0; i < heap_.size(); ++i) {
    if (heap_[i].key.m_uid == event.key.m_uid) return EraseAt(i);
  }
}

void EventHeap::PullEndForward() {
  for (size_t i = 0; i < heap_.size(); ++i) {
    if (heap_[i].impl != control_->end_of_run) continue;
    Event end = heap_[i];
    EraseAt(i);
    end.key.m_ts = now_;
    heap_.emplace_back();
    end.key.m_uid = kNextOfItsTime;
    SiftUp(heap_.size() - 1, end);
    return;
  }
  assert(false);
}

void EventHeap::EraseAt(size_t index) {
  const Event last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  if (index > 0 && last < heap_[(index - 1) / kArity]) {
    SiftUp(index, last);
  } else {
    SiftDown(index, last);
  }
}

void EventHeap::SiftUp(size_t index, const Event& event) {
  while (index > 0) {
    const size_t parent = (index - 1) / kArity;
    if (!(event < heap_[parent])) break;
    heap_[index] = heap_[parent];
    index = parent;
  }
  heap_[index] = event;
}

void EventHeap::SiftDown(size_t index, const Event& event) {
  for (;;) {
    const size_t first = index * kArity + 1;
    if (first >= heap_.size()) break;
    const size_t end = std::min(first + kArity, heap_.size());
    size_t least = first;
    for (size_t child = first + 1; child < end; ++child) {
      if (heap_[child] < heap_[least]) least = child;
    }
    if (!(heap_[least] < event)) break;
    heap_[index] = heap_[least];
    index = least;
  }
  heap_[index] = event;
}

}  // namespace sfa::sim
