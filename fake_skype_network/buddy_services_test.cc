// Buddy lists, authorisation, and the presence that they show.
#include <gtest/gtest.h>

#include "fake_skype_network/logins.h"
#include "fake_skype_network/test_wire_user.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;

class BuddyServicesTest : public ServicesTest {
 protected:
  // Austin has Bond on his list and may see him.
  void Befriend() {
    Account austin{"austin_powers", "shagadelic", AccountKind::kRegular, "Austin Powers"};
    austin.buddies = {"james_bond"};
    Add(austin);
  }
};

TEST_F(BuddyServicesTest, WhoIsAddedIsAskedAndShowsItselfWhenItAccepts) {
  TestWireUser& austin = WireAustin();
  TestWireUser& bond = WireBond();
  EXPECT_EQ(AddBuddy(austin, "james_bond", "hello").result(), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Waiting for Authorization"});
  ASSERT_EQ(bond.news.size(), 1u);
  EXPECT_EQ(bond.news[0].authorisation_request().profile().fullname(), "Austin Powers");
  EXPECT_EQ(bond.TakeNews(), Lines{"austin_powers asks hello"});
  EXPECT_EQ(ListOf(bond), Lines{}) << "being asked puts nobody on the list";
  EXPECT_EQ(Answer(bond, "austin_powers", wire::ANSWER_ACCEPT), wire::SERVICE_DONE);
  ASSERT_EQ(austin.news.size(), 1u);
  EXPECT_EQ(austin.news[0].buddy().profile().fullname(), "James Bond");
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Online"});
  EXPECT_EQ(ListOf(austin), Lines{"james_bond is Online"});
  EXPECT_EQ(ListOf(bond), Lines{});
  EXPECT_EQ(RemoveBuddy(austin, "james_bond"), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond removed"});
  EXPECT_EQ(RemoveBuddy(austin, "james_bond"), wire::SERVICE_UNKNOWN_BUDDY);
  EXPECT_EQ(AddBuddy(austin, "james_bond").result(), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Online"}) << "authorised still";
  EXPECT_EQ(bond.TakeNews(), Lines{});
}

TEST_F(BuddyServicesTest, RequestIsToldAgainAtEachLoginUntilItIsAnswered) {
  TestWireUser& austin = WireAustin();
  AddBuddy(austin, "james_bond", "first");
  AddBuddy(austin, "james_bond", "second");
  TestWireUser* bond = &WireBond();
  EXPECT_EQ(bond->TakeNews(), Lines{"austin_powers asks second"});
  bond->LogOut();
  world_.RunFor(seconds(1));
  LosePower(seconds(1));
  world_.RunFor(seconds(8));
  bond = &WireBond();
  EXPECT_EQ(bond->TakeNews(), Lines{"austin_powers asks second"});
  EXPECT_EQ(Answer(*bond, "austin_powers", wire::ANSWER_DENY), wire::SERVICE_DONE);
  bond->LogOut();
  world_.RunFor(seconds(1));
  EXPECT_EQ(WireBond().TakeNews(), Lines{});
  EXPECT_EQ(ListOf(austin), Lines{"james_bond is Waiting for Authorization"});
  // Who withdraws is not heard of.
  AddBuddy(austin, "dr_evil");
  RemoveBuddy(austin, "dr_evil");
  EXPECT_EQ(WireEvil().TakeNews(), Lines{});
}

TEST_F(BuddyServicesTest, WhomOneBlocksIsNotHeardAndSeesNothing) {
  Befriend();
  TestWireUser& austin = WireAustin();
  TestWireUser& bond = WireBond();
  austin.news.clear();
  bond.news.clear();
  EXPECT_EQ(ListOf(bond), Lines{"austin_powers is Online"});
  EXPECT_EQ(Answer(bond, "austin_powers", wire::ANSWER_BLOCK), wire::SERVICE_DONE);
  EXPECT_EQ(bond.TakeNews(), Lines{"austin_powers is Blocked"});
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Waiting for Authorization"});
  EXPECT_EQ(AddBuddy(austin, "james_bond", "please").result(), wire::SERVICE_DONE);
  EXPECT_EQ(bond.TakeNews(), Lines{});
  bond.LogOut();
  world_.RunFor(seconds(1));
  TestWireUser& again = WireBond();
  EXPECT_EQ(again.TakeNews(), Lines{});
  EXPECT_EQ(Answer(again, "austin_powers", wire::ANSWER_UNBLOCK), wire::SERVICE_DONE);
  EXPECT_EQ(again.TakeNews(), Lines{"austin_powers is Online"});
  EXPECT_EQ(austin.TakeNews(), Lines{}) << "still not authorised";
}

TEST_F(BuddyServicesTest, StatusesFollowAvailabilityAndLogins) {
  Befriend();
  TestWireUser& austin = WireAustin();
  EXPECT_EQ(ListOf(austin), Lines{"james_bond is Offline"});
  TestWireUser& bond = WireBond();
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Online"});
  const std::pair<const char*, const char*> kStatuses[] = {
      {"Away", "Away"},
      {"Not Available", "Not Available"},
      {"Do Not Disturb", "Do Not Disturb"},
      {"Skype Me", "Skype Me"},
      {"Invisible", "Offline"},
      {"Online", "Online"},
      {"Offline", "Offline"},
  };
  for (const auto& [availability, status] : kStatuses) {
    EXPECT_EQ(Set(bond, "availability", availability), wire::SERVICE_DONE);
    EXPECT_EQ(austin.TakeNews(), Lines{std::string("james_bond is ") + status});
  }
  EXPECT_EQ(Set(bond, "availability", "Invisible"), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{}) << "as Offline as before";
  // A further login changes nothing, and one that goes neither.
  TestWireUser& second = WireBond(2);
  EXPECT_EQ(Set(second, "availability", "Away"), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Away"});
  bond.LogOut();
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.TakeNews(), Lines{});
  second.LogOut();
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Offline"});
  WireBond();
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Online"});
}

TEST_F(BuddyServicesTest, OfflineSaysHowElseSomebodyIsReached) {
  Befriend();
  TestWireUser& austin = WireAustin();
  Account bond{"james_bond", "shaken", AccountKind::kBusiness, "James Bond"};
  bond.voicemail = true;
  Add(bond);
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Offline (Voicemail Enabled)"});
  bond.forward_to = {"dr_evil"};
  Add(bond);
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Offline (Call Forwarding Enabled)"});
  TestWireUser& there = WireBond();
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Online"});
  Set(there, "availability", "Invisible");
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Offline (Call Forwarding Enabled)"})
      << "as if nobody were there";
}

TEST_F(BuddyServicesTest, TelephonesAreSkypeoutAndCanBeBlocked) {
  TestWireUser& austin = WireAustin();
  EXPECT_EQ(AddBuddy(austin, "+12564286000").result(), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{"+12564286000 is Skypeout"});
  EXPECT_EQ(Answer(austin, "+12564286000", wire::ANSWER_BLOCK), wire::SERVICE_DONE);
  EXPECT_EQ(austin.TakeNews(), Lines{"+12564286000 is Blocked Skypeout"});
  EXPECT_EQ(Answer(austin, "+12564286000", wire::ANSWER_ACCEPT), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(Answer(austin, "+12564286000", wire::ANSWER_UNBLOCK), wire::SERVICE_DONE);
  EXPECT_EQ(ListOf(austin), Lines{"+12564286000 is Skypeout"});
}

TEST_F(BuddyServicesTest, WithoutPresenceNothingIsKnownAndNoStatusIsTold) {
  Befriend();
  TestWireUser& quiet = WireAustin(0);
  TestWireUser& other = WireAustin(1);
  EXPECT_EQ(ListOf(quiet, false), Lines{"james_bond is Unknown"});
  TestWireUser& bond = WireBond();
  EXPECT_EQ(quiet.TakeNews(), Lines{});
  EXPECT_EQ(other.TakeNews(), Lines{"james_bond is Online"});
  LosePower(seconds(1));
  world_.RunFor(seconds(8));
  Set(bond, "availability", "Away");
  EXPECT_EQ(quiet.TakeNews(), Lines{}) << "what a login wants outlives the login server";
  EXPECT_EQ(other.TakeNews(), Lines{"james_bond is Away"});
  Set(bond, "mood_text", "stirred");
  EXPECT_EQ(quiet.TakeNews(), Lines{"james_bond is Unknown"}) << "the profile is no presence";
  EXPECT_EQ(other.TakeNews(), Lines{"james_bond is Away"});
  EXPECT_EQ(ListOf(quiet, true), Lines{"james_bond is Away"});
  Set(bond, "availability", "Online");
  EXPECT_EQ(quiet.TakeNews(), Lines{"james_bond is Online"});
}

TEST_F(BuddyServicesTest, PresenceDoesNotFlapWhenAHomeIsLostAndTheUserReturns) {
  Befriend();
  TestWireUser& bond = WireBond(0);
  TestWireUser& austin = WireAustin(1);
  bond.news.clear();
  nodes_[0] = nullptr;
  world_.RunFor(seconds(3));
  EXPECT_TRUE(bond.home_lost);
  // What happens meanwhile is told when it is back.
  AddBuddy(austin, "dr_evil");
  TestWireUser& evil = WireEvil(2);
  EXPECT_EQ(AddBuddy(evil, "james_bond", "one million").result(), wire::SERVICE_DONE);
  Set(austin, "availability", "Away");
  austin.news.clear();
  bond.Register(network_.bootstrap_nodes[2]);
  world_.RunFor(seconds(60));
  EXPECT_EQ(austin.TakeNews(), Lines{});
  EXPECT_EQ(bond.TakeNews(), (Lines{"austin_powers is Away", "dr_evil asks one million"}));
  EXPECT_EQ(ListOf(austin)[1], "james_bond is Online");
}

TEST_F(BuddyServicesTest, WhoDoesNotReturnIsOfflineAfterAShortGrace) {
  Befriend();
  TestWireUser& bond = WireBond(0);
  TestWireUser& austin = WireAustin(1);
  nodes_[0] = nullptr;
  world_.RunFor(Logins::kGrace - seconds(1));
  EXPECT_EQ(austin.TakeNews(), Lines{});
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Offline"});
  // Only its stream breaks: the home waits as well.
  bond.Register(network_.bootstrap_nodes[2]);
  world_.RunFor(seconds(1));
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Online"});
  for (const size_t home : {2, 1, 1}) {
    bond.Vanish();
    world_.RunFor(seconds(5));
    bond.Register(network_.bootstrap_nodes[home]);
    world_.RunFor(seconds(30));
    EXPECT_EQ(austin.TakeNews(), Lines{}) << home;
  }
  bond.Vanish();
  world_.RunFor(seconds(15));
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Offline"});
}

TEST_F(BuddyServicesTest, ALoginServerThatStartsAnewKnowsWhoIsThere) {
  Befriend();
  TestWireUser& bond = WireBond(0);
  TestWireUser& austin = WireAustin(1);
  LosePower(seconds(2));
  world_.RunFor(seconds(60));
  EXPECT_EQ(austin.TakeNews(), Lines{}) << "nobody has gone";
  EXPECT_EQ(ListOf(austin), Lines{"james_bond is Online"});
  login_server_ = nullptr;
  bond.LogOut();
  world_.RunFor(seconds(1));
  login_server_ = NewLogin();
  world_.RunFor(Logins::kGraceAtStart + seconds(1));
  EXPECT_EQ(austin.TakeNews(), Lines{"james_bond is Offline"});
}

TEST_F(BuddyServicesTest, ListsOfAnyLengthComeInParts) {
  Account crowd{"dr_evil", "million", AccountKind::kRegular, "Dr. Evil"};
  for (int i = 0; i < 1200; ++i) crowd.buddies.push_back("+1" + std::to_string(10'000'000 + i));
  Add(crowd);
  TestWireUser& evil = WireEvil();
  EXPECT_EQ(ListOf(evil).size(), 1200u);
  EXPECT_GT(evil.asked(), 2u);
  crowd.buddies.resize(0);
  for (int i = 0; i < 5000; ++i) crowd.buddies.push_back("+2" + std::to_string(10'000'000 + i));
  Add(crowd);
  EXPECT_EQ(AddBuddy(evil, "james_bond").result(), wire::SERVICE_TOO_MANY);
  EXPECT_EQ(RemoveBuddy(evil, "+210000000"), wire::SERVICE_DONE);
  EXPECT_EQ(AddBuddy(evil, "james_bond").result(), wire::SERVICE_DONE);
}

TEST_F(BuddyServicesTest, WhatCannotBeIsRefused) {
  Add({"#service", "x", AccountKind::kService, ""});
  TestWireUser& bond = WireBond();
  EXPECT_EQ(AddBuddy(bond, "james_bond").result(), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(AddBuddy(bond, "#service").result(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(AddBuddy(bond, "").result(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(AddBuddy(bond, "dr_evil", std::string(501, 'x')).result(), wire::SERVICE_BAD_VALUE);
  EXPECT_EQ(ListOf(bond), Lines{});
  EXPECT_EQ(Answer(bond, "nobody", wire::ANSWER_ACCEPT), wire::SERVICE_UNKNOWN_USER);
  EXPECT_EQ(Answer(bond, "dr_evil", wire::ANSWER_UNSPECIFIED), wire::SERVICE_BAD_VALUE);
}

}  // namespace
}  // namespace sfa::community
