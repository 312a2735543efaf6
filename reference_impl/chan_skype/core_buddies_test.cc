// Buddies, presence, and requests to be on a list, as PBX and engine see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/driver_bench.h"

namespace sfa::skype {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kBond = "[james_bond]\nsecret=shaken\n";

std::string Bond(const std::string& options) { return kBond + options; }

void Add(wire::BuddyList& list, const std::string& name, wire::BuddyStatus status) {
  wire::Buddy& buddy = *list.add_buddies();
  buddy.set_name(name);
  buddy.set_status(status);
}

TEST(CoreBuddies, ALoginFetchesAccountAndBuddiesAndTellsTheirStatuses) {
  DriverBench bench(kBond);
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("configure", "login james_bond", "ask james_bond account",
                          "ask james_bond buddies presence after ''"));
  bench.TakeSeen();
  Add(bench.engine.buddies, "austin", wire::BUDDY_ONLINE);
  Add(bench.engine.buddies, "echo123", wire::BUDDY_UNKNOWN);
  bench.engine.AnswerFetches();
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("event SkypeBuddyStatus Buddy=Skype/james_bond@austin BuddyStatus=Online",
                          "device james_bond@austin 2", "presence james_bond@austin 3 Online"));
}

TEST(CoreBuddies, AListComesInPages) {
  DriverBench bench(kBond);
  bench.LogIn();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT);
  bench.engine.TakeCommands();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  Add(bench.engine.buddies, "austin", wire::BUDDY_AWAY);
  bench.engine.buddies.set_more(true);
  bench.engine.AnswerFetches();
  EXPECT_THAT(bench.engine.TakeCommands(),
              Contains("ask james_bond buddies presence after 'austin'"));
  bench.engine.buddies.Clear();
  Add(bench.engine.buddies, "basil", wire::BUDDY_DO_NOT_DISTURB);
  bench.engine.AnswerFetches();
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  EXPECT_THAT(
      bench.Console({"skype", "show", "buddies", "james_bond"}),
      ElementsAre("Skype Buddies of james_bond (2)", "austin: Away", "basil: Do Not Disturb"));
}

TEST(CoreBuddies, PagesThatDoNotAdvanceEnd) {
  DriverBench bench(kBond);
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  Add(bench.engine.buddies, "austin", wire::BUDDY_AWAY);
  bench.engine.buddies.set_more(true);
  for (int i = 0; i < 5; ++i) bench.engine.AnswerFetches();
  EXPECT_FALSE(bench.engine.HasQuestion());
}

TEST(CoreBuddies, WhatCouldNotBeFetchedIsFetchedAgain) {
  DriverBench bench(kBond);
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  while (bench.engine.HasQuestion()) {
    bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_UNREACHABLE);
  }
  bench.engine.TakeCommands();
  bench.runtime.Advance(std::chrono::seconds(30));
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("ask james_bond account", "ask james_bond buddies presence after ''"));
  bench.engine.AnswerFetches();
  bench.runtime.Advance(std::chrono::seconds(60));
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
}

