// The AMI actions of manual 3.5, and the extensions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/driver_bench.h"
#include "chan_skype/manager_reply.h"

namespace sfa::skype {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ManagerTest : public testing::Test {
 protected:
  ManagerTest() {
    wire::Buddy& austin = *bench.engine.buddies.add_buddies();
    austin.set_name("austin_powers");
    austin.set_status(wire::BUDDY_OFFLINE_VOICEMAIL);
    austin.mutable_profile()->set_fullname("Austin Powers");
    const std::pair<const char*, const char*> profile[] = {
        {"fullname", "Austin Powers"},        {"birthday", "19450328"},
        {"phone_mobile", "+15555551212"},     {"languages", "en"},
        {"about", "Groovy\r\nEvent: Forged"}, {"shoe_size", "43"}};
    for (const auto& [name, value] : profile) {
      wire::Property& property = *austin.mutable_profile()->add_properties();
      property.set_name(name);
      property.set_value(value);
    }
    wire::Buddy& echo = *bench.engine.buddies.add_buddies();
    echo.set_name("echo123");
    echo.set_status(wire::BUDDY_WAITING_FOR_AUTHORIZATION);
    bench.LogIn();
  }
  std::string Error(const std::string& message) {
    return "response Response=Error Message=" + message;
  }
  DriverBench bench{"[james_bond]\nsecret=x\n[m]\nsecret=y\n", 3};
};

TEST_F(ManagerTest, TheirNames) {
  std::vector<std::string> names;
  for (const char* const* name = bench.driver.manager_actions(); *name; ++name) {
    names.emplace_back(*name);
  }
  EXPECT_THAT(names, ElementsAre("SkypeAccountProperty", "SkypeAddBuddy", "SkypeRemoveBuddy",
                                 "SkypeBuddies", "SkypeBuddy", "SkypeChatSend", "SkypeLicenseList",
                                 "SkypeLicenseStatus"));
}

TEST_F(ManagerTest, BuddiesAsInTheManual) {
  bench.Act("SkypeBuddies", {"User: james_bond"});
  EXPECT_THAT(
      bench.answers,
      ElementsAre("response Response=Success EventList=start Message=Skype buddy status list will "
                  "follow",
                  "SkypeBuddyEntry Buddy=austin_powers Fullname=Austin Powers Status=Offline "
                  "(Voicemail Enabled)",
                  "SkypeBuddyEntry Buddy=echo123 Status=Waiting for Authorization",
                  "SkypeBuddylistComplete EventList=Complete ListItems=2"));
}

TEST_F(ManagerTest, ABuddyAsInTheManual) {
  bench.Act("skypebuddy", {"user: JAMES_BOND", "BUDDY: Austin_Powers"});
  EXPECT_THAT(bench.answers,
              ElementsAre("response Response=Success Message=Skype buddy skypename=austin_powers "
                          "availability=Offline (Voicemail Enabled) fullname=Austin Powers "
                          "phone_mobile=+15555551212 about=GroovyEvent: Forged birthday=19450328 "
                          "language=en"));
}

TEST_F(ManagerTest, PropertiesAreSetAllOrNone) {
  bench.Act("SkypeAccountProperty", {"User: james_bond", "variable: fullname=Bond, James",
                                     "Variable: availability=skype me", "variable: language=en",
                                     "variable: timezone=60", "variable: about=a=b"});
  EXPECT_THAT(bench.answers, IsEmpty());
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("ask james_bond set fullname=Bond, James availability=Skype Me "
                          "languages=en timezone=60 about=a=b"));
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_DONE);
  EXPECT_THAT(bench.answers, ElementsAre("response Response=Success Message=Properties set"));
  struct Case {
    const char* variable;
    const char* message;
  };
  const Case cases[] = {
      {"variable: skypename=goldfinger", "read only"},
      {"variable: skypeout_balance=9", "read only"},
      {"variable: fulname=x", "Unknown property: fulname; did you mean fullname?"},
      {"variable: gender=3", "1 (male) or 2 (female)"},
      {"variable: availability=Connecting", "Online"},
      {"variable: nonsense", "not <property>=<value>"},
      {"variable: status=Logged Out", "status is set alone"}};
  for (const Case& at : cases) {
    bench.Act("SkypeAccountProperty", {"User: james_bond", "variable: city=London", at.variable});
    EXPECT_THAT(bench.answers, ElementsAre(HasSubstr(at.message)));
  }
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  bench.Act("SkypeAccountProperty", {"User: james_bond"});
  EXPECT_THAT(bench.answers, ElementsAre(Error("Missing header: Variable")));
  bench.Act("SkypeAccountProperty", {"User: james_bond", "variable: status=Logged Out"});
  EXPECT_THAT(bench.answers, ElementsAre("response Response=Success Message=Properties set"));
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("logout james_bond"));
}

