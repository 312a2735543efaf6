// Rounds of load, calls and unload in a real Asterisk, shorter than those of
// ./sfalab conform --long: after each unload neither module is in its memory, no engine is left, no
// module is referred to, every licensed channel has come back, and memory does not grow.
#include "conformance/real_asterisk/rounds.h"

#include <gtest/gtest.h>

#include <string>

namespace sfa::conformance {
namespace {

constexpr int kRounds = 5;
constexpr int kCalls = RoundCalls::kAtOnce;
// What the modules and their calls make Asterisk keep for good is some 4 MiB; README.md says of
// what, and what made it 15.
constexpr int64_t kMostKeptKib = 8 * 1024;

class Rounds : public testing::TestWithParam<const char*> {};

TEST_P(Rounds, LeaveNothingBehind) {
  RoundsSettings settings;
  settings.version = GetParam();
  settings.source_root = SFA_SOURCE_ROOT;
  settings.rounds = kRounds;
  settings.calls = kCalls;
  const RoundsRun run = RunRounds(
      settings, [](const Footprint&) {}, [](const Round&) {});
  if (!run.unsupported.empty()) GTEST_SKIP() << run.unsupported;
  ASSERT_EQ(run.problem, "") << run.story;
  ASSERT_EQ(run.rounds.size(), static_cast<size_t>(kRounds));
  for (const Round& round : run.rounds) {
    SCOPED_TRACE("round " + std::to_string(round.number));
    EXPECT_EQ(round.calls.incoming, kCalls / 4U);
    EXPECT_EQ(round.calls.outgoing, kCalls / 4U);
    EXPECT_EQ(round.calls.refused, kCalls / 4U);
    EXPECT_EQ(round.calls.cancelled, kCalls / 4U);
    EXPECT_EQ(round.uses, 0);
    EXPECT_EQ(round.left, std::vector<std::string>());
    EXPECT_EQ(round.after.channels, 0);
    // The first text makes Asterisk keep a channel, which holds what it needs.
    EXPECT_EQ(round.after.uses, run.rounds[0].after.uses);
    EXPECT_LE(round.after.private_dirty_kib - run.before.private_dirty_kib, kMostKeptKib);
  }
  EXPECT_LE(run.rounds.back().after.private_dirty_kib -
                run.rounds[kFirstSettledRound - 1].after.private_dirty_kib,
            kMostGrowthKib);
}

INSTANTIATE_TEST_SUITE_P(RealAsterisk, Rounds, testing::Values("22", "16"),
                         [](const auto& info) { return std::string("Asterisk") + info.param; });

}  // namespace
}  // namespace sfa::conformance
