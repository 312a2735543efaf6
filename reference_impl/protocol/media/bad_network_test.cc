// Audio over bad networks, judged as a listener would: how late and how broken it is.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "protocol/media/test_network.h"
#include "protocol/media/test_player.h"
#include "protocol/media/voice_quality.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::NetworkWeather;
using testing::Player;
using testing::TestNetwork;
using Kind = JitterBuffer::Step::Kind;

constexpr Duration kFrame = kFrameDuration;

// ---- Steady weather -------------------------------------------------------------------------

struct Heard {
  double network_loss_percent = 0;
  double loss_percent = 0;  // frames that were not played
  double burst_ratio = 1;
  Duration delay{};  // mouth to ear, the sender's packing included
  double mos = 0;
  double steps_a_minute = 0;
};

// The second minute of two is judged: by then the playing knows its network.
Heard Listen(const NetworkWeather& weather, uint64_t seed) {
  constexpr uint32_t kFrames = 6000;
  constexpr uint32_t kJudgedFrom = kFrames / 2;
  TestNetwork network(seed, weather);
  Player player;
  uint32_t lost = 0;
  for (uint32_t i = 0; i < kFrames; ++i) {
    const auto arrivals = network.Carry(MonotonicTime(i * kFrame));
    if (i >= kJudgedFrom && arrivals.empty()) ++lost;
    for (const MonotonicTime arrival : arrivals) player.Arrives(i, arrival.time_since_epoch());
  }
  player.Play(kFrames * kFrame);

  Heard heard;
  Duration sum{};
  int64_t played = 0;
  for (const auto& [number, when] : player.played_at) {
    if (number < kJudgedFrom) continue;
    sum += when.time_since_epoch() - number * kFrame;
    ++played;
  }
  heard.delay = sum / std::max<int64_t>(played, 1) + kFrame;
  double missing = 0, bursts = 0, steps = 0;
  for (size_t i = kJudgedFrom; i < player.kinds.size(); ++i) {
    const Kind kind = player.kinds[i];
    if (kind == Kind::kMissing) ++missing;
    if (kind == Kind::kMissing && player.kinds[i - 1] != Kind::kMissing) ++bursts;
    if (kind == Kind::kSkip || kind == Kind::kStretch) ++steps;
  }
  const auto ticks = static_cast<double>(player.kinds.size() - kJudgedFrom);
  heard.network_loss_percent = 100.0 * lost / (kFrames - kJudgedFrom);
  heard.loss_percent = 100 * missing / ticks;
  // ITU-T G.107 section 3.5: the mean length of a burst against that of independent losses.
  if (bursts > 0) heard.burst_ratio = std::max(1.0, missing / bursts * (1 - missing / ticks));
  heard.steps_a_minute = steps * 3000 / ticks;
  heard.mos =
      MeanOpinionScore(heard.delay, heard.loss_percent, kG711ConcealedQuality, heard.burst_ratio);
  return heard;
}

TEST(BadNetwork, SoundsAsWellAsTheNetworkLetsIt) {
  struct Case {
    const char* name;
    NetworkWeather weather;
    double least_mos;
    milliseconds longest_delay;
  };
  const Case cases[] = {
      {"clean", {}, 4.4, milliseconds(115)},
      {"2 % lost", {.loss = 0.02}, 4.15, milliseconds(115)},
      {"10 % lost", {.loss = 0.1}, 3.3, milliseconds(115)},
      {"5 % lost, four in a row", {.loss = 0.05, .mean_burst = 4}, 3.7, milliseconds(115)},
      {"60 ms of jitter", {.jitter = milliseconds(60)}, 4.35, milliseconds(160)},
      {"60 ms, in order", {.jitter = milliseconds(60), .in_order = true}, 4.35, milliseconds(150)},
      {"150 ms of jitter", {.jitter = milliseconds(150)}, 4.1, milliseconds(270)},
      {"300 ms of jitter", {.jitter = milliseconds(300)}, 3.4, milliseconds(440)},
      {"queues of 100 ms",
       {.in_order = true, .spikes = 0.002, .spike_height = milliseconds(200)},
       4.2,
       milliseconds(180)},
      {"everything",
       {.loss = 0.03,
        .mean_burst = 2,
        .jitter = milliseconds(60),
        .spikes = 0.001,
        .spike_height = milliseconds(150),
        .duplicates = 0.05},
       3.9,
       milliseconds(180)},
  };
  for (const Case& one : cases) {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      const Heard heard = Listen(one.weather, seed);
      EXPECT_GE(heard.mos, one.least_mos) << one.name << ", seed " << seed;
      EXPECT_LE(heard.delay, Duration(one.longest_delay)) << one.name << ", seed " << seed;
      EXPECT_LT(heard.steps_a_minute, 60) << one.name << ", seed " << seed;
    }
  }
}