TEST_F(ManagerTest, BuddiesAreAddedAndRemoved) {
  bench.Act("SkypeAddBuddy", {"User: james_bond", "Buddy: basil", "AuthMsg: It's me, James"});
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("ask james_bond add basil (It's me, James)"));
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_DONE);
  EXPECT_THAT(bench.answers, ElementsAre("response Response=Success Message=Buddy added"));
  bench.Act("SkypeAddBuddy", {"User: james_bond", "Buddy: nobody"});
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_THAT(bench.answers, ElementsAre(Error("Unknown user: nobody")));
  bench.Act("SkypeAddBuddy", {"User: james_bond", "Buddy: two words"});
  EXPECT_THAT(bench.answers, ElementsAre(Error("Buddy is not a Skype name: two words")));
  bench.Act("SkypeAddBuddy", {"User: james_bond", "Buddy: a", "AuthMsg: " + std::string(501, 'x')});
  EXPECT_THAT(bench.answers, ElementsAre(HasSubstr("AuthMsg is at most 500")));
  bench.engine.TakeCommands();
  bench.Act("SkypeRemoveBuddy", {"User: james_bond", "Buddy: basil"});
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask james_bond remove basil"));
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_UNKNOWN_BUDDY);
  EXPECT_THAT(bench.answers, ElementsAre(Error("Unknown buddy: basil")));
}

TEST_F(ManagerTest, Chat) {
  bench.Act("SkypeChatSend", {"User: james_bond", "Skypename: austin", "Message: Groovy, baby"});
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask james_bond chat austin Groovy, baby"));
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_BLOCKED);
  EXPECT_THAT(bench.answers, ElementsAre(Error("blocked by the other user")));
  bench.Act("SkypeChatSend", {"User: james_bond", "Skypename: austin", "Message: \xFF"});
  EXPECT_THAT(bench.answers, ElementsAre(HasSubstr("UTF-8")));
}

TEST_F(ManagerTest, Licences) {
  bench.Act("SkypeLicenseStatus", {});
  EXPECT_THAT(
      bench.answers,
      ElementsAre("response Response=Success Message=Skype license status CallsLicensed=3"));
  bench.Act("SkypeLicenseList", {});
  EXPECT_THAT(bench.answers,
              ElementsAre(HasSubstr("EventList=start"),
                          "SkypeLicenseListComplete EventList=Complete ListItems=0"));
  bench.engine.found = TwoLicences();
  bench.engine.ReadLicenses();
  bench.Act("SkypeLicenseList", {});
  EXPECT_THAT(bench.answers,
              ElementsAre(HasSubstr("EventList=start"),
                          "SkypeLicense File=S4A-00000001.lic Key=S4A-00000001 Expires=2999-12-31 "
                          "HostID=59:af Channels=5 Status=OK",
                          "SkypeLicense File=S4A-00000002.lic Key= Expires= HostID= Channels=0 "
                          "Status=Truncated",
                          "SkypeLicenseListComplete EventList=Complete ListItems=2"));
}

