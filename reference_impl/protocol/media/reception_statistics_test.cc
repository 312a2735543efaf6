#include "protocol/media/reception_statistics.h"

#include <gtest/gtest.h>

namespace sfa::media {
namespace {

using std::chrono::milliseconds;
using Verdict = ReceptionStatistics::Verdict;

TEST(ReceptionStatistics, CountsLossesAcrossTheWrap) {
  ReceptionStatistics statistics;
  for (uint32_t i = 65000; i < 66000; ++i) {
    if (i % 10 == 5) continue;
    EXPECT_EQ(statistics.OnPacket(static_cast<uint16_t>(i)), Verdict::kFresh);
  }
  EXPECT_EQ(statistics.received(), 900u);
  EXPECT_EQ(statistics.lost(), 100u);
}

TEST(ReceptionStatistics, OutOfOrderIsNeitherLostNorTwice) {
  ReceptionStatistics statistics;
  for (const uint16_t sequence : {10, 12, 11, 13, 9}) {
    EXPECT_EQ(statistics.OnPacket(sequence), Verdict::kFresh) << sequence;
  }
  EXPECT_EQ(statistics.lost(), 0u);
  EXPECT_EQ(statistics.OnPacket(11), Verdict::kDuplicate);
  EXPECT_EQ(statistics.OnPacket(13), Verdict::kDuplicate);
  statistics.OnPacket(200);
  EXPECT_EQ(statistics.OnPacket(100), Verdict::kDuplicate) << "too old to tell";
  EXPECT_EQ(statistics.received(), 6u);
}

TEST(ReceptionStatistics, TwoPacketsInARowConfirmARestart) {
  ReceptionStatistics statistics;
  for (uint16_t i = 0; i < 10; ++i) statistics.OnPacket(i);
  EXPECT_EQ(statistics.OnPacket(30000), Verdict::kJump);
  EXPECT_EQ(statistics.OnPacket(10), Verdict::kFresh);
  EXPECT_EQ(statistics.OnPacket(30001), Verdict::kJump) << "another one came in between";
  EXPECT_EQ(statistics.OnPacket(30002), Verdict::kRestarted);
  EXPECT_EQ(statistics.OnPacket(30003), Verdict::kFresh);
  EXPECT_EQ(statistics.lost(), 0u);
  EXPECT_EQ(statistics.received(), 13u);
}

TEST(ReceptionStatistics, ASourceThatGoesBackIsFollowedToo) {
  ReceptionStatistics statistics;
  for (uint16_t i = 1000; i < 1200; ++i) statistics.OnPacket(i);
  EXPECT_EQ(statistics.OnPacket(1100), Verdict::kDuplicate) << "no more than 100 behind";
  EXPECT_EQ(statistics.OnPacket(1050), Verdict::kJump);
  EXPECT_EQ(statistics.OnPacket(1051), Verdict::kRestarted);
  EXPECT_EQ(statistics.OnPacket(1052), Verdict::kFresh);
  EXPECT_EQ(statistics.lost(), 0u);
}

TEST(ReceptionStatistics, AMinuteWithoutPacketsIsAMinuteOfLosses) {
  ReceptionStatistics statistics;
  statistics.OnPacket(65000);
  EXPECT_EQ(statistics.OnPacket(static_cast<uint16_t>(65000 + 2999)), Verdict::kFresh);
  EXPECT_EQ(statistics.lost(), 2998u);
}

TEST(ReceptionStatistics, AnotherSourceAddsToTheSums) {
  ReceptionStatistics statistics;
  statistics.OnPacket(1);
  statistics.OnPacket(4);
  statistics.ChangeSource();
  EXPECT_EQ(statistics.lost(), 2u);
  EXPECT_EQ(statistics.OnPacket(40000), Verdict::kFresh);
  EXPECT_EQ(statistics.OnPacket(40002), Verdict::kFresh);
  EXPECT_EQ(statistics.lost(), 3u);
  EXPECT_EQ(statistics.received(), 4u);
}

TEST(ReceptionStatistics, JitterFollowsTheFormula) {
  ReceptionStatistics statistics;
  MonotonicTime now(milliseconds(1000));
  uint32_t timestamp = 0;
  statistics.OnAudioTime(timestamp, now);
  EXPECT_EQ(statistics.jitter(), Duration::zero());
  // Every other packet 10 ms late: |D| is 10 ms each time, which J approaches by sixteenths.
  double expected = 0;
  for (int i = 1; i <= 200; ++i) {
    timestamp += 160;
    now += milliseconds(20);
    statistics.OnAudioTime(timestamp, now + (i % 2 ? milliseconds(10) : milliseconds(0)));
    expected += (10e6 - expected) / 16;
    EXPECT_NEAR(static_cast<double>(statistics.jitter().count()), expected, 100);
  }
}

TEST(ReceptionStatistics, ASteadyStreamHasNone) {
  ReceptionStatistics statistics;
  for (uint32_t i = 0; i < 100; ++i) {
    statistics.OnAudioTime(0xFFFFFF00 + i * 160, MonotonicTime(milliseconds(20) * i));
  }
  EXPECT_EQ(statistics.jitter(), Duration::zero());
}

}  // namespace
}  // namespace sfa::media