// Whatever steady weather: hardly more is lost than the network loses, and the delay is what the
// jitter demands.
RC_GTEST_PROP(BadNetwork, LosesLittleMoreThanTheNetworkDoes, ()) {
  NetworkWeather weather;
  weather.delay = milliseconds(*rc::gen::inRange(1, 300));
  weather.loss = *rc::gen::inRange(0, 200) / 1000.0;
  weather.mean_burst = *rc::gen::inRange(1, 6);
  weather.jitter = milliseconds(*rc::gen::inRange(0, 200));
  weather.in_order = *rc::gen::arbitrary<bool>();
  weather.duplicates = *rc::gen::inRange(0, 300) / 1000.0;
  const Heard heard = Listen(weather, *rc::gen::arbitrary<uint64_t>());
  RC_ASSERT(heard.loss_percent < heard.network_loss_percent + 0.7);
  // The average network delay, the most that the buffer adds for it, and a frame's packing.
  const Duration expected = weather.delay + weather.jitter / 2 +
                            std::max<Duration>(milliseconds(60), weather.jitter * 3 / 4) +
                            milliseconds(50) + kFrame;
  RC_ASSERT(heard.delay <= expected);
}

// ---- A path that changes in mid-call --------------------------------------------------------

struct PathChange {
  Duration gap{};        // nothing arrives of what is sent from second 10 on, so long
  bool queued = false;   // ... but it arrives after the gap, this many times as fast as sent
  int drain_factor = 0;  // 0: all at once
  Duration new_delay{};  // of the path afterwards
};

constexpr Duration kOldDelay = milliseconds(80);
constexpr uint32_t kChangesAt = 500;  // frames: second 10
constexpr uint32_t kFrames = 1250;    // 25 s

Duration ArrivalOf(uint32_t number, const PathChange& change) {
  const Duration sent = number * kFrame;
  if (number < kChangesAt) return sent + kOldDelay;
  const Duration begin = kChangesAt * kFrame, end = begin + change.gap;
  const Duration usual = sent + change.new_delay;
  if (!change.queued) return sent < end ? Duration(-1) : usual;
  const Duration drained =
      change.drain_factor > 0 ? (sent - begin) / change.drain_factor : Duration();
  return std::max(usual, end + change.new_delay + drained);
}

Player PlayAcross(const PathChange& change, uint64_t seed = 1, Duration jitter = Duration()) {
  testing::TestRandom random(seed);
  Player player;
  for (uint32_t i = 0; i < kFrames; ++i) {
    const Duration arrival = ArrivalOf(i, change);
    const Duration extra = jitter > Duration()
                               ? Duration(random.Below(static_cast<uint64_t>(jitter.count())))
                               : Duration();
    if (arrival >= Duration()) player.Arrives(i, arrival + extra);
  }
  player.Play(kFrames * kFrame);
  return player;
}

