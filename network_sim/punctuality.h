// How late a world under the real clock is, and what kept it. Pure bookkeeping: it is told the
// time.
#ifndef NETWORK_SIM_PUNCTUALITY_H_
#define NETWORK_SIM_PUNCTUALITY_H_

#include <cstdint>
#include <string>
#include <typeinfo>

#include "runtime/time.h"

namespace sfa::sim {

// The event that began latest, and what came before it since the loop had last been waiting.
struct Lateness {
  Duration by{};
  MonotonicTime at{};  // when it was due, in the world's time
  // How long after the time that it had asked for the loop was woken: other programs had the
  // processors.
  Duration woken_late{};
  // The longest of the events since, and how long of that its thread had a processor: much less
  // means that it waited, for a disk or for its turn.
  Duration longest{};
  Duration longest_computing{};
  std::string longest_event;
  uint64_t events = 0;

  // "by 0.262 s at 3.410 s; the loop was woken 0.258 s late, the longest of 3 events since took …"
  std::string ToString() const;
};

// The machine's time and the processor time of the loop's thread, each since an instant of its own.
struct ClockReading {
  Duration time{};
  Duration cpu{};
};

// Contract: told of every wait and every event, in their order.
class Punctuality {
 public:
  // A run begins, or goes on after a rest: nothing before it counts as waiting or as an event.
  void RunBegins();
  // The loop has waited until `due` and goes on at `now`.
  void Waited(Duration due, Duration now);
  // The event before, if there was one in this run, ended at `ended`; now the next one begins,
  // which was due at `due`, or `at` in the world's time.
  void EventBegins(const std::type_info& kind, MonotonicTime at, Duration due, Duration ended,
                   const ClockReading& now);

  // What was so far does not count.
  void Forget();
  const Lateness& worst() const { return worst_; }

 private:
  struct Event {
    const std::type_info* kind = nullptr;
    Duration took{};
    Duration computing{};
  };

  void Account(Duration ended, Duration cpu);

  Lateness worst_;
  // Since the loop had last been waiting.
  Duration woken_late_{};
  Event longest_;
  uint64_t events_ = 0;
  // The event in progress; none when its kind is null.
  Event current_;
  ClockReading began_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_PUNCTUALITY_H_
