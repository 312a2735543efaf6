#include "network_sim/link.h"

#include <gtest/gtest.h>

#include <vector>

#include "network_sim/test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Sink final : public PacketSink {
 public:
  void Receive(ns3::Ptr<ns3::Packet> packet) override {
    arrivals.push_back({SimulatedNow(), packet->GetSize()});
  }
  const std::string& name() const override { return name_; }

  struct Arrival {
    MonotonicTime when;
    uint32_t size;
  };
  std::vector<Arrival> arrivals;

 private:
  const std::string name_ = "sink";
};

class LinkTest : public testing::Test {
 protected:
  void Send(Link& link, uint32_t size) { link.Receive(ns3::Create<ns3::Packet>(size)); }

  Simulation simulation{SimulationSettings{}};
  Ledger ledger;
  Sink sink;
};

TEST_F(LinkTest, NothingArrivesInsideReceiveEvenWithoutDelay) {
  Link link("link", {.delay = Duration::zero()}, 1, ledger, &sink);
  Send(link, 100);
  EXPECT_TRUE(sink.arrivals.empty());
  simulation.RunUntil(At(Duration::zero()));
  EXPECT_EQ(sink.arrivals.size(), 1u);
}

TEST_F(LinkTest, RateSpacesPacketsAndTheQueueDropsAtItsTail) {
  // 1,000 bytes take 8 ms; the queue takes three of them, the one being sent included.
  Link link("link", {.delay = milliseconds(10), .bits_per_second = 1'000'000, .queue_bytes = 3000},
            1, ledger, &sink);
  for (int i = 0; i < 5; ++i) Send(link, 1000);
  simulation.RunUntil(At(seconds(1)));
  ASSERT_EQ(sink.arrivals.size(), 3u);
  EXPECT_EQ(sink.arrivals[0].when, At(milliseconds(18)));
  EXPECT_EQ(sink.arrivals[1].when, At(milliseconds(26)));
  EXPECT_EQ(sink.arrivals[2].when, At(milliseconds(34)));
  EXPECT_EQ(link.overflowed(), 2u);
  EXPECT_EQ(ledger.packets_dropped, 2u);
}

TEST_F(LinkTest, JitterStaysInItsBoundsAndKeepsOrder) {
  Link link("link", {.delay = milliseconds(10), .jitter = milliseconds(5)}, 7, ledger, &sink);
  for (uint32_t i = 1; i <= 2000; ++i) {
    Send(link, i);
    simulation.RunUntil(At(milliseconds(i)));
  }
  simulation.RunUntil(At(seconds(3)));
  ASSERT_EQ(sink.arrivals.size(), 2000u);
  bool varied = false;
  for (uint32_t i = 0; i < 2000; ++i) {
    EXPECT_EQ(sink.arrivals[i].size, i + 1);
    const Duration took = sink.arrivals[i].when - At(milliseconds(i));
    EXPECT_GE(took, milliseconds(10));
    EXPECT_LE(took, milliseconds(15));
    varied = varied || took > milliseconds(14);
  }
  EXPECT_TRUE(varied);
}

