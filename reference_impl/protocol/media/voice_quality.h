// How a call sounds, by the E-model (ITU-T G.107) with all but delay, loss and codec at default.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_VOICE_QUALITY_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_VOICE_QUALITY_H_

#include "runtime/time.h"

namespace sfa::media {

// ITU-T G.113 appendix I: equipment impairment and robustness against packet loss.
struct CodecQuality {
  double ie = 0;
  double bpl = 0;
};
inline constexpr CodecQuality kG711Quality{0, 4.3};
inline constexpr CodecQuality kG711ConcealedQuality{0, 25.1};
inline constexpr CodecQuality kG729aQuality{11, 19};

// The rating R. `delay` is one way, mouth to ear; `loss_percent` counts what could not be played,
// 0 to 100; `burst_ratio` is 1 for independent losses.
double RatingFactor(Duration delay, double loss_percent, const CodecQuality& codec,
                    double burst_ratio = 1);

// The mean opinion score that belongs to R (G.107 annex B), 1 to 4.5.
double OpinionScore(double rating_factor);

inline double MeanOpinionScore(Duration delay, double loss_percent, const CodecQuality& codec,
                               double burst_ratio = 1) {
  return OpinionScore(RatingFactor(delay, loss_percent, codec, burst_ratio));
}

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_VOICE_QUALITY_H_
