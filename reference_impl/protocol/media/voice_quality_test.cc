#include "protocol/media/voice_quality.h"

#include <gtest/gtest.h>

namespace sfa::media {
namespace {

using std::chrono::milliseconds;

struct Row {
  const char* codec;
  CodecQuality quality;
  milliseconds delay;
  double loss_percent;
  double mos;
};

// Published scores for the three codecs, two decimals each.
constexpr Row kTable[] = {
    {"G.711", kG711Quality, milliseconds(150), 0, 4.41},
    {"G.711", kG711Quality, milliseconds(150), 1, 3.83},
    {"G.711", kG711Quality, milliseconds(150), 2, 3.25},
    {"G.711", kG711Quality, milliseconds(150), 5, 2.16},
    {"G.711", kG711Quality, milliseconds(150), 10, 1.47},
    {"G.711", kG711Quality, milliseconds(300), 0, 3.96},
    {"G.711", kG711Quality, milliseconds(300), 2, 2.48},
    {"G.711", kG711Quality, milliseconds(300), 5, 1.50},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(150), 0, 4.41},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(150), 1, 4.32},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(150), 2, 4.23},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(150), 5, 3.92},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(150), 10, 3.40},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(300), 0, 3.96},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(300), 2, 3.66},
    {"G.711+PLC", kG711ConcealedQuality, milliseconds(300), 5, 3.24},
    {"G.729A", kG729aQuality, milliseconds(150), 0, 4.10},
    {"G.729A", kG729aQuality, milliseconds(150), 1, 3.94},
    {"G.729A", kG729aQuality, milliseconds(150), 2, 3.78},
    {"G.729A", kG729aQuality, milliseconds(150), 5, 3.33},
    {"G.729A", kG729aQuality, milliseconds(150), 10, 2.74},
    {"G.729A", kG729aQuality, milliseconds(300), 0, 3.47},
    {"G.729A", kG729aQuality, milliseconds(300), 2, 3.07},
    {"G.729A", kG729aQuality, milliseconds(300), 5, 2.57},
};

TEST(VoiceQuality, AgreesWithThePublishedTable) {
  for (const Row& row : kTable) {
    EXPECT_NEAR(MeanOpinionScore(row.delay, row.loss_percent, row.quality), row.mos, 0.0051)
        << row.codec << " at " << row.delay.count() << " ms, " << row.loss_percent << " %";
  }
}

TEST(VoiceQuality, StaysOnTheScale) {
  EXPECT_EQ(OpinionScore(-20), 1);
  EXPECT_EQ(OpinionScore(120), 4.5);
  EXPECT_GE(MeanOpinionScore(std::chrono::seconds(3), 100, kG711Quality), 1);
  EXPECT_NEAR(MeanOpinionScore(milliseconds(0), 0, kG711Quality), 4.41, 0.005);
}

TEST(VoiceQuality, BurstsHurtMore) {
  EXPECT_LT(RatingFactor(milliseconds(50), 5, kG711ConcealedQuality, 2),
            RatingFactor(milliseconds(50), 5, kG711ConcealedQuality, 1));
}

}  // namespace
}  // namespace sfa::media
