#include "protocol/media/voice_quality.h"

#include <algorithm>
#include <cmath>

namespace sfa::media {
namespace {

constexpr double kDefaultRating = 93.2;  // G.107 table 3: R with every parameter at its default

// G.107 section 7.4: the impairment Idd by a long delay.
double DelayImpairment(double delay_ms) {
  if (delay_ms <= 100) return 0;
  const double x = std::log2(delay_ms / 100);
  return 25 * (std::pow(1 + std::pow(x, 6), 1.0 / 6) -
               3 * std::pow(1 + std::pow(x / 3, 6), 1.0 / 6) + 2);
}

}  // namespace

double RatingFactor(Duration delay, double loss_percent, const CodecQuality& codec,
                    double burst_ratio) {
  const double delay_ms = static_cast<double>(delay.count()) / 1e6;
  const double loss = std::clamp(loss_percent, 0.0, 100.0);
  const double effective_ie =
      codec.ie + (95 - codec.ie) * loss / (loss / std::max(burst_ratio, 1.0) + codec.bpl);
  return kDefaultRating - DelayImpairment(delay_ms) - effective_ie;
}

double OpinionScore(double r) {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

}  // namespace sfa::media
