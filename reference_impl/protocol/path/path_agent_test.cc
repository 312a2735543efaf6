// How a call finds its path: which one, and after how many milliseconds. A way across the network
// takes 10 ms, so a round trip takes 20.
#include "protocol/path/path_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/path/test_ends.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

class PathAgentTest : public PathTest {};

TEST_F(PathAgentTest, PublicToPublicTakesOneRoundTrip) {
  Build(Public("192.0.2.1"), Public("192.0.2.2"));
  EXPECT_EQ(caller->agent().local().candidates.size(), 1u);  // the mapping is the host itself
  Exchange();
  ASSERT_TRUE(RunUntilOpen(milliseconds(150)));
  // A check and its answer; the callee hears of the nomination half a round trip later.
  EXPECT_EQ(caller->opened_at() - exchanged_at, milliseconds(20));
  EXPECT_EQ(callee->opened_at() - exchanged_at, milliseconds(30));
  EXPECT_EQ(caller->agent().path().local_kind, CandidateKind::kHost);
  EXPECT_EQ(caller->agent().path().remote, *Endpoint::Parse("192.0.2.2:5000"));
  EXPECT_EQ(caller->agent().path().local, *Endpoint::Parse("192.0.2.1:5000"));
  EXPECT_STREQ(caller->agent().path().name(), "direct");
  EXPECT_EQ(caller->agent().round_trip(), milliseconds(20));
  EXPECT_TRUE(Agree());
}

TEST_F(PathAgentTest, BothBehindPortRestrictedNats) {
  Build(PortRestricted(), PortRestricted());
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(2)));
  // The host candidates are checked first, 20 ms before the reflexive ones; those open both NATs
  // and meet half way.
  EXPECT_EQ(caller->opened_at() - exchanged_at, milliseconds(40));
  EXPECT_EQ(callee->opened_at() - exchanged_at, milliseconds(50));
  EXPECT_EQ(caller->agent().path().local_kind, CandidateKind::kServerReflexive);
  EXPECT_EQ(caller->agent().path().local, *Endpoint::Parse("203.0.113.1:20000"));
  EXPECT_EQ(caller->agent().path().remote, *Endpoint::Parse("203.0.113.2:20000"));
  world.RunFor(seconds(60));
  EXPECT_TRUE(Agree());
  EXPECT_THAT(caller->paths(), ElementsAre("direct"));
}

// What a pair of NATs allows, from the published matrix (RFC 4787's terms).
struct Outcome {
  const char* name;
  TestNatKind alice, bob;
  const char* path;
};
void PrintTo(const Outcome& outcome, std::ostream* out) { *out << outcome.name; }

class NatPair : public PathTest, public ::testing::WithParamInterface<Outcome> {};

TEST_P(NatPair, EndsOnTheExpectedPath) {
  TestSide alice = PortRestricted(), bob = PortRestricted();
  alice.nat = GetParam().alice;
  bob.nat = GetParam().bob;
  Call(alice, bob);
  ASSERT_TRUE(RunUntilOpen(seconds(2)));
  EXPECT_LE(caller->opened_at() - exchanged_at, milliseconds(400));
  world.RunFor(seconds(60));
  EXPECT_STREQ(caller->agent().path().name(), GetParam().path);
  EXPECT_TRUE(Agree());
  EXPECT_EQ(caller->silent() + callee->silent(), 0);
  EXPECT_LE(caller->opened(), 2);
}

constexpr TestNatKind kFull{TestMapping::kEndpointIndependent, TestFiltering::kNone};
constexpr TestNatKind kAddress{TestMapping::kEndpointIndependent, TestFiltering::kAddress};
constexpr TestNatKind kPort{TestMapping::kEndpointIndependent, TestFiltering::kAddressAndPort};
constexpr TestNatKind kRandom{TestMapping::kUnpredictable, TestFiltering::kAddressAndPort};
constexpr TestNatKind kStep{TestMapping::kSequential, TestFiltering::kAddressAndPort};