TEST(CoreBuddies, EachStatusHasItsStates) {
  DriverBench bench(kBond);
  bench.LogIn();
  struct Case {
    wire::BuddyStatus status;
    const char* name;
    pbx_device_state device;
    pbx_presence_state presence;
  };
  const Case cases[] = {
      {wire::BUDDY_WAITING_FOR_AUTHORIZATION, "Waiting for Authorization", PBX_DEVICE_UNKNOWN,
       PBX_PRESENCE_NOT_SET},
      {wire::BUDDY_BLOCKED, "Blocked", PBX_DEVICE_UNAVAILABLE, PBX_PRESENCE_UNAVAILABLE},
      {wire::BUDDY_BLOCKED_SKYPEOUT, "Blocked Skypeout", PBX_DEVICE_UNAVAILABLE,
       PBX_PRESENCE_UNAVAILABLE},
      {wire::BUDDY_SKYPEOUT, "Skypeout", PBX_DEVICE_UNKNOWN, PBX_PRESENCE_NOT_SET},
      {wire::BUDDY_OFFLINE, "Offline", PBX_DEVICE_UNAVAILABLE, PBX_PRESENCE_UNAVAILABLE},
      {wire::BUDDY_ONLINE, "Online", PBX_DEVICE_NOT_INUSE, PBX_PRESENCE_AVAILABLE},
      {wire::BUDDY_AWAY, "Away", PBX_DEVICE_INUSE, PBX_PRESENCE_AWAY},
      {wire::BUDDY_NOT_AVAILABLE, "Not Available", PBX_DEVICE_INUSE, PBX_PRESENCE_XA},
      {wire::BUDDY_DO_NOT_DISTURB, "Do Not Disturb", PBX_DEVICE_BUSY, PBX_PRESENCE_DND},
      {wire::BUDDY_SKYPE_ME, "Skype Me", PBX_DEVICE_NOT_INUSE, PBX_PRESENCE_CHAT},
      {wire::BUDDY_OFFLINE_VOICEMAIL, "Offline (Voicemail Enabled)", PBX_DEVICE_UNAVAILABLE,
       PBX_PRESENCE_UNAVAILABLE},
      {wire::BUDDY_OFFLINE_FORWARDING, "Offline (Call Forwarding Enabled)", PBX_DEVICE_UNAVAILABLE,
       PBX_PRESENCE_UNAVAILABLE},
      {wire::BUDDY_UNKNOWN, "Unknown", PBX_DEVICE_UNKNOWN, PBX_PRESENCE_NOT_SET}};
  for (const Case& at : cases) {
    bench.engine.BuddyNews("james_bond", "austin", at.status, "Groovy");
    EXPECT_THAT(bench.TakeSeen(),
                Contains(std::string("event SkypeBuddyStatus Buddy=Skype/james_bond@austin "
                                     "BuddyStatus=") +
                         at.name));
    EXPECT_EQ(bench.driver.device_state(bench.core, "James_Bond@Austin"), at.device) << at.name;
    pbx_presence presence;
    bench.driver.presence_state(bench.core, "james_bond@austin", &presence);
    EXPECT_EQ(presence.state, at.presence) << at.name;
    EXPECT_STREQ(presence.subtype, at.name);
    EXPECT_STREQ(presence.message, "Groovy");
  }
}

TEST(CoreBuddies, SameStatusIsNoNewsButAMoodIsOneForPresence) {
  DriverBench bench(kBond);
  bench.LogIn();
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_AWAY);
  bench.TakeSeen();
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_AWAY);
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_NOT_AVAILABLE);
  EXPECT_THAT(bench.TakeSeen(), Not(Contains(HasSubstr("device"))));
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_NOT_AVAILABLE, "Out\r\nfor lunch");
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("presence james_bond@austin 5 Not Available Outfor lunch"));
}

TEST(CoreBuddies, LogoutMakesHintsUnknownAndForgets) {
  DriverBench bench(kBond);
  bench.LogIn();
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_ONLINE);
  bench.TakeSeen();
  bench.engine.Die("killed");
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("device james_bond@austin 1", "presence james_bond@austin 1 Unknown",
                          "event SkypeAccountStatus Username=james_bond Status=Logged Out"));
  EXPECT_EQ(bench.driver.device_state(bench.core, "james_bond@austin"), PBX_DEVICE_UNKNOWN);
  // Late news are nobody's.
  bench.runtime.Advance(std::chrono::seconds(2));
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_CONNECTING_TO_P2P);
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_ONLINE);
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
}

TEST(CoreBuddies, ARemovedBuddyIsUnknown) {
  DriverBench bench(kBond);
  bench.LogIn();
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_ONLINE);
  bench.TakeSeen();
  wire::ServiceNews news;
  news.set_buddy_removed("AUSTIN");
  bench.engine.News("james_bond", news);
  EXPECT_THAT(bench.TakeSeen(),
              ElementsAre("device james_bond@austin 1", "presence james_bond@austin 1 Unknown"));
}