TEST_F(LinkTest, LossIsAsOftenAsSaidAndFollowsTheSeed) {
  const auto lost = [this](uint64_t seed) {
    Link link("link", {.loss = 0.1}, seed, ledger, &sink);
    for (int i = 0; i < 20'000; ++i) Send(link, 20);
    simulation.RunUntil(simulation.Now() + seconds(1));
    return link.lost();
  };
  const uint64_t first = lost(3);
  EXPECT_NEAR(static_cast<double>(first), 2000, 200);
  EXPECT_EQ(lost(3), first);
  EXPECT_NE(lost(4), first);
}

TEST_F(LinkTest, AllAndNothingAreExact) {
  Link all("all", {.loss = 1}, 1, ledger, &sink);
  for (int i = 0; i < 100; ++i) Send(all, 20);
  EXPECT_EQ(all.lost(), 100u);
  Link none("none", {}, 1, ledger, &sink);
  for (int i = 0; i < 100; ++i) Send(none, 20);
  simulation.RunUntil(At(seconds(1)));
  EXPECT_EQ(sink.arrivals.size(), 100u);
}

TEST_F(LinkTest, OvertakenPacketsComeLaterByThatMuchAndInOrder) {
  Link link("link", {.delay = milliseconds(10), .reorder = 0.2, .reorder_by = milliseconds(30)}, 5,
            ledger, &sink);
  for (uint32_t i = 1; i <= 2000; ++i) {
    Send(link, i);
    simulation.RunUntil(At(milliseconds(i)));
  }
  simulation.RunUntil(At(seconds(3)));
  ASSERT_EQ(sink.arrivals.size(), 2000u);
  int overtaken = 0;
  uint32_t last = 0, last_overtaken = 0;
  for (const Sink::Arrival& arrival : sink.arrivals) {
    // Sent at (size - 1) ms.
    const Duration took = arrival.when - At(milliseconds(arrival.size - 1));
    const bool late = took == milliseconds(40);
    EXPECT_TRUE(late || took == milliseconds(10)) << took.count();
    uint32_t& before = late ? last_overtaken : last;
    EXPECT_GT(arrival.size, before);
    before = arrival.size;
    overtaken += late ? 1 : 0;
  }
  EXPECT_NEAR(overtaken, 400, 90);
}

TEST_F(LinkTest, ADoubledPacketComesTwiceTogether) {
  Link link("link", {.duplicate = 0.1}, 5, ledger, &sink);
  for (uint32_t i = 1; i <= 2000; ++i) Send(link, i);
  simulation.RunUntil(At(seconds(1)));
  int doubled = 0;
  for (size_t i = 1; i < sink.arrivals.size(); ++i) {
    doubled += sink.arrivals[i].size == sink.arrivals[i - 1].size ? 1 : 0;
  }
  EXPECT_EQ(sink.arrivals.size(), 2000u + static_cast<size_t>(doubled));
  EXPECT_NEAR(doubled, 200, 70);
}

TEST_F(LinkTest, ACutLosesWhatIsUnderWayAndLetsNothingIn) {
  Link link("link", {.delay = milliseconds(10)}, 1, ledger, &sink);
  Send(link, 100);
  simulation.RunUntil(At(milliseconds(5)));
  link.SetCut(true);
  Send(link, 101);
  simulation.RunUntil(At(milliseconds(50)));
  EXPECT_TRUE(sink.arrivals.empty());
  EXPECT_EQ(link.lost(), 2u);
  EXPECT_EQ(ledger.packets_dropped, 2u);
  link.SetCut(false);
  Send(link, 102);
  simulation.RunUntil(At(milliseconds(70)));
  ASSERT_EQ(sink.arrivals.size(), 1u);
  EXPECT_EQ(sink.arrivals[0].size, 102u);
}

TEST_F(LinkTest, AChangeHoldsFromTheNextPacketOnAndKeepsTheOrder) {
  Link link("link", {.delay = milliseconds(50)}, 1, ledger, &sink);
  Send(link, 100);
  link.Change({.delay = milliseconds(10)});
  Send(link, 101);
  simulation.RunUntil(At(milliseconds(50)));
  ASSERT_EQ(sink.arrivals.size(), 2u);
  EXPECT_EQ(sink.arrivals[0].size, 100u);
  EXPECT_EQ(sink.arrivals[1].when, At(milliseconds(50)));
  link.Change({.loss = 1});
  Send(link, 102);
  link.Change({});
  Send(link, 103);
  simulation.RunUntil(At(milliseconds(100)));
  EXPECT_EQ(link.lost(), 1u);
  EXPECT_EQ(sink.arrivals.size(), 3u);
}

TEST_F(LinkTest, TheLinesEndCanBeMoved) {
  Link link("link", {}, 1, ledger, &sink);
  Sink other;
  Send(link, 100);
  link.SetEnd(&other);
  simulation.RunUntil(At(seconds(1)));
  EXPECT_TRUE(sink.arrivals.empty());
  EXPECT_EQ(other.arrivals.size(), 1u);
}

}  // namespace
}  // namespace sfa::sim
