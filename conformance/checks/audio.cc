#include "conformance/checks/audio.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/media/codec.h"
#include "protocol/media/signal_match.h"
#include "protocol/media/voice_quality.h"

namespace sfa::conformance {
namespace {

constexpr Duration kLongestDelay = std::chrono::seconds(2);

int64_t Samples(Duration duration) { return duration.count() * media::kSampleRate / 1'000'000'000; }

struct Measures {
  bool found = false;
  double correlation = 0;
  Duration delay{};
  double loss_percent = 0;
  double mos = 0;
};

// Both signals are on the world's time line; the search is for what lies between them.
Measures Measure(const Recording& speaker, const Recording& listener) {
  const Duration offset = listener.heard_start - speaker.sent_start;
  media::MatchSettings settings;
  settings.least_delay = -Samples(offset);
  settings.greatest_delay = Samples(kLongestDelay) - Samples(offset);
  const media::SignalMatch match = media::FindSignal(speaker.sent, listener.heard, settings);
  Measures measures;
  measures.found = match.found;
  measures.correlation = match.correlation;
  measures.delay = offset + Duration(match.delay * (1'000'000'000 / media::kSampleRate));
  const double expected = static_cast<double>(listener.packets_received + listener.packets_lost);
  if (expected > 0) {
    measures.loss_percent = 100.0 * static_cast<double>(listener.packets_lost) / expected;
  }
  const Duration one_way = speaker.actor == listener.actor ? measures.delay / 2 : measures.delay;
  measures.mos =
      media::MeanOpinionScore(one_way, measures.loss_percent, media::kG711ConcealedQuality);
  return measures;
}

}  // namespace

Finding Listen(const AudioExpectation& expected, const Window& window, const Trace& trace) {
  // Of several calls of the two, the pair that was heard best.
  std::optional<Measures> best;
  for (const Recording& speaker : trace.recordings()) {
    if (speaker.actor != expected.from || speaker.sent_start > window.end) continue;
    for (const Recording& listener : trace.recordings()) {
      if (listener.actor != expected.heard_by || listener.heard.empty()) continue;
      const Measures measures = Measure(speaker, listener);
      if (!best || measures.correlation > best->correlation) best = measures;
    }
  }
  if (!best) return {Verdict::kFail, "there is no call of both in which anything was heard", {}};
  const double milliseconds = std::chrono::duration<double, std::milli>(best->delay).count();
  Finding finding;
  finding.reason = fmt::format("correlation {:.3f}, delay {:.1f} ms, loss {:.2f} %, MOS {:.2f}",
                               best->correlation, milliseconds, best->loss_percent, best->mos);
  const bool good = best->found && best->correlation >= expected.correlation &&
                    (!expected.mos || best->mos >= *expected.mos) &&
                    (!expected.delay || best->delay <= *expected.delay);
  finding.verdict = good ? Verdict::kPass : Verdict::kFail;
  return finding;
}

}  // namespace sfa::conformance
