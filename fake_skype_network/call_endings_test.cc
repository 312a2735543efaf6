// How calls end, and how they go on, when something breaks: at both ends the same, with a reason,
// within a bound, and nothing is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_skype_network/community_bed.h"

namespace sfa::community {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Not;

class CallEndingsTest : public CommunityTest {
 protected:
  // Nothing gets anywhere any more; connections that lose bytes meanwhile do not survive it.
  void CutAllLinks() {
    world_.udp_works = false;
    world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return false; };
    world_.on_the_way = [](bool, std::vector<uint8_t>& bytes) { bytes.clear(); };
  }
  void JoinAllLinks() {
    world_.udp_works = true;
    world_.tcp_answers = [](const Endpoint&, const Endpoint&) { return true; };
    world_.on_the_way = [](bool, std::vector<uint8_t>&) {};
  }
  // Both are logged in and talk; Bond has been called.
  std::pair<TestPerson*, TestPerson*> Talking() {
    TestPerson& bond = Bond(seconds(0));
    TestPerson& austin = Austin();
    austin->CallUser("james_bond");
    world_.RunFor(seconds(5));
    EXPECT_EQ(austin.Calls().back(), "answered PCMU");
    EXPECT_EQ(bond.Calls().back(), "answered PCMU");
    return {&austin, &bond};
  }
  static bool Hears(TestPerson& person, stream::TestWorld& world) {
    const uint64_t before = person->statistics().packets_received;
    world.RunFor(seconds(1));
    return person->statistics().packets_received >= before + 45;
  }
  static int Count(const TestPerson& person, const std::string& line) {
    return static_cast<int>(std::count(person.diary.begin(), person.diary.end(), line));
  }
};

TEST_F(CallEndingsTest, GlareIsOneConversation) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  // Whoever has the smaller id; eight times, so that each has it.
  int gave_way[2] = {0, 0};
  for (int i = 0; i < 8; ++i) {
    bond.diary.clear();
    austin.diary.clear();
    bond->CallUser("austin_powers");
    austin->CallUser("james_bond");
    world_.RunFor(seconds(3));
    EXPECT_THAT(bond.Calls(), Contains("answered PCMU"));
    EXPECT_THAT(austin.Calls(), Contains("answered PCMU"));
    const bool bond_gave_way = bond.Saw("ended answered elsewhere");
    EXPECT_NE(bond_gave_way, austin.Saw("ended answered elsewhere"));
    ++gave_way[bond_gave_way ? 0 : 1];
    EXPECT_TRUE(Hears(austin, world_));
    EXPECT_TRUE(Hears(bond, world_));
    (bond_gave_way ? bond : austin)->HangUp();
    world_.RunFor(seconds(1));
    EXPECT_EQ(bond.Calls().back(), "ended normal");
    EXPECT_EQ(austin.Calls().back(), "ended normal");
  }
  EXPECT_GT(gave_way[0], 0);
  EXPECT_GT(gave_way[1], 0);
}

TEST_F(CallEndingsTest, AnswerCrossesCancellation) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  bond->Answer();
  austin->HangUp();
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls().back(), "ended cancelled");
  EXPECT_EQ(bond.Calls().back(), "ended cancelled");
  EXPECT_FALSE(bond->in_call() || austin->in_call());
}

TEST_F(CallEndingsTest, HangUpCrossesHangUp) {
  const auto [austin, bond] = Talking();
  (*austin)->HangUp();
  (*bond)->HangUp();
  world_.RunFor(minutes(3));
  EXPECT_EQ(Count(*austin, "ended normal"), 1);
  EXPECT_EQ(Count(*bond, "ended normal"), 1);
}

TEST_F(CallEndingsTest, CalleeVanishesWhileItRings) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  persons_.front() = nullptr;
  runtimes_.front() = nullptr;
  static_cast<void>(bond);
  // At the latest when it would have rung out.
  world_.RunFor(seconds(66));
  EXPECT_FALSE(austin->in_call());
}

TEST_F(CallEndingsTest, CallerVanishesWhileItRings) {
  TestPerson& austin = Austin();
  TestPerson& bond = Bond();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  CutAllLinks();
  world_.RunFor(seconds(62));
  EXPECT_FALSE(bond->in_call());
  EXPECT_FALSE(austin->in_call());
}

TEST_F(CallEndingsTest, FiveSecondsWithoutLinkAreSurvived) {
  const auto [austin, bond] = Talking();
  CutAllLinks();
  world_.RunFor(seconds(5));
  JoinAllLinks();
  world_.RunFor(seconds(2));
  EXPECT_TRUE(Hears(*austin, world_));
  EXPECT_TRUE(Hears(*bond, world_));
  world_.RunFor(seconds(15));
  EXPECT_TRUE(austin->LoggedIn() && bond->LoggedIn());
  // Both homes may be others now; the end gets there all the same.
  (*austin)->HangUp();
  world_.RunFor(seconds(3));
  EXPECT_EQ(bond->Calls().back(), "ended normal");
}

TEST_F(CallEndingsTest, SixtySecondsWithoutLinkEndTheCallAndNotTheLogin) {
  const auto [austin, bond] = Talking();
  CutAllLinks();
  world_.RunFor(seconds(29));
  EXPECT_TRUE((*austin)->in_call());
  world_.RunFor(seconds(31));
  EXPECT_EQ(austin->Calls().back(), "ended media lost");
  EXPECT_EQ(bond->Calls().back(), "ended media lost");
  JoinAllLinks();
  world_.RunFor(seconds(15));
  EXPECT_TRUE(austin->LoggedIn() && bond->LoggedIn());
  EXPECT_EQ(UsersOnline(), 2u);
  (*bond)->CallUser("austin_powers");
  world_.RunFor(seconds(3));
  EXPECT_EQ(austin->Calls().back(), "incoming james_bond James Bond");
}

