// Finds a signal that was sent again in one that was heard.
//
// The sent signal is cut into windows and each is looked for on its own, so that gaps, and a delay
// that changes while the call lasts, cost a few windows and not the whole. The signals must not
// repeat themselves within the search range: noise does well, a tone does not.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_SIGNAL_MATCH_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_SIGNAL_MATCH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sfa::media {

struct MatchSettings {
  // The range of delays in samples: positive when the signal is heard later than sent, both spans
  // beginning at the same instant. Either may be negative.
  int64_t least_delay = 0;
  int64_t greatest_delay = 16000;
  size_t window = 4000;     // samples
  double found_from = 0.5;  // the correlation from which on a window counts as found
};

struct WindowMatch {
  size_t begin = 0;        // in the sent signal
  int64_t delay = 0;       // samples
  double correlation = 0;  // normalised, -1 to 1
};

struct SignalMatch {
  bool found = false;      // at least half of the windows that can be judged are
  int64_t delay = 0;       // the median of the found windows', samples
  double correlation = 0;  // the mean over all windows that can be judged
  double found_share = 0;  // 0 to 1
  std::vector<WindowMatch> windows;
};

// Windows of silence, and those that would lie outside of `heard` at the overall delay, are not
// judged. Pure; the same input gives the same answer.
SignalMatch FindSignal(std::span<const int16_t> sent, std::span<const int16_t> heard,
                       const MatchSettings& settings = {});

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_SIGNAL_MATCH_H_