INSTANTIATE_TEST_SUITE_P(Each, NatPair,
                         ::testing::Values(Outcome{"FullFull", kFull, kFull, "direct"},
                                           Outcome{"FullAddress", kFull, kAddress, "direct"},
                                           Outcome{"FullPort", kFull, kPort, "direct"},
                                           Outcome{"FullRandom", kFull, kRandom, "direct"},
                                           Outcome{"RandomFull", kRandom, kFull, "direct"},
                                           Outcome{"AddressPort", kAddress, kPort, "direct"},
                                           Outcome{"AddressRandom", kAddress, kRandom, "direct"},
                                           Outcome{"RandomAddress", kRandom, kAddress, "direct"},
                                           Outcome{"PortPort", kPort, kPort, "direct"},
                                           Outcome{"PortRandom", kPort, kRandom, "relay"},
                                           Outcome{"RandomPort", kRandom, kPort, "relay"},
                                           Outcome{"RandomRandom", kRandom, kRandom, "relay"},
                                           Outcome{"StepPort", kStep, kPort, "direct"},
                                           Outcome{"PortStep", kPort, kStep, "direct"},
                                           Outcome{"StepRandom", kStep, kRandom, "relay"}),
                         [](const auto& instance) { return instance.param.name; });

TEST_F(PathAgentTest, ARelayIsTakenWhenNothingDirectHasAnswered) {
  Call(Symmetric(), PortRestricted());
  ASSERT_TRUE(RunUntilOpen(seconds(2)));
  EXPECT_STREQ(caller->agent().path().name(), "relay");
  // The allocation (20 ms), the word of it (20), a check through it; 250 ms later nothing better.
  EXPECT_EQ(caller->opened_at() - exchanged_at, milliseconds(350));
  EXPECT_TRUE(Agree());
}

TEST_F(PathAgentTest, WithoutRelaysTheSymmetricPairFails) {
  TestSide alice = Symmetric(), bob = PortRestricted();
  alice.relay = bob.relay = false;
  Call(alice, bob);
  EXPECT_FALSE(RunUntilOpen(seconds(60)));
  EXPECT_EQ(caller->failed(), 1);
  EXPECT_EQ(callee->failed(), 1);
  EXPECT_GE(caller->failed_at() - exchanged_at, stun::kTransactionTimeout);
}

TEST_F(PathAgentTest, SameLanPrefersTheDirectWay) {
  TestNat& nat = world.AddNat("203.0.113.1");
  Build(Public("192.0.2.1"), Public("192.0.2.2"));
  TestPortSettings settings;
  settings.stun_server = stun->endpoint();
  settings.relay = alice_relay.get();
  TestHost& one = world.AddHost("192.168.1.10", &nat);
  TestHost& other = world.AddHost("192.168.1.11", &nat);
  TestPort one_port(one, tcp, settings), other_port(other, tcp, settings);
  world.RunFor(milliseconds(20));
  caller.emplace(world, one, one_port, PathRole::kControlling, uint8_t{1}, uint8_t{2});
  callee.emplace(world, other, other_port, PathRole::kControlled, uint8_t{2}, uint8_t{1});
  Exchange();
  ASSERT_TRUE(RunUntilOpen(milliseconds(300)));
  EXPECT_EQ(caller->agent().path().local_kind, CandidateKind::kHost);
  EXPECT_EQ(caller->agent().path().remote, *Endpoint::Parse("192.168.1.11:5000"));
  caller.reset();
  callee.reset();
}

TEST_F(PathAgentTest, TwoAgentsOnOnePort) {
  Build(Public("192.0.2.1"), Public("192.0.2.2"));
  TestEnd first(world, *alice_host, *alice_port, PathRole::kControlling, 3, 4);
  TestEnd second(world, *alice_host, *alice_port, PathRole::kControlled, 4, 3);
  first.agent().SetRemote(second.agent().local());
  second.agent().SetRemote(first.agent().local());
  ASSERT_TRUE(world.RunUntil([&] { return first.open() && second.open(); }, seconds(1)));
  EXPECT_EQ(first.agent().path().remote, *Endpoint::Parse("192.0.2.1:5000"));
  world.RunFor(seconds(120));
  EXPECT_EQ(first.failed() + second.failed(), 0);
}