TEST_F(CallEndingsTest, CallOutlivesEverySupernodeAndIsReachedAgain) {
  const auto [austin, bond] = Talking();
  for (auto& node : nodes_) node = nullptr;
  world_.RunFor(seconds(4));
  EXPECT_TRUE(Hears(*austin, world_));
  // Nobody to tell it to.
  (*austin)->HangUp();
  world_.RunFor(seconds(1));
  EXPECT_FALSE((*austin)->in_call());
  EXPECT_TRUE((*bond)->in_call());
  for (size_t i = 0; i < nodes_.size(); ++i) nodes_[i] = NewNode(i);
  world_.RunFor(seconds(15));
  EXPECT_TRUE(austin->LoggedIn() && bond->LoggedIn());
  EXPECT_EQ(bond->Calls().back(), "ended normal") << "the last word was said again";
}

TEST_F(CallEndingsTest, LostHomeInMidCallLeavesBothEndsReachable) {
  const auto [austin, bond] = Talking();
  for (const char* user : {"james_bond", "austin_powers"}) {
    nodes_[HomeOf(user)] = nullptr;
    world_.RunFor(seconds(4));
    ASSERT_TRUE(austin->LoggedIn() && bond->LoggedIn());
  }
  EXPECT_TRUE(Hears(*austin, world_));
  (*bond)->HangUp();
  world_.RunFor(milliseconds(500));
  EXPECT_EQ(austin->Calls().back(), "ended normal");
}

// Each tells the other where it is now, and neither is where the other thinks.
TEST_F(CallEndingsTest, BothHomesLostAtOnceAreFoundInTheDirectory) {
  const auto [austin, bond] = Talking();
  const size_t homes[] = {HomeOf("james_bond"), HomeOf("austin_powers")};
  for (const size_t home : homes) nodes_[home] = nullptr;
  world_.RunFor(seconds(8));
  ASSERT_TRUE(austin->LoggedIn() && bond->LoggedIn());
  EXPECT_TRUE(Hears(*austin, world_));
  (*bond)->HangUp();
  world_.RunFor(milliseconds(500));
  EXPECT_EQ(austin->Calls().back(), "ended normal");
}

TEST_F(CallEndingsTest, RingingSurvivesALostHome) {
  for (const char* victim : {"james_bond", "austin_powers"}) {
    TestPerson& bond = Bond();
    TestPerson& austin = Austin();
    austin->CallUser("james_bond");
    world_.RunFor(seconds(2));
    const size_t home = HomeOf(victim);
    nodes_[home] = nullptr;
    world_.RunFor(seconds(4));
    ASSERT_TRUE(austin.LoggedIn() && bond.LoggedIn());
    bond->Answer();
    world_.RunFor(seconds(3));
    EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU"})) << victim;
    EXPECT_EQ(bond.Calls().back(), "answered PCMU") << victim;
    austin->HangUp();
    world_.RunFor(seconds(1));
    bond->LogOut();
    austin->LogOut();
    nodes_[home] = NewNode(home);
    world_.RunFor(seconds(20));
  }
}

TEST_F(CallEndingsTest, CancellationDuringALostHomeArrives) {
  TestPerson& bond = Bond();
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(2));
  nodes_[HomeOf("austin_powers")] = nullptr;
  world_.RunFor(milliseconds(15));
  austin->HangUp();
  world_.RunFor(seconds(5));
  EXPECT_EQ(bond.Calls().back(), "ended cancelled");
}

TEST_F(CallEndingsTest, DeadLoginServerDisturbsNobodyWhoIsLoggedIn) {
  const auto [austin, bond] = Talking();
  login_server_ = nullptr;
  TestPerson& evil = NewPerson("dr_evil", "million");
  evil->LogIn();
  world_.RunFor(minutes(2));
  EXPECT_THAT(evil.diary, Contains(::testing::HasSubstr("login Logged Out login server")));
  EXPECT_TRUE(Hears(*austin, world_));
  EXPECT_TRUE(austin->LoggedIn() && bond->LoggedIn());
  login_server_ = NewLogin();
  world_.RunFor(minutes(4));
  EXPECT_TRUE(evil.LoggedIn());
  EXPECT_TRUE(Hears(*austin, world_));
  EXPECT_EQ(UsersOnline(), 3u);
}

TEST_F(CallEndingsTest, NothingIsLeftOfAHundredCalls) {
  TestPerson& bond = Bond(seconds(1));
  TestPerson& austin = Austin();
  for (int i = 0; i < 100; ++i) {
    austin->CallUser("james_bond");
    world_.RunFor(milliseconds(100 + 37 * i));
    (i % 2 == 0 ? austin : bond)->HangUp();
    world_.RunFor(seconds(2));
    EXPECT_FALSE(austin->in_call() || bond->in_call()) << i;
  }
  austin->LogOut();
  bond->LogOut();
  world_.RunFor(seconds(2));
  EXPECT_EQ(UsersOnline(), 0u);
}

TEST_F(CallEndingsTest, ThePathIsTold) {
  const auto [austin, bond] = Talking();
  EXPECT_EQ(Count(*austin, "path direct 192.0.2.2:40000 192.0.2.1:40000 host host") +
                Count(*bond, "path direct 192.0.2.1:40000 192.0.2.2:40000 host host"),
            2)
      << ::testing::PrintToString(austin->diary) << ::testing::PrintToString(bond->diary);
}

}  // namespace
}  // namespace sfa::community