TEST(CoreBuddies, WithoutPresenceThereIsAListAndNothingElse) {
  DriverBench bench(Bond("buddy_presence=no\n"));
  Add(bench.engine.buddies, "austin", wire::BUDDY_ONLINE);
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  bench.TakeSeen();
  EXPECT_THAT(bench.engine.TakeCommands(), Contains("ask james_bond buddies names after ''"));
  bench.engine.AnswerFetches();
  bench.engine.BuddyNews("james_bond", "austin", wire::BUDDY_AWAY, "Groovy");
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  EXPECT_EQ(bench.driver.device_state(bench.core, "james_bond@austin"), PBX_DEVICE_UNKNOWN);
  EXPECT_THAT(bench.Console({"skype", "show", "buddies", "james_bond"}),
              Contains("austin: Unknown"));
}

TEST(CoreBuddies, ReloadingBuddyPresenceFetchesAnew) {
  DriverBench bench(kBond);
  Add(bench.engine.buddies, "austin", wire::BUDDY_ONLINE);
  bench.LogIn();
  bench.configuration = Bond("buddy_presence=no\n");
  EXPECT_EQ(bench.driver.reload(bench.core), 0);
  bench.runtime.RunPosted();
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask james_bond buddies names after ''"));
  bench.engine.AnswerFetches();
  EXPECT_EQ(bench.driver.device_state(bench.core, "james_bond@austin"), PBX_DEVICE_UNKNOWN);
  EXPECT_THAT(bench.TakeSeen(), Not(Contains(HasSubstr("event"))));
}

TEST(CoreBuddies, AddressesThatNobodyCanWatch) {
  DriverBench bench(kBond);
  bench.LogIn();
  for (const char* address : {"austin", "", "@", "@austin", "james_bond@", "nobody@austin",
                              "james_bond@a@b", "james_bond@two words"}) {
    EXPECT_EQ(bench.driver.device_state(bench.core, address), PBX_DEVICE_INVALID) << address;
    pbx_presence presence;
    bench.driver.presence_state(bench.core, address, &presence);
    EXPECT_EQ(presence.state, PBX_PRESENCE_INVALID) << address;
  }
  EXPECT_EQ(bench.driver.device_state(bench.core, ("james_bond@" + std::string(300, 'x')).c_str()),
            PBX_DEVICE_INVALID);
  EXPECT_EQ(bench.driver.device_state(bench.core, "james_bond@stranger"), PBX_DEVICE_UNKNOWN);
}

TEST(Autoadd, HintsAreAddedOnceTheListIsKnown) {
  DriverBench bench(Bond("buddy_autoadd=hints\n"));
  bench.hints = {"james_bond@austin", "JAMES_BOND@basil", "other@x", "austin",
                 "james_bond@james_bond"};
  Add(bench.engine.buddies, "Basil", wire::BUDDY_ONLINE);
  // Asked before the login.
  EXPECT_EQ(bench.driver.device_state(bench.core, "james_bond@felicity"), PBX_DEVICE_UNKNOWN);
  bench.runtime.RunPosted();
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  bench.engine.TakeCommands();
  bench.engine.AnswerFetches();
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("ask james_bond add felicity ()", "ask james_bond add austin ()"));
  EXPECT_THAT(bench.log, Contains(HasSubstr("the hint Skype:austin shows nothing")));
  EXPECT_THAT(bench.log, Contains(HasSubstr("the hint Skype:other@x shows nothing")));
  // Asked again and again, added once.
  for (int i = 0; i < 3; ++i) bench.driver.device_state(bench.core, "james_bond@vanessa");
  bench.driver.device_state(bench.core, "james_bond@austin");
  bench.runtime.RunPosted();
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask james_bond add vanessa ()"));
}

TEST(Autoadd, WhoCannotBeAddedIsNamedAndNotAskedAgain) {
  DriverBench bench(Bond("buddy_autoadd=buddies, hints\n"));
  bench.LogIn();
  bench.driver.device_state(bench.core, "james_bond@nobody");
  bench.runtime.RunPosted();
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_UNKNOWN_USER);
  EXPECT_THAT(bench.log, Contains("user james_bond cannot add buddy nobody: there is no such Skype "
                                  "user"));
  bench.engine.TakeCommands();
  bench.driver.device_state(bench.core, "james_bond@nobody");
  bench.runtime.RunPosted();
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
}