// What is sent `from` the change on is played, each frame at most `limit` after it was sent.
void ExpectPlayed(const Player& player, Duration from, Duration limit, const std::string& what) {
  int missing = 0, delayed = 0;
  const auto first = kChangesAt + static_cast<uint32_t>(from / kFrame);
  for (uint32_t i = first; i < kFrames - 50; ++i) {
    const auto found = player.played_at.find(i);
    if (found == player.played_at.end()) {
      ++missing;
    } else if (found->second.time_since_epoch() - i * kFrame > limit) {
      ++delayed;
    }
  }
  EXPECT_LE(missing, 8) << what;  // frames that are left out to shorten the delay
  EXPECT_EQ(delayed, 0) << what;
}

TEST(PathChange, AfterAGapThePlayingIsInStepAtOnce) {
  for (const int gap : {300, 500, 1000, 2000, 3000}) {
    for (const int delay : {5, 80, 160, 400, 900}) {
      const PathChange change{milliseconds(gap), false, 0, milliseconds(delay)};
      const Player player = PlayAcross(change);
      // The first frame of the new path is played, and nothing after it comes later than it must.
      // Beyond 400 ms more than before a stretch of 200 ms decides whether the path is longer.
      const Duration settles = delay > 480 ? milliseconds(260) : milliseconds(0);
      ExpectPlayed(player, change.gap + settles, change.new_delay + milliseconds(110),
                   "gap " + std::to_string(gap) + " delay " + std::to_string(delay));
    }
  }
}

TEST(PathChange, WhatWasQueuedMeanwhileIsNotPlayedStale) {
  for (const int gap : {300, 1000, 2000, 3000}) {
    for (const int factor : {0, 2, 4, 10}) {
      const PathChange change{milliseconds(gap), true, factor, kOldDelay};
      const Player player = PlayAcross(change);
      const std::string what = "gap " + std::to_string(gap) + " factor " + std::to_string(factor);
      for (const auto& [number, when] : player.played_at) {
        EXPECT_LE(when.time_since_epoch() - number * kFrame,
                  kOldDelay + JitterBuffer::kLongestDelay + milliseconds(140))
            << what << " frame " << number;
      }
      // One second after the queue is empty nothing reminds of it.
      const Duration drained = factor > 1 ? change.gap * factor / (factor - 1) : change.gap;
      ExpectPlayed(player, drained + seconds(1), kOldDelay + milliseconds(130), what);
    }
  }
}

TEST(PathChange, AMuchLongerPathIsFollowedWithoutAGap) {
  for (const int delay : {200, 500, 900}) {
    const PathChange change{Duration(), false, 0, milliseconds(delay)};
    ExpectPlayed(PlayAcross(change), milliseconds(500), change.new_delay + milliseconds(130),
                 "delay " + std::to_string(delay));
  }
}

// Loss of connection, longer, shorter, jittery, queued: within two seconds of normal packets the
// delay is what the new path demands, and frames are played again.
RC_GTEST_PROP(PathChange, NeverLeavesTheCallDelayedOrMute, ()) {
  PathChange change;
  change.gap = milliseconds(*rc::gen::inRange(0, 3000));
  change.queued = *rc::gen::arbitrary<bool>();
  change.drain_factor = *rc::gen::element(0, 2, 3, 8);
  change.new_delay = milliseconds(*rc::gen::inRange(1, 1500));
  const Duration jitter = milliseconds(*rc::gen::inRange(0, 80));
  const Player player = PlayAcross(change, *rc::gen::arbitrary<uint64_t>(), jitter);
  const Duration drained = change.queued ? 2 * change.gap : change.gap;
  const auto first = kChangesAt + static_cast<uint32_t>((drained + seconds(2)) / kFrame);
  int missing = 0;
  for (uint32_t i = first; i < kFrames - 100; ++i) {
    const auto found = player.played_at.find(i);
    if (found == player.played_at.end()) {
      ++missing;
      continue;
    }
    RC_ASSERT(found->second.time_since_epoch() - i * kFrame <=
              change.new_delay + jitter + milliseconds(250));
  }
  RC_ASSERT(missing <= 25);
}

}  // namespace
}  // namespace sfa::media
