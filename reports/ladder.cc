#include "reports/ladder.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/escape.h"

namespace sfa::reports {
namespace {

using conformance::CheckResult;
using conformance::LadderRung;
using conformance::Verdict;

constexpr size_t kMostRungs = 400;
constexpr int kTimeColumn = 76;
constexpr int kLaneWidth = 290;
constexpr int kRowHeight = 27;
constexpr int kHeadHeight = 46;
constexpr int kPauseHeight = 14;
constexpr Duration kPause = std::chrono::seconds(1);  // from which on time is seen to pass
// Characters that fit into a lane. Notes are in a monospaced face of 7 units a character.
constexpr size_t kLongestLabel = 39;
constexpr int kNoteCharacter = 7;

// Where a character of UTF-8 starts.
bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

size_t Characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(), StartsCharacter);
}

std::string Shortened(const std::string& label) {
  if (Characters(label) <= kLongestLabel) return label;
  size_t end = 0;
  for (size_t characters = 0; end < label.size(); ++end) {
    if (StartsCharacter(label[end]) && ++characters == kLongestLabel) break;
  }
  return label.substr(0, end) + "\xE2\x80\xA6";
}

class Drawing {
 public:
  explicit Drawing(const conformance::CaseResult& result) : result_(result) {}

  std::string Draw() {
    const size_t rungs = std::min(result_.ladder.size(), kMostRungs);
    for (size_t i = 0; i < rungs; ++i) DrawRung(i);
    if (rungs < result_.ladder.size()) {
      body_ += fmt::format("<text class=\"label\" x=\"{}\" y=\"{}\">and {} more</text>\n",
                           Width() / 2, y_ + 18, result_.ladder.size() - rungs);
      y_ += kRowHeight;
    }
    const int height = y_ + 12;
    std::string svg = fmt::format(
        "<svg class=\"ladder\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
        "aria-label=\"Call ladder of {2}\">\n",
        Width(), height, Escape(result_.name));
    for (size_t lane = 0; lane < result_.lanes.size(); ++lane) svg += Lane(lane, height);
    return svg + body_ + "</svg>\n";
  }

 private:
  int Width() const { return kTimeColumn + kLaneWidth * static_cast<int>(result_.lanes.size()); }
  int X(size_t lane) const {
    return kTimeColumn + kLaneWidth / 2 + kLaneWidth * static_cast<int>(lane);
  }
  size_t LaneOf(const std::string& name) const {
    return std::find(result_.lanes.begin(), result_.lanes.end(), name) - result_.lanes.begin();
  }

  std::string Lane(size_t lane, int height) const {
    return fmt::format(
        "<line class=\"lane\" x1=\"{0}\" y1=\"32\" x2=\"{0}\" y2=\"{1}\"/>"
        "<rect class=\"head\" x=\"{2}\" y=\"6\" width=\"200\" height=\"26\" rx=\"6\"/>"
        "<text class=\"name\" x=\"{0}\" y=\"24\">{3}</text>\n",
        X(lane), height - 6, X(lane) - 100, Escape(Shortened(result_.lanes[lane])));
  }

  // Whether something that did not pass was seen at this very instant.
  bool IsBad(const LadderRung& rung) const {
    return std::any_of(result_.checks.begin(), result_.checks.end(), [&](const CheckResult& check) {
      return check.verdict == Verdict::kFail && check.at == rung.at;
    });
  }

  void DrawRung(size_t index) {
    const LadderRung& rung = result_.ladder[index];
    const size_t from = LaneOf(rung.from), to = LaneOf(rung.to);
    if (from == result_.lanes.size() || to == result_.lanes.size()) return;
    if (drawn_ && rung.at - last_ >= kPause) {
      body_ += fmt::format("<line class=\"pause\" x1=\"8\" y1=\"{0}\" x2=\"{1}\" y2=\"{0}\"/>\n",
                           y_ + kPauseHeight / 2, Width());
      y_ += kPauseHeight;
    }
    const int y = y_ + kRowHeight / 2;
    if (!drawn_ || rung.at != last_) {
      body_ += fmt::format("<text class=\"time\" x=\"{}\" y=\"{}\">{:.3f} s</text>",
                           kTimeColumn - 8, y + 4, std::chrono::duration<double>(rung.at).count());
    }
    body_ += fmt::format("<g{}><title>{}</title>", IsBad(rung) ? " class=\"bad\"" : "",
                         Escape(rung.label));
    body_ += from == to ? Note(from, y, rung.label) : Arrow(from, to, y, rung.label);
    body_ += "</g>\n";
    drawn_ = true;
    last_ = rung.at;
    y_ += kRowHeight;
  }

  std::string Note(size_t lane, int y, const std::string& label) const {
    const std::string text = Shortened(label);
    const int width = kNoteCharacter * static_cast<int>(Characters(text)) + 16;
    return fmt::format(
        "<rect class=\"box\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"20\" rx=\"5\"/>"
        "<text class=\"note\" x=\"{}\" y=\"{}\">{}</text>",
        X(lane) - width / 2, y - 10, width, X(lane), y + 4, Escape(text));
  }

  std::string Arrow(size_t from, size_t to, int y, const std::string& label) const {
    const int direction = to > from ? 1 : -1;
    const int tip = X(to) - direction * 2;
    return fmt::format(
        "<line class=\"arrow\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>"
        "<path class=\"tip\" d=\"M{} {} l{} -4.5 v9 z\"/>"
        "<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>",
        X(from), y + 7, tip - direction * 6, y + 7, tip, y + 7, -direction * 9,
        X(from) + direction * kLaneWidth / 2, y + 2, Escape(Shortened(label)));
  }

  const conformance::CaseResult& result_;
  std::string body_;
  int y_ = kHeadHeight;
  bool drawn_ = false;
  Duration last_{};
};

}  // namespace

std::string LadderSvg(const conformance::CaseResult& result) {
  return result.ladder.empty() ? "" : Drawing(result).Draw();
}

}  // namespace sfa::reports