TEST(Autoadd, WithoutItNobodyIsAdded) {
  for (const char* form : {"", "buddy_autoadd=no\n", "buddy_autoadd=buddies\n"}) {
    DriverBench bench(Bond(form));
    bench.hints = {"james_bond@austin"};
    bench.LogIn();
    bench.driver.device_state(bench.core, "james_bond@austin");
    bench.runtime.RunPosted();
    EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty()) << form;
  }
}

TEST(Autoadd, WhoseRequestIsAcceptedIsAdded) {
  for (const char* form : {"buddy_autoadd=buddies\n", "buddy_autoadd=hints,buddies\n"}) {
    DriverBench bench(Bond(form));
    bench.LogIn();
    bench.engine.AskedToAuthorise("james_bond", "austin", "");
    EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask james_bond accept austin"));
    bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_DONE);
    EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask james_bond add austin ()"));
  }
  DriverBench bench(Bond("buddy_autoadd=buddies\nauth_policy=deny\n"));
  bench.LogIn();
  bench.engine.AskedToAuthorise("james_bond", "austin", "");
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("ask james_bond deny austin"));
  bench.engine.Reply(bench.engine.LastQuestion(), wire::SERVICE_DONE);
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
}

TEST(AuthPolicy, TheFirstMatchAnswers) {
  struct Case {
    const char* policy;
    const char* text;
    const char* command;  // "" none
  };
  const Case cases[] = {
      {"", "", "ask james_bond accept austin"},
      {"auth_policy=accept\n", "anything", "ask james_bond accept austin"},
      {"auth_policy=deny\n", "", "ask james_bond deny austin"},
      {"auth_policy=block\n", "", "ask james_bond block austin"},
      {"auth_policy=ignore,accept\n", "", ""},
      {"auth_policy=accept.sesame,deny\n", "sesame", "ask james_bond accept austin"},
      {"auth_policy=accept. sesame,deny\n", " sesame ", "ask james_bond accept austin"},
      {"auth_policy=accept.sesame,deny\n", "Sesame", "ask james_bond deny austin"},
      {"auth_policy=accept.sesame,accept.open,block\n", "open", "ask james_bond accept austin"},
      {"auth_policy=accept.sesame\n", "", ""},  // reading 8
      {"auth_policy=accept.sesame\nauth_policy=block\n", "x", "ask james_bond block austin"},
      {"auth_policy=deny,accept.sesame\n", "sesame", "ask james_bond deny austin"}};
  for (const Case& at : cases) {
    DriverBench bench(Bond(at.policy));
    bench.LogIn();
    bench.engine.AskedToAuthorise("james_bond", "austin", at.text);
    const std::vector<std::string> commands = bench.engine.TakeCommands();
    EXPECT_EQ(commands.empty() ? "" : commands[0], at.command) << at.policy;
    EXPECT_THAT(bench.log, Each(Not(HasSubstr("sesame")))) << "it may be a password";
  }
}

TEST(Setvar, AccountPropertiesAreWrittenAfterEachLogin) {
  DriverBench bench(
      Bond("setvar=SKYPE_ACCOUNT_PROPERTY(fullname)=Bond, James\n"
           "setvar=SKYPE_ACCOUNT_PROPERTY(james_bond,availability)=skype me\n"));
  bench.engine.Ready();
  for (int login = 0; login < 2; ++login) {
    bench.engine.TakeCommands();
    bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
    EXPECT_THAT(bench.engine.TakeCommands(),
                Contains("ask james_bond set fullname=Bond, James availability=Skype Me"));
    EXPECT_EQ(bench.Read("SKYPE_ACCOUNT_PROPERTY", "james_bond,fullname"), "Bond, James");
    bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT);
    EXPECT_EQ(bench.Read("SKYPE_ACCOUNT_PROPERTY", "james_bond,fullname"), "");
  }
}

}  // namespace
}  // namespace sfa::skype
