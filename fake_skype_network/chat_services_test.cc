// Chat, and messages that wait.
#include <gtest/gtest.h>

#include "fake_skype_network/test_wire_user.h"
#include "fake_skype_network/waiting_messages.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;

using ChatServicesTest = ServicesTest;

TEST_F(ChatServicesTest, ReachesEveryLoginAndComesBackToTheSenders) {
  TestWireUser& first = WireBond(0);
  TestWireUser& second = WireBond(1);
  TestWireUser& austin = WireAustin(2);
  TestWireUser& austin_too = WireAustin(0);
  EXPECT_EQ(Chat(austin, "james_bond", "Größe,\n\"007\"").result(), wire::SERVICE_DONE);
  const Lines told{"austin_powers to james_bond: Größe,\n\"007\""};
  for (TestWireUser* each : {&first, &second, &austin, &austin_too}) {
    ASSERT_EQ(each->news.size(), 1u);
    EXPECT_GT(each->news[0].chat().sent_unix_ms(), 1'275'350'000'000);
    EXPECT_EQ(each->TakeNews(), told);
  }
  EXPECT_EQ(Chat(austin, "austin_powers", "note").result(), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{"austin_powers to austin_powers: note"});
}

TEST_F(ChatServicesTest, WaitsUntilSomebodyIsThere) {
  TestWireUser& austin = WireAustin();
  for (int64_t i = 0; i < WaitingChat::kMost; ++i) {
    ASSERT_EQ(Chat(austin, "james_bond", std::to_string(i)).result(), wire::SERVICE_DONE);
  }
  EXPECT_EQ(Chat(austin, "james_bond", "one more").result(), wire::SERVICE_TOO_MANY);
  LosePower(seconds(1));
  world_.RunFor(seconds(8));
  const Lines told = WireBond().TakeNews();
  ASSERT_EQ(told.size(), 100u);
  EXPECT_EQ(told[0], "austin_powers to james_bond: 0");
  EXPECT_EQ(told[99], "austin_powers to james_bond: 99");
  EXPECT_EQ(WireBond(1).TakeNews(), Lines{}) << "told once";
}

TEST_F(ChatServicesTest, WaitsForWhoIsBetweenTwoHomes) {
  TestWireUser& bond = WireBond(0);
  TestWireUser& austin = WireAustin(1);
  nodes_[0] = nullptr;
  world_.RunFor(seconds(1));
  EXPECT_EQ(Chat(austin, "james_bond", "still there?").result(), wire::SERVICE_DONE);
  bond.Register(network_.bootstrap_nodes[2]);
  world_.RunFor(seconds(1));
  EXPECT_EQ(bond.TakeNews(), Lines{"austin_powers to james_bond: still there?"});
}

TEST_F(ChatServicesTest, WaitsForWhoseStreamHasBroken) {
  TestWireUser& bond = WireBond(0);
  TestWireUser& austin = WireAustin(1);
  bond.Vanish();
  world_.RunFor(seconds(1));
  EXPECT_EQ(Chat(austin, "james_bond", "one").result(), wire::SERVICE_DONE);
  EXPECT_EQ(Chat(austin, "james_bond", "two").result(), wire::SERVICE_DONE);
  AddBuddy(austin, "james_bond", "hello");
  for (const size_t home : {0, 2}) {
    bond.Register(network_.bootstrap_nodes[home]);
    world_.RunFor(seconds(1));
    EXPECT_EQ(bond.TakeNews(),
              home == 0 ? (Lines{"austin_powers asks hello", "austin_powers to james_bond: one",
                                 "austin_powers to james_bond: two"})
                        : Lines{})
        << "told once";
  }
  bond.Vanish();
  world_.RunFor(seconds(1));
  EXPECT_EQ(Chat(austin, "james_bond", "three").result(), wire::SERVICE_DONE);
  world_.RunFor(seconds(60));
  EXPECT_EQ(WireBond(1).TakeNews(),
            (Lines{"austin_powers asks hello", "austin_powers to james_bond: three"}));
}

TEST_F(ChatServicesTest, WhatCannotBeSentIsRefused) {
  TestWireUser& austin = WireAustin();
  TestWireUser& bond = WireBond();
  EXPECT_EQ(Chat(austin, "nobody", "x").result(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(Chat(austin, "+12564286000", "x").result(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(Chat(austin, "james_bond", "").result(), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Chat(austin, "james_bond", std::string("a\0b", 3)).result(), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(Chat(austin, "james_bond", std::string(8001, 'x')).result(), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(bond.TakeNews(), Lines{});
  EXPECT_EQ(Chat(austin, "james_bond", std::string(8000, 'x')).result(), wire::SERVICE_DONE);
  EXPECT_EQ(bond.TakeNews().size(), 1u);
  EXPECT_EQ(Answer(bond, "austin_powers", wire::ANSWER_BLOCK), wire::SERVICE_DONE);
  EXPECT_EQ(Chat(austin, "james_bond", "hey").result(), wire::SERVICE_BLOCKED);
  EXPECT_EQ(bond.TakeNews(), Lines{});
  EXPECT_EQ(Chat(bond, "austin_powers", "no").result(), wire::SERVICE_DONE);
}

}  // namespace
}  // namespace sfa::community
