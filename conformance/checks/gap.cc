#include "conformance/checks/gap.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "conformance/checks/stretch.h"
#include "protocol/media/signal_match.h"

namespace sfa::conformance {
namespace {

constexpr Duration kLongestDelay = std::chrono::seconds(2);
constexpr size_t kPieceSamples = 800;  // 100 ms: long enough that no noise looks like it
// The delay is searched anew for each of these: it may change when a call heals.
constexpr Duration kPart = std::chrono::seconds(2);

// When something was heard, from and to.
using Heard = std::vector<std::pair<MonotonicTime, MonotonicTime>>;

bool IsSilence(const Stretch& stretch) {
  return std::all_of(stretch.samples.begin(), stretch.samples.end(),
                     [](int16_t sample) { return sample == 0; });
}

void FindPart(const Stretch& said, const Stretch& all_heard, Heard& heard) {
  const Stretch there = all_heard.Between(said.start, said.end() + kLongestDelay);
  if (IsSilence(there)) return;
  const int64_t offset = Stretch::SamplesIn(there.start - said.start);
  media::MatchSettings settings;
  settings.window = kPieceSamples;
  settings.least_delay = -offset;
  settings.greatest_delay = Stretch::SamplesIn(kLongestDelay) - offset;
  for (const media::WindowMatch& piece :
       media::FindSignal(said.samples, there.samples, settings).windows) {
    if (piece.correlation < settings.found_from) continue;
    const MonotonicTime at =
        there.start + Stretch::DurationOf(static_cast<int64_t>(piece.begin) + piece.delay);
    heard.emplace_back(at, at + Stretch::DurationOf(kPieceSamples));
  }
}

void FindCall(const Recording& speaker, const Recording& listener, const Window& window,
              Heard& heard) {
  const Stretch said =
      Stretch{speaker.sent_start, speaker.sent}.Between(window.start - kLongestDelay, window.end);
  const Stretch all_heard{listener.heard_start, listener.heard};
  if (all_heard.end() < said.start || said.end() + kLongestDelay < all_heard.start) return;
  for (MonotonicTime part = said.start; part < said.end(); part += kPart) {
    FindPart(said.Between(part, part + kPart), all_heard, heard);
  }
}

}  // namespace

Finding LookForGap(const AudioGapExpectation& expected, const Window& window, bool from_start,
                   bool to_end, const Trace& trace) {
  Heard heard;
  MonotonicTime last_word = window.start;
  for (const Recording& speaker : trace.recordings()) {
    if (speaker.actor != expected.from) continue;
    last_word = std::max(last_word, Stretch{speaker.sent_start, speaker.sent}.end());
    for (const Recording& listener : trace.recordings()) {
      if (listener.actor == expected.heard_by) FindCall(speaker, listener, window, heard);
    }
  }
  std::sort(heard.begin(), heard.end());
  if (heard.empty()) return {Verdict::kFail, "nothing was heard at all", {}};
  const MonotonicTime end = to_end ? window.end : std::min(window.end, last_word);
  MonotonicTime until = from_start ? window.start : std::max(window.start, heard.front().first);
  Duration longest{};
  MonotonicTime at = until;
  const auto silent_to = [&](MonotonicTime next) {
    if (next - until > longest) {
      longest = next - until;
      at = until;
    }
  };
  for (const auto& [from, to] : heard) {
    silent_to(std::min(from, end));
    until = std::max(until, to);
  }
  silent_to(end);
  Finding finding;
  finding.verdict = longest <= expected.at_most ? Verdict::kPass : Verdict::kFail;
  finding.reason = fmt::format("the longest gap is {:.3f} s, from {:.3f} s on",
                               std::chrono::duration<double>(longest).count(),
                               std::chrono::duration<double>(at.time_since_epoch()).count());
  finding.at = at.time_since_epoch();
  return finding;
}

}  // namespace sfa::conformance
