// The thirteen console commands of manual 4.2.
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
using testing::StartsWith;

class ConsoleTest : public testing::Test {
 protected:
  ConsoleTest() { bench.LogIn(); }
  std::vector<std::string> Do(const std::vector<std::string>& words) {
    std::vector<std::string> lines = bench.Console(words);
    bench.runtime.RunPosted();
    return lines;
  }
  DriverBench bench{
      "[general]\ndefault_user=james_bond\n[james_bond]\nsecret=shaken\n"
      "auth_policy=accept.sesame,deny\nmessage_context=chat\nsetvar=COLOUR=blue\n"
      "[jaws]\nsecret=y\n"};
};

TEST_F(ConsoleTest, ThirteenCommandsWithUsage) {
  size_t count = 0;
  const skype_console_command* commands = bench.driver.console_commands(&count);
  EXPECT_EQ(count, 13u);
  for (size_t i = 0; i < count; ++i) {
    EXPECT_THAT(commands[i].words, StartsWith("skype "));
    EXPECT_THAT(commands[i].usage, StartsWith(std::string("Usage: ") + commands[i].words));
    EXPECT_STRNE(commands[i].summary, "");
  }
}

TEST_F(ConsoleTest, DebugGoesToTheEngineAndComesBackAfterItsDeath) {
  EXPECT_THAT(Do({"skype", "set", "debug", "on"}), ElementsAre("Skype debugging enabled"));
  EXPECT_THAT(Do({"skype", "show", "settings"}), Contains("  debug: yes"));
  EXPECT_THAT(Do({"skype", "set", "debug", "on", "user", "James_Bond"}),
              ElementsAre("Skype debugging enabled for user James_Bond"));
  Do({"skype", "set", "vedebug", "on", "jaws"});
  Do({"skype", "set", "vedebug", "off", "user", "jaws"});
  Do({"skype", "set", "vedebug", "on", "user", "jaws"});
  Do({"skype", "set", "debug", "off"});
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("debug on ", "debug on james_bond", "vedebug on jaws", "vedebug off jaws",
                          "vedebug on jaws", "debug off "));
  EXPECT_THAT(Do({"skype", "show", "user", "jaws"}), Contains("  vedebug: yes"));
  EXPECT_THAT(Do({"skype", "set", "debug", "on", "user", "nobody"}),
              ElementsAre(HasSubstr("No user nobody")));
  EXPECT_THAT(Do({"skype", "set", "vedebug", "on", "jams_bond"}),
              ElementsAre(HasSubstr("did you mean james_bond?")));
  EXPECT_THAT(bench.engine.TakeCommands(), IsEmpty());
  bench.engine.Die("killed");
  bench.runtime.Advance(std::chrono::seconds(2));
  bench.engine.Ready();
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("configure", "debug on james_bond", "vedebug on jaws", "login james_bond",
                          "login jaws"));
}

TEST_F(ConsoleTest, DebugSetByHandDoesNotMakeAReloadRestartTheEngine) {
  Do({"skype", "set", "debug", "on"});
  EXPECT_EQ(bench.driver.reload(bench.core), 0);
  bench.runtime.RunPosted();
  EXPECT_EQ(bench.engine.starts, 1);
}

TEST_F(ConsoleTest, AUserIsShownWithoutSecrets) {
  const std::vector<std::string> lines = Do({"skype", "show", "user", "JAMES_BOND"});
  EXPECT_THAT(lines, Contains("  auth_policy: accept.(set),deny"));
  EXPECT_THAT(lines, Contains("  message_context: chat"));
  EXPECT_THAT(lines, Contains("  setvar: COLOUR=blue"));
  EXPECT_THAT(lines, Each(Not(HasSubstr("sesame"))));
  EXPECT_THAT(lines, Each(Not(HasSubstr("shaken"))));
}

TEST_F(ConsoleTest, Buddies) {
  EXPECT_THAT(Do({"skype", "show", "buddies", "jaws"}), ElementsAre("Skype Buddies of jaws (0)"));
  bench.engine.BuddyNews("jaws", "dolly", wire::BUDDY_OFFLINE_FORWARDING);
  EXPECT_THAT(Do({"skype", "show", "buddies", "jaws"}),
              ElementsAre("Skype Buddies of jaws (1)", "dolly: Offline (Call Forwarding Enabled)"));
  EXPECT_THAT(Do({"skype", "show", "buddies", "nobody"}), ElementsAre(HasSubstr("No user nobody")));
  bench.engine.Account("jaws", control::ACCOUNT_LOGGED_OUT);
  EXPECT_THAT(Do({"skype", "show", "buddies", "jaws"}),
              ElementsAre("No buddies: user jaws is not logged in"));
}

TEST_F(ConsoleTest, WithoutADeviceThereIsNoHostId) {
  EXPECT_THAT(Do({"skype", "show", "hostid"}), ElementsAre(StartsWith("Host-ID: none")));
}

TEST_F(ConsoleTest, LicencesAndWhatTheyAreMadeFor) {
  bench.engine.found = TwoLicences();
  bench.engine.ReadLicenses();
  EXPECT_THAT(Do({"skype", "show", "hostid"}), ElementsAre("Host-ID: 59:af"));
  EXPECT_THAT(Do({"skype", "show", "licenses"}),
              ElementsAre("File: S4A-00000001.lic -- Key: S4A-00000001 -- Host-ID: 59:af -- "
                          "Channels: 5 (Expires: 2999-12-31) (OK)",
                          "File: S4A-00000002.lic (Truncated)",
                          "0/5 of 5 licensed channels are currently in use"));
}

TEST_F(ConsoleTest, AReloadReadsTheLicencesAnew) {
  bench.engine.found = TwoLicences();
  EXPECT_THAT(Do({"skype", "show", "licenses"}), testing::SizeIs(1));
  EXPECT_EQ(bench.driver.reload(bench.core), 0);
  bench.runtime.RunPosted();
  EXPECT_THAT(Do({"skype", "show", "licenses"}), testing::SizeIs(3));
}

TEST_F(ConsoleTest, Completion) {
  using V = std::vector<std::string>;
  EXPECT_EQ(bench.Complete({"skype"}, ""), (V{"login", "logoff", "set", "show"}));
  EXPECT_EQ(bench.Complete({"skype", "show"}, "u"), (V{"user", "users"}));
  EXPECT_EQ(bench.Complete({"skype", "show", "user"}, "JA"), (V{"james_bond", "jaws"}));
  EXPECT_EQ(bench.Complete({"skype", "set", "debug"}, ""), (V{"off", "on"}));
  EXPECT_EQ(bench.Complete({"skype", "set", "debug", "on"}, ""), (V{"user"}));
  EXPECT_EQ(bench.Complete({"skype", "set", "debug", "on", "user"}, "jam"), (V{"james_bond"}));
  EXPECT_EQ(bench.Complete({"skype", "set", "vedebug", "on"}, ""),
            (V{"james_bond", "jaws", "user"}));
  EXPECT_EQ(bench.Complete({"skype", "show", "users"}, ""), V{});
  EXPECT_EQ(bench.Complete({"sip", "show"}, ""), V{});
}

TEST_F(ConsoleTest, WhatIsNoCommand) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"skype"},
                                             {"skype", "set", "debug"},
                                             {"skype", "set", "debug", "on", "james_bond"},
                                             {"skype", "set", "debug", "on", "user"},
                                             {"skype", "show", "user"},
                                             {"skype", "show", "user", "a", "b"}}) {
    EXPECT_THAT(Do(words), ElementsAre("not a command"));
  }
}

}  // namespace
}  // namespace sfa::skype
