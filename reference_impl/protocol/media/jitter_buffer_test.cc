#include "protocol/media/jitter_buffer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "protocol/media/rtp.h"
#include "protocol/media/test_player.h"
#include "protocol/media/test_runtime.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = JitterBuffer::Step::Kind;

constexpr Duration kFrame = kFrameDuration;
using testing::Frame;
using testing::Player;

TEST(JitterBuffer, PlaysAPerfectStreamAsItIs) {
  Player player;
  for (uint32_t i = 0; i < 500; ++i) player.Arrives(i, i * kFrame);
  player.Play(seconds(10));
  EXPECT_EQ(player.ticks[0], MonotonicTime(milliseconds(60)));
  ASSERT_GE(player.played.size(), 497u);
  for (uint32_t i = 0; i < player.played.size(); ++i) EXPECT_EQ(player.played[i], i);
  EXPECT_EQ(player.counts[Kind::kSkip] + player.counts[Kind::kStretch], 0);
}

TEST(JitterBuffer, KeepsLossesApartFromTheRest) {
  Player player;
  for (uint32_t i = 0; i < 500; ++i) {
    if (i % 10 != 3) player.Arrives(i, i * kFrame);
  }
  player.Play(500 * kFrame);
  EXPECT_EQ(player.counts[Kind::kMissing], 50);
  EXPECT_EQ(player.counts[Kind::kSkip] + player.counts[Kind::kStretch], 0);
}

// Whatever the network does: in order, never twice, one per tick, nothing invented.
RC_GTEST_PROP(JitterBuffer, PlaysInOrderNeverTwiceOnePerTick, ()) {
  const auto count = *rc::gen::inRange<uint32_t>(1, 400);
  const int jitter = *rc::gen::element(1, 20, 80, 300, 2000);
  const int loss_percent = *rc::gen::element(0, 2, 10, 50);
  Player player(*rc::gen::arbitrary<uint32_t>());
  std::vector<bool> sent(count, false);
  for (uint32_t i = 0; i < count; ++i) {
    if (*rc::gen::inRange(0, 100) < loss_percent) continue;
    sent[i] = true;
    const int copies = *rc::gen::weightedElement<int>({{9, 1}, {1, 2}});
    for (int copy = 0; copy < copies; ++copy) {
      player.Arrives(i, i * kFrame + milliseconds(*rc::gen::inRange(0, jitter)));
    }
  }
  player.Play(count * kFrame + seconds(3));
  std::vector<uint32_t> out = player.played;
  for (size_t i = 1; i < out.size(); ++i) RC_ASSERT(out[i - 1] < out[i]);
  for (const uint32_t number : out) RC_ASSERT(number < count && sent[number]);
  for (const uint32_t number : player.skipped) {
    RC_ASSERT(!std::binary_search(out.begin(), out.end(), number));
  }
  for (size_t i = 1; i < player.ticks.size(); ++i) {
    RC_ASSERT(player.ticks[i] - player.ticks[i - 1] == Duration(kFrame));
  }
  RC_ASSERT(player.buffer.target() >= JitterBuffer::kShortestDelay);
  RC_ASSERT(player.buffer.target() <= JitterBuffer::kLongestDelay);
}

TEST(JitterBuffer, GrowsWithTheJitterAndLosesLittle) {
  testing::TestRandom random(5);
  Player player;
  for (uint32_t i = 0; i < 3000; ++i) {
    player.Arrives(i, i * kFrame + milliseconds(random.Below(120)));
  }
  player.Play(seconds(60));
  EXPECT_GT(player.buffer.target(), Duration(milliseconds(75)));
  EXPECT_LT(player.buffer.delay(), Duration(milliseconds(140)));
  // After the first seconds nothing comes late any more.
  const auto late_end = std::count(player.kinds.begin() + 500, player.kinds.end(), Kind::kMissing);
  EXPECT_LT(late_end, 10);
}

TEST(JitterBuffer, ShrinksAgainWhenTheJitterIsOver) {
  testing::TestRandom random(6);
  Player player;
  for (uint32_t i = 0; i < 6000; ++i) {
    const auto jitter = i < 1000 ? milliseconds(random.Below(200)) : milliseconds(100);
    player.Arrives(i, i * kFrame + jitter);
  }
  player.Play(seconds(20));
  EXPECT_GT(player.buffer.delay(), Duration(milliseconds(100)));
  player.Play(seconds(119));
  EXPECT_LT(player.buffer.delay(), Duration(milliseconds(80)));
}

TEST(JitterBuffer, FollowsALongerPathWithinItsLength) {
  Player player;
  for (uint32_t i = 0; i < 500; ++i) {
    player.Arrives(i, i * kFrame + (i < 200 ? milliseconds(0) : milliseconds(200)));
  }
  player.Play(500 * kFrame);
  // The change costs about its own length; everything after it is played.
  EXPECT_LT(player.counts[Kind::kMissing], 16);
  EXPECT_EQ(player.played_at.count(220), 1u);
  for (uint32_t i = 220; i < 480; ++i) EXPECT_EQ(player.played_at.count(i), 1u) << i;
}