TEST_F(ManagerTest, MistakesAreNamed) {
  for (const char* action : {"SkypeAccountProperty", "SkypeAddBuddy", "SkypeRemoveBuddy",
                             "SkypeBuddies", "SkypeBuddy", "SkypeChatSend"}) {
    bench.Act(action, {});
    EXPECT_THAT(bench.answers, ElementsAre(Error("Missing header: User"))) << action;
    bench.Act(action, {"User: gold\r\nfinger", "Buddy: x", "variable: city=x"});
    EXPECT_THAT(bench.answers, ElementsAre(Error("Unknown user: goldfinger"))) << action;
  }
  for (const char* action : {"SkypeAddBuddy", "SkypeRemoveBuddy", "SkypeBuddy"}) {
    bench.Act(action, {"User: james_bond"});
    EXPECT_THAT(bench.answers, ElementsAre(Error("Missing header: Buddy"))) << action;
  }
  bench.Act("SkypeBuddy", {"User: james_bond", "Buddy: stranger"});
  EXPECT_THAT(bench.answers, ElementsAre(Error("Unknown buddy: stranger")));
  bench.Act("SkypeChatSend", {"User: james_bond"});
  EXPECT_THAT(bench.answers, ElementsAre(Error("Missing header: Skypename")));
  bench.Act("SkypeChatSend", {"User: james_bond", "Skypename: austin"});
  EXPECT_THAT(bench.answers, ElementsAre(Error("Missing header: Message")));
  bench.Act("SkypeDance", {});
  EXPECT_THAT(bench.answers, ElementsAre(Error("Unknown action: SkypeDance")));
  bench.engine.Account("m", control::ACCOUNT_LOGGED_OUT);
  bench.Act("SkypeBuddies", {"User: m"});
  EXPECT_THAT(bench.answers, ElementsAre(Error("User m is not logged in")));
}

TEST_F(ManagerTest, AListThatIsNotKnownYetIsWaitedFor) {
  bench.engine.Account("m", control::ACCOUNT_LOGGED_OUT);
  bench.engine.Account("m", control::ACCOUNT_LOGGED_IN);
  bench.Act("SkypeBuddies", {"User: m"});
  EXPECT_THAT(bench.answers, IsEmpty());
  bench.engine.AnswerFetches();
  EXPECT_EQ(bench.answers.size(), 4u);
  bench.engine.Account("m", control::ACCOUNT_LOGGED_OUT);
  bench.engine.Account("m", control::ACCOUNT_LOGGED_IN);
  bench.Act("SkypeBuddies", {"User: m"});
  bench.engine.Account("m", control::ACCOUNT_LOGGED_OUT);
  EXPECT_THAT(bench.answers, ElementsAre(HasSubstr("Response=Error")));
}

TEST(ManagerReplyTest, IsGivenOnceEvenByWhoLetsGoOfIt) {
  std::vector<std::string> responses;
  const pbx_manager_answer keep = [](void* context, const pbx_manager_message* messages, size_t) {
    static_cast<std::vector<std::string>*>(context)->emplace_back(messages[0].headers[1].value);
  };
  { ManagerReply forgotten(keep, &responses); }
  EXPECT_THAT(responses, ElementsAre("Skype for Asterisk is being unloaded"));
  responses.clear();
  {
    ManagerReply reply(keep, &responses);
    reply.Success("done");
    reply.Error("late");
  }
  EXPECT_THAT(responses, ElementsAre("done"));
}

TEST_F(ManagerTest, WhatTheNetworkLeavesOpenIsAnsweredWhenItGoes) {
  bench.Act("SkypeAddBuddy", {"User: james_bond", "Buddy: basil"});
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT);
  EXPECT_THAT(bench.answers, ElementsAre(Error("the account is not logged in any more")));
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  bench.Act("SkypeAddBuddy", {"User: james_bond", "Buddy: basil"});
  const auto nothing = [](void*) {};
  EXPECT_EQ(bench.driver.unload(bench.core, nothing, nullptr), 0);
  bench.runtime.RunPosted();
  bench.core = nullptr;
  EXPECT_EQ(bench.answers.size(), 1u);
  EXPECT_THAT(bench.answers, Not(IsEmpty()));
}

}  // namespace
}  // namespace sfa::skype
