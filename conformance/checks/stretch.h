// A part of what was said or heard, with its place on the world's time line.
#ifndef CONFORMANCE_CHECKS_STRETCH_H_
#define CONFORMANCE_CHECKS_STRETCH_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "protocol/media/codec.h"
#include "runtime/time.h"

namespace sfa::conformance {

struct Stretch {
  MonotonicTime start;
  std::span<const int16_t> samples;

  MonotonicTime end() const { return start + DurationOf(static_cast<int64_t>(samples.size())); }

  static int64_t SamplesIn(Duration duration) {
    return duration.count() * media::kSampleRate / 1'000'000'000;
  }
  static Duration DurationOf(int64_t samples) {
    return Duration(samples * (1'000'000'000 / media::kSampleRate));
  }

  // What of it lies between the two instants.
  Stretch Between(MonotonicTime from, MonotonicTime to) const {
    const auto size = static_cast<int64_t>(samples.size());
    const int64_t first = std::clamp<int64_t>(SamplesIn(from - start), 0, size);
    const int64_t last = std::clamp<int64_t>(SamplesIn(to - start), first, size);
    return {start + DurationOf(first),
            samples.subspan(static_cast<size_t>(first), static_cast<size_t>(last - first))};
  }
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_STRETCH_H_