TEST(JitterBuffer, OneStragglerDoesNotMoveIt) {
  Player player;
  for (uint32_t i = 0; i < 500; ++i) {
    player.Arrives(i, i * kFrame + (i == 100 ? milliseconds(300) : milliseconds(0)));
  }
  player.Play(500 * kFrame);
  EXPECT_EQ(player.buffer.late(), 1u);
  EXPECT_LE(player.counts[Kind::kStretch], 2);
  EXPECT_LT(player.buffer.delay(), Duration(milliseconds(110)));
}

TEST(JitterBuffer, FollowsASenderWithAnotherClock) {
  for (const int parts_per_million : {-500, 500}) {
    Player player;
    const uint32_t count = 30000;  // ten minutes
    for (uint32_t i = 0; i < count; ++i) {
      player.Arrives(i, std::chrono::nanoseconds(int64_t{i} * (20000000 + 20 * parts_per_million)));
    }
    player.Play(seconds(590));
    // 295 ms in 590 s: about fifteen frames are left out or stretched, no frame is lost.
    const int steps = player.counts[Kind::kSkip] + player.counts[Kind::kStretch];
    EXPECT_GE(steps, 12) << parts_per_million;
    EXPECT_LE(steps, 18) << parts_per_million;
    EXPECT_EQ(player.counts[Kind::kMissing], 0) << parts_per_million;
    EXPECT_LT(player.buffer.delay(), Duration(milliseconds(100)));
  }
}

TEST(JitterBuffer, StartsAnewWhenTheSenderDoes) {
  JitterBuffer buffer;
  auto now = MonotonicTime(seconds(1));
  for (uint32_t i = 0; i < 10; ++i) {
    buffer.Insert(static_cast<uint16_t>(i), i * 160, Frame(i), now);
    now += kFrame;
  }
  for (int i = 0; i < 20; ++i) static_cast<void>(buffer.Tick());
  // Time stamps from nowhere: one packet is no restart, two in a row are.
  now = buffer.next_tick();
  buffer.Insert(900, 777777777, Frame(1000), now);
  EXPECT_EQ(buffer.Tick().kind, Kind::kMissing);
  std::vector<uint32_t> heard;
  for (uint32_t i = 1; i < 20; ++i) {
    buffer.Insert(static_cast<uint16_t>(900 + i), 777777777 + i * 160, Frame(1000 + i), now);
    const auto step = buffer.Tick();
    if (step.frame != nullptr) heard.push_back(ReadU32(step.frame));
    now += kFrame;
  }
  ASSERT_GE(heard.size(), 14u);
  for (size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], 1001 + i);
}

TEST(JitterBuffer, ShrinksFasterWhereNothingIsSaid) {
  // Quiet is what G.711 writes for a level of about 100: mu-law 0xFF is zero, A-law 0xD5.
  for (const auto& [codec, quiet] :
       {std::pair(Codec::kPcmu, uint8_t{0xF3}), std::pair(Codec::kPcma, uint8_t{0xD3})}) {
    for (const bool is_quiet : {false, true}) {
      JitterBuffer buffer(codec);
      std::array<uint8_t, kFrameSamples> frame;
      frame.fill(is_quiet ? quiet : uint8_t{0x80});
      // A path that becomes 200 ms shorter.
      auto now = MonotonicTime(seconds(1));
      uint32_t sent = 0;
      const auto send = [&] {
        buffer.Insert(static_cast<uint16_t>(sent), sent * kFrameSamples, frame, now);
        ++sent;
      };
      send();
      for (int i = 0; i < 9; ++i) send();
      int ticks = 0;
      while (buffer.delay() > milliseconds(80) || ticks < 20) {
        send();
        now += kFrame;
        while (buffer.next_tick() <= now) static_cast<void>(buffer.Tick());
        ASSERT_LT(++ticks, 200);
      }
      if (is_quiet) {
        EXPECT_LT(ticks, 50);
      } else {
        EXPECT_GT(ticks, 60);
      }
    }
  }
}

TEST(JitterBuffer, GoesOnAfterTheProcessStoodStill) {
  JitterBuffer buffer;
  buffer.Insert(0, 0, Frame(0), MonotonicTime(seconds(1)));
  static_cast<void>(buffer.Tick());
  const auto now = MonotonicTime(seconds(30));
  buffer.SkipTicksUntil(now);
  EXPECT_GT(buffer.next_tick(), now);
  EXPECT_LE(buffer.next_tick() - now, Duration(kFrame));
}

}  // namespace
}  // namespace sfa::media
