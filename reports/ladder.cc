#include "reports/ladder.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/escape.h"

namespace sfa::reports {
namespace {

using conformance::LadderRung;

constexpr size_t kMostRungs = 400;
constexpr int kTimeColumn = 90;
constexpr int kLaneWidth = 260;
constexpr int kRowHeight = 26;
constexpr int kHeadHeight = 44;
constexpr size_t kLongestLabel = 46;  // characters that fit between two lanes

std::string Shortened(const std::string& label) {
  if (label.size() <= kLongestLabel) return label;
  return label.substr(0, kLongestLabel - 1) + "\xE2\x80\xA6";
}

class Drawing {
 public:
  explicit Drawing(const conformance::CaseResult& result) : result_(result) {}

  std::string Draw() {
    const size_t rungs = std::min(result_.ladder.size(), kMostRungs);
    const bool cut = rungs < result_.ladder.size();
    const int width = kTimeColumn + kLaneWidth * static_cast<int>(result_.lanes.size());
    const int height = kHeadHeight + kRowHeight * static_cast<int>(rungs + (cut ? 1 : 0)) + 16;
    svg_ = fmt::format(
        "<svg class=\"ladder\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
        "aria-label=\"Call ladder of {2}\">\n",
        width, height, Escape(result_.name));
    for (size_t lane = 0; lane < result_.lanes.size(); ++lane) DrawLane(lane, height);
    for (size_t row = 0; row < rungs; ++row) DrawRung(result_.ladder[row], row);
    if (cut) {
      svg_ +=
          fmt::format("<text class=\"time\" x=\"8\" y=\"{}\">and {} more: see trace.jsonl</text>\n",
                      Y(rungs) + 4, result_.ladder.size() - rungs);
    }
    return svg_ + "</svg>\n";
  }

 private:
  int X(size_t lane) const {
    return kTimeColumn + kLaneWidth / 2 + kLaneWidth * static_cast<int>(lane);
  }
  int Y(size_t row) const {
    return kHeadHeight + kRowHeight * static_cast<int>(row) + kRowHeight / 2;
  }
  size_t LaneOf(const std::string& name) const {
    return std::find(result_.lanes.begin(), result_.lanes.end(), name) - result_.lanes.begin();
  }

  void DrawLane(size_t lane, int height) {
    svg_ += fmt::format(
        "<rect class=\"head\" x=\"{}\" y=\"6\" width=\"180\" height=\"26\" rx=\"6\"/>"
        "<text class=\"name\" x=\"{}\" y=\"24\">{}</text>"
        "<line class=\"lane\" x1=\"{}\" y1=\"32\" x2=\"{}\" y2=\"{}\"/>\n",
        X(lane) - 90, X(lane), Escape(Shortened(result_.lanes[lane])), X(lane), X(lane),
        height - 6);
  }

  void DrawRung(const LadderRung& rung, size_t row) {
    const size_t from = LaneOf(rung.from), to = LaneOf(rung.to);
    if (from == result_.lanes.size() || to == result_.lanes.size()) return;
    const int y = Y(row);
    svg_ += fmt::format("<text class=\"time\" x=\"8\" y=\"{}\">{:.3f} s</text>", y + 4,
                        std::chrono::duration<double>(rung.at).count());
    const std::string label = Escape(Shortened(rung.label));
    const std::string title = "<title>" + Escape(rung.label) + "</title>";
    if (from == to) {
      svg_ += fmt::format(
          "<g>{}<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"3.5\"/>"
          "<text class=\"note\" x=\"{}\" y=\"{}\">{}</text></g>\n",
          title, X(from), y, X(from) + 10, y + 4, label);
      return;
    }
    const int direction = to > from ? 1 : -1;
    const int tip = X(to) - direction * 2;
    svg_ += fmt::format(
        "<g>{}<line class=\"arrow\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>"
        "<path class=\"tip\" d=\"M{} {} l{} -4.5 v9 z\"/>"
        "<text class=\"label\" x=\"{}\" y=\"{}\">{}</text></g>\n",
        title, X(from), y + 5, tip - direction * 6, y + 5, tip, y + 5, -direction * 9,
        (X(from) + X(to)) / 2, y, label);
  }

  const conformance::CaseResult& result_;
  std::string svg_;
};

}  // namespace

std::string LadderSvg(const conformance::CaseResult& result) {
  return result.ladder.empty() ? "" : Drawing(result).Draw();
}

}  // namespace sfa::reports
