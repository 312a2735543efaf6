#include "protocol/media/concealment.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "protocol/media/g711.h"

namespace sfa::media {
namespace {

using Encoded = std::array<uint8_t, kFrameSamples>;
using Linear = std::array<int16_t, kFrameSamples>;

// A voice-like tone of 80 Hz with a harmonic, continuous from frame to frame.
Encoded ToneFrame(int number) {
  Linear linear;
  for (size_t i = 0; i < linear.size(); ++i) {
    const double t = static_cast<double>(number * 160 + static_cast<int>(i)) / kSampleRate;
    linear[i] = static_cast<int16_t>(6000 * std::sin(2 * std::numbers::pi * 80 * t) +
                                     2000 * std::sin(2 * std::numbers::pi * 240 * t));
  }
  Encoded encoded;
  Encode(Codec::kPcmu, linear, encoded);
  return encoded;
}

Linear ToLinear(FrameView frame) {
  Linear linear;
  Decode(Codec::kPcmu, frame, linear);
  return linear;
}

double Level(const Linear& samples) {
  double sum = 0;
  for (const int16_t sample : samples) sum += double{1} * sample * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

double Similarity(const Linear& a, const Linear& b) {
  double product = 0, energy_a = 0, energy_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    product += double{1} * a[i] * b[i];
    energy_a += double{1} * a[i] * a[i];
    energy_b += double{1} * b[i] * b[i];
  }
  return product / std::sqrt(energy_a * energy_b + 1);
}

class ConcealmentTest : public ::testing::Test {
 protected:
  void Play(int from, int to) {
    for (int i = from; i < to; ++i) concealment_.Play(ToneFrame(i));
  }
  Concealment concealment_{Codec::kPcmu};
};

TEST_F(ConcealmentTest, LeavesAWholeStreamAlone) {
  for (int i = 0; i < 10; ++i) {
    const Encoded frame = ToneFrame(i);
    const FrameView played = concealment_.Play(frame);
    EXPECT_TRUE(std::equal(played.begin(), played.end(), frame.begin()));
  }
}

TEST_F(ConcealmentTest, ContinuesATone) {
  Play(0, 10);
  const Linear synthetic = ToLinear(concealment_.Conceal());
  EXPECT_GT(Similarity(synthetic, ToLinear(ToneFrame(10))), 0.9);
}

TEST_F(ConcealmentTest, FadesToSilence) {
  Play(0, 10);
  std::vector<double> levels;
  for (int i = 0; i < 5; ++i) levels.push_back(Level(ToLinear(concealment_.Conceal())));
  EXPECT_GT(levels[0], 1500);
  EXPECT_LT(levels[1], levels[0]);
  EXPECT_LT(levels[2], levels[1]);
  EXPECT_EQ(levels[3], 0);
  EXPECT_EQ(levels[4], 0);
}

TEST_F(ConcealmentTest, BlendsTheNextFrameAndIsTransparentAgain) {
  Play(0, 10);
  concealment_.Conceal();
  const Encoded next = ToneFrame(11), after = ToneFrame(12);
  const Linear blended = ToLinear(concealment_.Play(next));
  EXPECT_GT(Similarity(blended, ToLinear(next)), 0.95);
  const FrameView played = concealment_.Play(after);
  EXPECT_TRUE(std::equal(played.begin(), played.end(), after.begin()));
}

TEST_F(ConcealmentTest, GlidesOverASkippedFrame) {
  Play(0, 10);
  const Encoded skipped = ToneFrame(10);
  Encoded frame;
  frame.fill(SilenceByte(Codec::kPcmu));
  const Linear glided = ToLinear(concealment_.PlaySkipping(skipped, frame));
  const Linear old_samples = ToLinear(skipped);
  EXPECT_EQ(glided[0], old_samples[0]);
  EXPECT_NEAR(glided[40], old_samples[40] / 2, std::abs(old_samples[40]) / 8 + 16);
  EXPECT_EQ(glided[80], 0);
  EXPECT_EQ(glided[159], 0);
}

TEST_F(ConcealmentTest, BeginsWithSilenceWhenNothingWasPlayed) {
  Concealment fresh(Codec::kPcma);
  const FrameView first = fresh.Conceal();
  Linear linear;
  Decode(Codec::kPcma, first, linear);
  for (const int16_t sample : linear) EXPECT_LE(std::abs(sample), 8);
}

}  // namespace
}  // namespace sfa::media