TEST_F(PathAgentTest, ChecksThatComeEarlyAreAnsweredAndRemembered) {
  Build(Public("192.0.2.1"), PortRestricted());
  // The callee begins; the caller learns of it two seconds later.
  callee->agent().SetRemote(caller->agent().local());
  world.RunFor(seconds(2));
  EXPECT_FALSE(callee->open());
  PathDescription bare = callee->agent().local();
  bare.candidates.clear();  // known from its checks alone
  caller->agent().SetRemote(bare);
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  EXPECT_EQ(caller->agent().path().remote, *Endpoint::Parse("203.0.113.2:20000"));
}

TEST_F(PathAgentTest, ABetterPathReplacesTheRelay) {
  // The mapping is not known when the call begins: nothing but the relays works.
  TestSide alice = PortRestricted(), bob = PortRestricted();
  Build(alice, bob);
  PathDescription to_callee = caller->agent().local(), to_caller = callee->agent().local();
  const auto hide = [](std::vector<Candidate>& candidates) {
    candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                    [](const Candidate& candidate) {
                                      return candidate.kind == CandidateKind::kServerReflexive;
                                    }),
                     candidates.end());
  };
  hide(to_callee.candidates);
  hide(to_caller.candidates);
  caller->on_candidates = [&] {
    to_callee.candidates = caller->agent().local().candidates;
    hide(to_callee.candidates);
    if (callee->agent().is_open()) return;
    callee->agent().UpdateRemote(to_callee.candidates);
  };
  callee->on_candidates = [&] {
    to_caller.candidates = callee->agent().local().candidates;
    hide(to_caller.candidates);
    caller->agent().UpdateRemote(to_caller.candidates);
  };
  callee->agent().SetRemote(to_callee);
  caller->agent().SetRemote(to_caller);
  caller->Talk(true);
  callee->Talk(true);
  ASSERT_TRUE(RunUntilOpen(seconds(1)));
  world.RunFor(seconds(1));
  EXPECT_STREQ(caller->agent().path().name(), "relay");
  caller->TakeGap();
  callee->TakeGap();
  callee->agent().UpdateRemote(caller->agent().local().candidates);
  caller->agent().UpdateRemote(callee->agent().local().candidates);
  world.RunFor(milliseconds(100));
  EXPECT_THAT(caller->paths(), ElementsAre("relay", "direct"));
  EXPECT_THAT(callee->paths(), ElementsAre("relay", "direct"));
  EXPECT_TRUE(Agree());
  // Nobody notices.
  EXPECT_LE(caller->TakeGap(), 20);
  EXPECT_LE(callee->TakeGap(), 20);
  world.RunFor(seconds(120));
  EXPECT_EQ(caller->opened(), 2);
}

TEST_F(PathAgentTest, TcpAtOnceWhereUdpIsBlocked) {
  TestSide bob = Public("192.0.2.2");
  bob.port.listeners = {*Endpoint::Parse("192.0.2.2:5000"), *Endpoint::Parse("192.0.2.2:443")};
  Call(UdpBlocked(), bob);
  ASSERT_TRUE(RunUntilOpen(seconds(2)));
  EXPECT_STREQ(caller->agent().path().name(), "tcp");
  // Until it is connected, a check and its answer; 250 ms in which nothing better comes by UDP.
  EXPECT_EQ(caller->opened_at() - exchanged_at, milliseconds(290));
  world.RunFor(seconds(60));
  EXPECT_TRUE(Agree());
  EXPECT_EQ(alice_port->connections(), 1u);  // the other one is closed
  EXPECT_EQ(bob_port->connections(), 1u);
}

