// What happens to an open path: silence, and how it is mended. A way across the network takes 10
// ms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "protocol/path/path_agent.h"
#include "protocol/path/test_ends.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

class PathHealingTest : public PathTest {
 protected:
  // A call that has settled on `path`.
  void Settle(const TestSide& alice, const TestSide& bob, const std::string& path) {
    Call(alice, bob);
    ASSERT_TRUE(RunUntilOpen(seconds(2)));
    world.RunFor(seconds(50));
    ASSERT_EQ(caller->agent().path().name(), path);
    caller->TakeGap();
    callee->TakeGap();
    ASSERT_EQ(caller->silent() + callee->silent(), 0);
  }
  int64_t Gap() {
    const int64_t one = caller->TakeGap();
    return std::max(one, callee->TakeGap());
  }
};

// A NAT reboots, or gets another address. The agent itself is told of the new mapping by its port;
// the other end by signalling, which is broken by the same cause and takes a while to come back.
struct Accident {
  const char* name;
  TestNatKind alice, bob;
  bool alice_rather_than_bob;
  bool moves;
  int64_t signalling_back_after_ms;
  int64_t gap_ms;
};
void PrintTo(const Accident& accident, std::ostream* out) { *out << accident.name; }

class NatAccident : public PathHealingTest, public ::testing::WithParamInterface<Accident> {};

TEST_P(NatAccident, IsMended) {
  const Accident& accident = GetParam();
  TestSide alice = PortRestricted(), bob = PortRestricted();
  alice.nat = accident.alice;
  bob.nat = accident.bob;
  Call(alice, bob);
  world.RunFor(seconds(50));
  const std::string before = caller->agent().path().name();
  Gap();
  BreakSignalling();
  TestNat& nat = accident.alice_rather_than_bob ? *alice_nat : *bob_nat;
  if (accident.moves) {
    nat.Move("203.0.113.77");
  } else {
    nat.Reboot();
  }
  world.RunFor(milliseconds(accident.signalling_back_after_ms));
  MendSignalling();
  world.RunFor(seconds(10));
  EXPECT_LE(Gap(), accident.gap_ms);
  EXPECT_EQ(caller->agent().path().name(), before);  // and not left on a relay
  EXPECT_TRUE(Agree());
  EXPECT_EQ(caller->failed() + callee->failed(), 0);
}

constexpr TestNatKind kFull{TestMapping::kEndpointIndependent, TestFiltering::kNone};
constexpr TestNatKind kPort{TestMapping::kEndpointIndependent, TestFiltering::kAddressAndPort};
constexpr TestNatKind kRandom{TestMapping::kUnpredictable, TestFiltering::kAddressAndPort};

