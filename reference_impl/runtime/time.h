// Two clocks that cannot be mixed up: one that only runs forward, and the date.
//
// Neither tag clock has a now(): the time comes from a Runtime and from nowhere else.
#ifndef REFERENCE_IMPL_RUNTIME_TIME_H_
#define REFERENCE_IMPL_RUNTIME_TIME_H_

#include <chrono>
#include <cstdint>

namespace sfa {

using Duration = std::chrono::nanoseconds;

struct MonotonicClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
  static constexpr bool is_steady = true;
};

struct WallClock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WallClock, duration>;
  static constexpr bool is_steady = false;
};

// Since an arbitrary origin; good for intervals and deadlines.
using MonotonicTime = MonotonicClock::time_point;
// Since 1970-01-01 00:00:00 UTC; good for dates, never for intervals.
using WallTime = WallClock::time_point;

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_TIME_H_
