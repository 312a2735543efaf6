#include "protocol/media/signal_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "protocol/media/concealment.h"
#include "protocol/media/g711.h"
#include "protocol/media/test_runtime.h"

namespace sfa::media {
namespace {

using Samples = std::vector<int16_t>;

// Noise with a little smoothing, at the level of speech.
Samples Noise(uint64_t seed, size_t count, int amplitude = 6000) {
  testing::TestRandom random(seed);
  Samples samples(count);
  int last = 0;
  for (int16_t& sample : samples) {
    const int fresh =
        static_cast<int>(random.Below(static_cast<uint64_t>(2 * amplitude))) - amplitude;
    last = (last + fresh) / 2;
    sample = static_cast<int16_t>(last);
  }
  return samples;
}

Samples Delayed(const Samples& samples, size_t delay) {
  Samples delayed(delay, 0);
  delayed.insert(delayed.end(), samples.begin(), samples.end());
  return delayed;
}

Samples ThroughG711(const Samples& samples) {
  std::vector<uint8_t> encoded(samples.size());
  Samples decoded(samples.size());
  Encode(Codec::kPcmu, samples, encoded);
  Decode(Codec::kPcmu, encoded, decoded);
  return decoded;
}

TEST(SignalMatch, FindsTheDelayToTheSample) {
  const Samples sent = Noise(1, 40000);
  for (const size_t delay : {0u, 1u, 799u, 1234u, 15999u}) {
    const SignalMatch match = FindSignal(sent, Delayed(ThroughG711(sent), delay));
    EXPECT_TRUE(match.found);
    EXPECT_EQ(match.delay, static_cast<int64_t>(delay));
    EXPECT_GT(match.correlation, 0.99);
    EXPECT_EQ(match.windows.size(), 10u);
  }
}

TEST(SignalMatch, FindsASignalHeardEarlierThanSent) {
  const Samples sent = Noise(1, 40000);
  MatchSettings settings;
  settings.least_delay = -8000;
  const SignalMatch match = FindSignal(sent, std::span(sent).subspan(5000), settings);
  EXPECT_TRUE(match.found);
  EXPECT_EQ(match.delay, -5000);
  EXPECT_GT(match.correlation, 0.99);
}

TEST(SignalMatch, DoesNotFindWhatIsNotThere) {
  const Samples sent = Noise(1, 40000);
  EXPECT_FALSE(FindSignal(sent, Noise(2, 60000)).found);
  EXPECT_LT(FindSignal(sent, Noise(2, 60000)).correlation, 0.15);
  EXPECT_FALSE(FindSignal(sent, Samples(60000, 0)).found);
  EXPECT_FALSE(FindSignal(Samples(60000, 0), sent).found);
  EXPECT_FALSE(FindSignal(sent, {}).found);
  EXPECT_FALSE(FindSignal({}, sent).found);
}

TEST(SignalMatch, HearsOneSignalUnderAnother) {
  const Samples sent = Noise(1, 40000);
  const Samples other = Noise(2, 40000);
  Samples mixed = Delayed(sent, 700);
  for (size_t i = 0; i < other.size(); ++i) mixed[i] = static_cast<int16_t>(mixed[i] + other[i]);
  const SignalMatch match = FindSignal(sent, mixed);
  EXPECT_EQ(match.delay, 700);
  EXPECT_NEAR(match.correlation, std::sqrt(0.5), 0.05);
}

TEST(SignalMatch, SurvivesGapsAndAMovingDelay) {
  const Samples sent = Noise(3, 80000);
  Samples heard = Delayed(sent, 480);
  for (size_t gap = 3000; gap < heard.size(); gap += 8000) {
    std::fill_n(heard.begin() + static_cast<long>(gap), 160, int16_t{0});
  }
  // A jitter buffer has stretched one frame in the middle and left one out later.
  heard.insert(heard.begin() + 30000, 160, int16_t{0});
  heard.erase(heard.begin() + 70000, heard.begin() + 70160);
  const SignalMatch match = FindSignal(sent, heard);
  EXPECT_TRUE(match.found);
  EXPECT_GT(match.correlation, 0.9);
  EXPECT_GE(match.found_share, 0.95);
  EXPECT_EQ(match.windows.front().delay, 480);
  EXPECT_EQ(match.windows[10].delay, 640);
  EXPECT_EQ(match.windows.back().delay, 480);
}

TEST(SignalMatch, DoesNotBlameWindowsThatWereNeverRecorded) {
  const Samples sent = Noise(4, 80000);
  Samples heard = Delayed(sent, 400);
  heard.resize(40000);
  const SignalMatch match = FindSignal(sent, heard);
  EXPECT_TRUE(match.found);
  EXPECT_GT(match.correlation, 0.99);
  EXPECT_EQ(match.windows.size(), 9u);
}

}  // namespace
}  // namespace sfa::media
