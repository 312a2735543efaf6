// For tests: people who speak, and traces of who heard what.
#ifndef CONFORMANCE_CHECKS_TEST_VOICES_H_
#define CONFORMANCE_CHECKS_TEST_VOICES_H_

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "conformance/trace/trace.h"

namespace sfa::conformance {

using Samples = std::vector<int16_t>;

// Noise with a little smoothing, at the level of speech.
inline Samples Speech(uint32_t seed, double seconds) {
  std::mt19937 random(seed);
  Samples samples(static_cast<size_t>(seconds * 8000));
  int last = 0;
  for (int16_t& sample : samples) {
    last = (last + static_cast<int>(random() % 12000) - 6000) / 2;
    sample = static_cast<int16_t>(last);
  }
  return samples;
}

inline MonotonicTime AtSecond(double second) {
  return MonotonicTime(Duration(static_cast<int64_t>(second * 1e9)));
}

inline void Silence(Samples& samples, double from, double to) {
  for (auto i = static_cast<size_t>(from * 8000); i < static_cast<size_t>(to * 8000); ++i) {
    samples[i] = 0;
  }
}

// "austin" says `sent` from second 10 on; "bond" hears `heard` from 10.2 on.
inline Trace CallOf(Samples sent, Samples heard) {
  Trace trace;
  trace.AddRecording(AtSecond(60), {"austin", AtSecond(10), {}, std::move(sent), {}, 0, 0});
  trace.AddRecording(AtSecond(60), {"bond", {}, AtSecond(10.2), {}, std::move(heard), 0, 0});
  return trace;
}

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_TEST_VOICES_H_
