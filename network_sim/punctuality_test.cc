#include "network_sim/punctuality.h"

#include <gtest/gtest.h>

#include "network_sim/test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Ring {};
struct Write {};

class PunctualityTest : public testing::Test {
 protected:
  PunctualityTest() { punctuality_.RunBegins(); }

  // An event that is due `due` ms after the beginning, begins at `begins`, takes `takes` and
  // computes for `computes` of that.
  template <typename Kind>
  void Run(int due, int begins, int takes, int computes) {
    punctuality_.EventBegins(typeid(Kind), MonotonicTime(milliseconds(due)), milliseconds(due),
                             ended_, {milliseconds(begins), cpu_});
    ended_ = milliseconds(begins + takes);
    cpu_ += milliseconds(computes);
  }
  void Wait(int due, int now) { punctuality_.Waited(milliseconds(due), milliseconds(now)); }

  Punctuality punctuality_;
  Duration ended_{};
  Duration cpu_{};
};

TEST_F(PunctualityTest, AWorldThatIsOnTimeHasNothingToTell) {
  Wait(10, 10);
  Run<Ring>(10, 10, 1, 1);
  Wait(20, 20);
  Run<Ring>(20, 20, 1, 1);
  EXPECT_EQ(punctuality_.worst().by, Duration{});
}

TEST_F(PunctualityTest, TellsThatTheLoopWasWokenLate) {
  Wait(10, 10);
  Run<Write>(10, 10, 100, 100);
  Wait(3000, 3260);
  Run<Ring>(3000, 3262, 1, 1);
  const Lateness& worst = punctuality_.worst();
  EXPECT_EQ(worst.by, milliseconds(262));
  EXPECT_EQ(worst.at, MonotonicTime(seconds(3)));
  EXPECT_EQ(worst.woken_late, milliseconds(260));
  EXPECT_EQ(worst.events, 0u) << "what was before the wait has made nothing late";
  EXPECT_EQ(worst.ToString(), "by 0.262 s at 3.000 s; the loop was woken 0.260 s late");
}

TEST_F(PunctualityTest, TellsWhichEventKeptTheLoop) {
  Wait(10, 10);
  Run<Ring>(10, 10, 1, 1);
  Run<Write>(10, 11, 300, 2);
  Run<Ring>(11, 311, 5, 5);
  Run<Ring>(12, 317, 1, 1);
  const Lateness& worst = punctuality_.worst();
  EXPECT_EQ(worst.by, milliseconds(305));
  EXPECT_EQ(worst.longest, milliseconds(300));
  EXPECT_EQ(worst.longest_computing, milliseconds(2));
  EXPECT_EQ(worst.events, 3u);
  EXPECT_NE(worst.ToString().find("took 0.300 s, of it 0.002 s with a processor"),
            std::string::npos)
      << worst.ToString();
  EXPECT_NE(worst.longest_event.find("Write"), std::string::npos) << worst.longest_event;
}

TEST_F(PunctualityTest, KeepsTheWorst) {
  Wait(10, 110);
  Run<Ring>(10, 110, 1, 1);
  Wait(200, 250);
  Run<Ring>(200, 250, 1, 1);
  EXPECT_EQ(punctuality_.worst().by, milliseconds(100));
  punctuality_.Forget();
  Wait(300, 330);
  Run<Ring>(300, 330, 1, 1);
  EXPECT_EQ(punctuality_.worst().by, milliseconds(30));
}

TEST_F(PunctualityTest, ARestBetweenRunsIsNoEvent) {
  Run<Write>(0, 0, 1, 1);
  punctuality_.RunBegins();
  ended_ = milliseconds(5000);
  Run<Ring>(5000, 5010, 1, 1);
  EXPECT_EQ(punctuality_.worst().events, 0u);
}

TEST(SimulationLateness, IsNoneUnderTheVirtualClock) {
  Simulation simulation({});
  Machine machine;
  Network network(simulation, "");
  const auto process =
      machine.Start(network.AddPublicHost("server", Ipv4Address::Of(198, 51, 100, 7)), "clock");
  const auto timer = process->NewTimer([] {});
  timer->Start(seconds(1));
  simulation.RunUntil(MonotonicTime(seconds(2)));
  EXPECT_EQ(simulation.worst_lateness().by, Duration{});
}

// Otherwise it would return in 1000 h, and the world would have lost the time in between.
TEST(SimulationLateness, ARunUnderTheRealClockDoesNotWaitForTheEventAfterItsEnd) {
  Simulation simulation({.clock = ClockKind::kReal});
  Machine machine;
  Network network(simulation, "");
  const auto process =
      machine.Start(network.AddPublicHost("server", Ipv4Address::Of(198, 51, 100, 7)), "clock");
  const auto timer = process->NewTimer([] {});
  timer->Start(std::chrono::hours(1000));
  simulation.RunUntil(MonotonicTime(milliseconds(1)));
  EXPECT_EQ(simulation.Now(), MonotonicTime(milliseconds(1)));
  // Also when that end is what was waited for.
  const MonotonicTime end(milliseconds(3));
  EXPECT_TRUE(simulation.RunUntilOrTimeout([&] { return simulation.Now() >= end; }, end));
}

TEST(SimulationLateness, UnderTheRealClockEveryEventIsALittleLate) {
  Simulation simulation({.clock = ClockKind::kReal});
  Machine machine;
  Network network(simulation, "");
  const auto process =
      machine.Start(network.AddPublicHost("server", Ipv4Address::Of(198, 51, 100, 7)), "clock");
  const auto timer = process->NewTimer([] {});
  timer->Start(milliseconds(1));
  simulation.RunUntil(MonotonicTime(milliseconds(2)));
  EXPECT_GT(simulation.worst_lateness().by, Duration{});
  EXPECT_EQ(simulation.worst_lateness().at, MonotonicTime(milliseconds(1)));
  simulation.ForgetLateness();
  EXPECT_EQ(simulation.worst_lateness().by, Duration{});
}

}  // namespace
}  // namespace sfa::sim