INSTANTIATE_TEST_SUITE_P(
    Each, NatAccident,
    ::testing::Values(
        Accident{"CallerReboots", kPort, kPort, true, false, 1200, 1000},
        Accident{"CalleeReboots", kPort, kPort, false, false, 1200, 1000},
        Accident{"CallerMoves", kPort, kPort, true, true, 1200, 1400},
        Accident{"CalleeMoves", kPort, kPort, false, true, 1200, 1400},
        Accident{"CallerRebootsTowardsFullCone", kPort, kFull, true, false, 1200, 1000},
        Accident{"CalleeRebootsTowardsFullCone", kFull, kPort, false, false, 1200, 1000},
        Accident{"CallerMovesTowardsFullCone", kPort, kFull, true, true, 1200, 1000},
        Accident{"RelayedCallerReboots", kRandom, kRandom, true, false, 1200, 1400},
        Accident{"RelayedCalleeReboots", kRandom, kRandom, false, false, 1200, 1400},
        Accident{"RelayedCallerMoves", kRandom, kRandom, true, true, 1200, 1500}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(PathHealingTest, TheRelayInUseDies) {
  Settle(Symmetric(), Symmetric(), "relay");
  const Ipv4Address used = caller->agent().path().way == WayKind::kRelay
                               ? caller->agent().path().local.address
                               : caller->agent().path().remote.address;
  (used == alice_relay->host().address() ? alice_relay : bob_relay)->host().Unplug();
  world.RunFor(seconds(10));
  EXPECT_LE(Gap(), 1000);  // the other one takes over
  EXPECT_TRUE(Agree());
  EXPECT_EQ(caller->silent(), 1);
  EXPECT_EQ(callee->silent(), 1);
  EXPECT_STREQ(caller->agent().path().name(), "relay");
}

TEST_F(PathHealingTest, TheOnlyRelayDiesAndAnotherIsFound) {
  TestSide alice = Symmetric(), bob = Symmetric();
  bob.relay = false;
  Settle(alice, bob, "relay");
  alice_relay->host().Unplug();
  alice_port->SetRelay(bob_relay.get());
  world.RunFor(seconds(10));
  EXPECT_LE(Gap(), 1500);
  EXPECT_TRUE(Agree());
}

TEST_F(PathHealingTest, AWayThatIsClosedIsLeftAtOnce) {
  Settle(Symmetric(), Symmetric(), "relay");
  (caller->agent().path().way == WayKind::kRelay ? alice_port : bob_port)->LoseRelay();
  world.RunFor(seconds(10));
  EXPECT_LE(Gap(), 1000);
  EXPECT_TRUE(Agree());
  EXPECT_EQ(caller->failed() + callee->failed(), 0);
}

TEST_F(PathHealingTest, ABrokenConnectionIsMadeAgain) {
  TestSide bob = Public("192.0.2.2");
  bob.port.listeners = {*Endpoint::Parse("192.0.2.2:5000")};
  Settle(UdpBlocked(), bob, "tcp");
  alice_port->BreakTcp();
  world.RunFor(seconds(5));
  EXPECT_LE(Gap(), 500);
  EXPECT_STREQ(caller->agent().path().name(), "tcp");
  EXPECT_TRUE(Agree());
  EXPECT_EQ(alice_port->connections(), 1u);
}

TEST_F(PathHealingTest, ACutOfFiveSecondsHealsAtOnce) {
  Settle(PortRestricted(), PortRestricted(), "direct");
  bob_host->Unplug();
  world.RunFor(seconds(5));
  EXPECT_EQ(caller->silent(), 1);
  EXPECT_EQ(callee->silent(), 1);
  bob_host->Plug();
  world.RunFor(seconds(10));
  // Media itself was never stopped.
  EXPECT_LE(Gap(), 5020);
  EXPECT_STREQ(caller->agent().path().name(), "direct");
  EXPECT_TRUE(Agree());
  EXPECT_GE(caller->opened(), 2);
  EXPECT_EQ(caller->silent() + callee->silent(), 2);
}

TEST_F(PathHealingTest, ACutIsNoticedInLessThanASecond) {
  Settle(PortRestricted(), PortRestricted(), "direct");
  std::optional<int64_t> noticed;
  const MonotonicTime cut = world.Now();
  caller->on_silent = [&] { noticed = Since(cut); };
  bob_host->Unplug();
  world.RunFor(seconds(5));
  ASSERT_TRUE(noticed);
  EXPECT_GE(*noticed, 780);
  EXPECT_LE(*noticed, 900);
  EXPECT_EQ(alice_port->suspicions(), 2);  // when media stopped, and when nothing was answered
}

TEST_F(PathHealingTest, ANewMappingEndsTheSuspicionAtOnce) {
  Settle(PortRestricted(), PortRestricted(), "direct");
  std::optional<int64_t> noticed;
  const MonotonicTime rebooted = world.Now();
  caller->on_silent = [&] { noticed = Since(rebooted); };
  alice_nat->Reboot();
  world.RunFor(seconds(1));
  ASSERT_TRUE(noticed);
  EXPECT_LE(*noticed, 430);  // 400 ms of silence, and the STUN server's answer
}

TEST_F(PathHealingTest, ACutOfThirtyFiveSecondsEndsTheCall) {
  Settle(PortRestricted(), PortRestricted(), "direct");
  const MonotonicTime cut = world.Now();
  bob_host->Unplug();
  world.RunFor(seconds(35));
  bob_host->Plug();
  world.RunFor(seconds(10));
  for (auto* end : {&*caller, &*callee}) {
    EXPECT_EQ(end->failed(), 1);
    EXPECT_EQ(end->silent(), 1);
    EXPECT_LE(end->failed_at() - cut, seconds(30) + milliseconds(20));
    EXPECT_GE(end->failed_at() - cut, seconds(24));  // the last consent is 6 s old at most
  }
}

TEST_F(PathHealingTest, NoMediaIsNoSilence) {
  Settle(PortRestricted(), PortRestricted(), "direct");
  caller->Talk(false);
  callee->Talk(false);
  const uint64_t before = world.sent();
  world.RunFor(seconds(100));
  EXPECT_EQ(caller->silent() + callee->silent(), 0);
  EXPECT_EQ(caller->opened() + callee->opened(), 2);
  // Consent of both every 5 s, standby relays every 15, and their answers; not a check per silence.
  EXPECT_LE(world.sent() - before, 300u);
}

TEST_F(PathHealingTest, OneSidedMediaIsNoSilence) {
  Settle(PortRestricted(), PortRestricted(), "direct");
  callee->Talk(false);
  world.RunFor(seconds(100));
  EXPECT_EQ(caller->silent() + callee->silent(), 0);
  // And the end that hears nothing is found again after its NAT has rebooted.
  callee->TakeGap();
  alice_nat->Reboot();
  world.RunFor(seconds(20));
  EXPECT_LE(callee->TakeGap(), 1000);
  EXPECT_TRUE(Agree());
}

TEST_F(PathHealingTest, ConsentChecksComeEveryFiveSecondsMoreOrLess) {
  TestSide alice = Public("192.0.2.1"), bob = Public("192.0.2.2");
  alice.relay = bob.relay = false;
  Build(alice, bob);
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  world.RunFor(seconds(1));
  const uint64_t before = world.sent();
  world.RunFor(seconds(600));
  EXPECT_NEAR(static_cast<double>(world.sent() - before) / 4, 120, 10);
  EXPECT_EQ(caller->opened(), 1);
}

TEST_F(PathHealingTest, ConsentAloneNoticesTheEndWithoutMedia) {
  Build(Public("192.0.2.1"), Public("192.0.2.2"));
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  world.RunFor(seconds(300));
  bob_host->Unplug();
  const MonotonicTime unplugged = world.Now();
  world.RunFor(seconds(60));
  EXPECT_EQ(caller->failed(), 1);
  EXPECT_LE(caller->failed_at() - unplugged, seconds(30) + milliseconds(10));
  EXPECT_GE(caller->failed_at() - unplugged, seconds(24));
}

TEST_F(PathHealingTest, TheStandbyRelayOutlivesLongCalls) {
  Settle(PortRestricted(), PortRestricted(), "direct");
  world.RunFor(seconds(1000));
  BreakSignalling();
  alice_nat->Reboot();
  world.RunFor(seconds(2));
  EXPECT_LE(Gap(), 1000);
  EXPECT_THAT(callee->paths(), ElementsAre("direct", "relay"));
}

}  // namespace
}  // namespace sfa::path