TEST_F(PathAgentTest, NoUdpAtAllIsOneRoundTripAfterTheConnection) {
  TestSide alice = Public("192.0.2.1"), bob = Public("192.0.2.2");
  alice.port.udp = bob.port.udp = false;
  bob.port.listeners = {*Endpoint::Parse("192.0.2.2:5000")};
  Call(alice, bob);
  ASSERT_TRUE(RunUntilOpen(seconds(2)));
  EXPECT_EQ(caller->opened_at() - exchanged_at, milliseconds(40));
  EXPECT_EQ(callee->opened_at() - exchanged_at, milliseconds(50));
  world.RunFor(seconds(60));
  EXPECT_STREQ(callee->agent().path().name(), "tcp");
  EXPECT_TRUE(Agree());
  EXPECT_EQ(caller->silent() + callee->silent(), 0);
}

TEST_F(PathAgentTest, NoConnectionIsMadeWhereUdpWorks) {
  TestSide alice = Public("192.0.2.1"), bob = Public("192.0.2.2");
  alice.port.listeners = {*Endpoint::Parse("192.0.2.1:5000")};
  bob.port.listeners = {*Endpoint::Parse("192.0.2.2:5000")};
  Call(alice, bob);
  for (int i = 0; i < 100; ++i) {
    world.RunFor(milliseconds(20));
    ASSERT_EQ(alice_port->connections() + bob_port->connections(), 0u);
  }
}

class RoleConflict : public PathTest, public ::testing::WithParamInterface<PathRole> {};

TEST_P(RoleConflict, IsSettled) {
  Build(PortRestricted(), PortRestricted());
  caller.emplace(world, *alice_host, *alice_port, GetParam(), uint8_t{1}, uint8_t{2});
  callee.emplace(world, *bob_host, *bob_port, GetParam(), uint8_t{2}, uint8_t{1});
  Exchange();
  ASSERT_TRUE(RunUntilOpen(seconds(3)));
  world.RunFor(seconds(60));
  EXPECT_EQ(caller->failed() + callee->failed(), 0);
  EXPECT_TRUE(Agree());
}
INSTANTIATE_TEST_SUITE_P(Both, RoleConflict,
                         ::testing::Values(PathRole::kControlling, PathRole::kControlled));

TEST_F(PathAgentTest, NobodyThereFailsAfterTheTransactions) {
  Build(Public("192.0.2.1"), Public("192.0.2.2"));
  PathDescription nobody = callee->agent().local();
  nobody.candidates[0].endpoint = *Endpoint::Parse("192.0.2.77:5000");
  caller->agent().SetRemote(nobody);
  const MonotonicTime start = world.Now();
  world.RunFor(seconds(100));
  EXPECT_EQ(caller->failed(), 1);
  EXPECT_GE(caller->failed_at() - start, stun::kTransactionTimeout);
  EXPECT_LE(caller->failed_at() - start, stun::kTransactionTimeout + milliseconds(200));
}

TEST_F(PathAgentTest, AControllingEndThatNeverNominatesIsGivenUp) {
  Build(Public("192.0.2.1"), Public("192.0.2.2"));
  callee->agent().SetRemote(caller->agent().local());  // answered, but the caller never starts
  world.RunFor(seconds(120));
  EXPECT_EQ(callee->failed(), 1);
  EXPECT_EQ(callee->opened(), 0);
}

TEST_F(PathAgentTest, DestroyedFromInsideTheObserver) {
  Build(Public("192.0.2.1"), Public("192.0.2.2"));
  caller->hang_up_when_open = true;
  callee->hang_up_when_open = true;
  Exchange();
  world.RunFor(seconds(60));
  EXPECT_TRUE(caller->gone());
  // Nothing is left behind.
  caller.reset();
  callee.reset();
  EXPECT_EQ(alice_port->expected() + bob_port->expected(), 0u);
}

}  // namespace
}  // namespace sfa::path
