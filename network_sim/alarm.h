// An ns-3 event that is made once and scheduled as often as needed.
#ifndef NETWORK_SIM_ALARM_H_
#define NETWORK_SIM_ALARM_H_

#include <ns3/event-impl.h>
#include <ns3/nstime.h>
#include <ns3/ptr.h>
#include <ns3/simulator.h>

#include "runtime/time.h"

namespace sfa::sim {

// Calls `(owner->*kMethod)()` at the times given; several may be pending at once. Cannot be
// cancelled: the owner decides when called. Nothing is called after destruction.
template <typename Owner, void (Owner::*kMethod)()>
class Alarm {
 public:
  explicit Alarm(Owner* owner) : event_(ns3::Create<Event>(owner)) {}
  ~Alarm() { event_->owner = nullptr; }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // `delay` >= 0.
  void After(Duration delay) {
    ns3::Simulator::Schedule(ns3::NanoSeconds(delay.count()), ns3::Ptr<ns3::EventImpl>(event_));
  }

 private:
  struct Event : ns3::EventImpl {
    explicit Event(Owner* the_owner) : owner(the_owner) {}
    void Notify() override {
      if (owner) (owner->*kMethod)();
    }
    Owner* owner;
  };

  ns3::Ptr<Event> event_;
};

inline MonotonicTime SimulatedNow() {
  return MonotonicTime(Duration(ns3::Simulator::Now().GetTimeStep()));
}

}  // namespace sfa::sim

#endif  // NETWORK_SIM_ALARM_H_
