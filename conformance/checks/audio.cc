#include "conformance/checks/audio.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/checks/stretch.h"
#include "protocol/media/signal_match.h"
#include "protocol/media/voice_quality.h"

namespace sfa::conformance {
namespace {

constexpr Duration kLongestDelay = std::chrono::seconds(2);
// 200 ms: a jitter buffer that steps aside costs the window in which it does, and it may have to do
// so every other second. Still long enough that no noise looks like it.
constexpr size_t kWindowSamples = 1600;

// What counters say of the whole call. Of a part of it they say nothing: there, what does not
// correlate counts as lost.
double LossPercent(const Recording& listener, bool whole, double correlation) {
  if (!whole) return 100 * (1 - correlation);
  const double expected = static_cast<double>(listener.packets_received + listener.packets_lost);
  return expected > 0 ? 100.0 * static_cast<double>(listener.packets_lost) / expected : 0;
}

// Both signals are on the world's time line; the search is for what lies between them.
Heard Measure(const Recording& speaker, const Recording& listener, const Window& window) {
  const Stretch said = Stretch{speaker.sent_start, speaker.sent}.Between(window.start, window.end);
  const Stretch heard = Stretch{listener.heard_start, listener.heard}.Between(
      window.start, window.end + kLongestDelay);
  const Duration offset = heard.start - said.start;
  media::MatchSettings settings;
  settings.window = kWindowSamples;
  settings.least_delay = -Stretch::SamplesIn(offset);
  settings.greatest_delay = Stretch::SamplesIn(kLongestDelay) - Stretch::SamplesIn(offset);
  const media::SignalMatch match = media::FindSignal(said.samples, heard.samples, settings);
  Heard measures;
  measures.found = match.found;
  measures.correlation = match.correlation;
  measures.delay = offset + Stretch::DurationOf(match.delay);
  const bool whole = said.samples.size() == speaker.sent.size();
  measures.loss_percent = LossPercent(listener, whole, match.correlation);
  const Duration one_way = speaker.actor == listener.actor ? measures.delay / 2 : measures.delay;
  measures.mos =
      media::MeanOpinionScore(one_way, measures.loss_percent, media::kG711ConcealedQuality);
  return measures;
}

}  // namespace

std::optional<Heard> Hear(const std::string& from, const std::string& heard_by,
                          const Window& window, const Trace& trace) {
  std::optional<Heard> best;
  for (const Recording& speaker : trace.recordings()) {
    if (speaker.actor != from || speaker.sent_start > window.end) continue;
    for (const Recording& listener : trace.recordings()) {
      if (listener.actor != heard_by || listener.heard.empty()) continue;
      const Heard measures = Measure(speaker, listener, window);
      if (!best || measures.correlation > best->correlation) best = measures;
    }
  }
  return best;
}

Finding Listen(const AudioExpectation& expected, const Window& window, const Trace& trace) {
  const std::optional<Heard> best = Hear(expected.from, expected.heard_by, window, trace);
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
