#include "conformance/checks/clear_speech.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "protocol/media/g711.h"

namespace sfa::conformance {
namespace {

// Long enough that nothing else is like it, short enough to lie within one packet of 20 ms wherever
// packets begin: of any two neighbouring pieces of half a packet one does.
constexpr size_t kPieceSamples = media::kFrameSamples / 4;
constexpr size_t kPieces = 4;  // of each call, evenly spread

// What would be in a packet: each piece and the one half a packet after it.
std::vector<std::string> PiecesOf(const Recording& speaker, media::Codec law) {
  std::vector<std::string> pieces;
  const size_t step = speaker.sent.size() / (kPieces + 1);
  if (step < media::kFrameSamples) return pieces;
  for (size_t i = 1; i <= kPieces; ++i) {
    for (const size_t start : {i * step, i * step + media::kFrameSamples / 2}) {
      std::array<uint8_t, kPieceSamples> bytes;
      media::Encode(law, std::span(speaker.sent).subspan(start, kPieceSamples), bytes);
      // Silence is the same in everybody's mouth.
      if (std::all_of(bytes.begin(), bytes.end(), [&](uint8_t byte) { return byte == bytes[0]; })) {
        continue;
      }
      pieces.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return pieces;
}

}  // namespace

std::vector<CheckResult> CheckClearSpeech(
    const Trace& trace, const std::vector<std::pair<std::string, std::string>>& captures) {
  size_t looked_for = 0;
  Finding finding{Verdict::kPass, "", std::nullopt};
  for (const Recording& speaker : trace.recordings()) {
    for (const media::Codec law : {media::Codec::kPcmu, media::Codec::kPcma}) {
      for (const std::string& piece : PiecesOf(speaker, law)) {
        ++looked_for;
        for (const auto& [name, bytes] : captures) {
          if (bytes.find(piece) == std::string::npos) continue;
          finding = {Verdict::kFail, "what " + speaker.actor + " said is in the clear in " + name,
                     speaker.sent_start.time_since_epoch()};
        }
      }
    }
  }
  if (looked_for == 0 || captures.empty()) return {};
  if (finding.verdict == Verdict::kPass) {
    finding.reason = std::to_string(looked_for) + " pieces of speech are in none of " +
                     std::to_string(captures.size()) + " captures";
  }
  return RunCheck({kClearSpeechRequirement}, "no speech in the clear between the machines",
                  [&] { return finding; });
}

}  // namespace sfa::conformance
