#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/driver_bench.h"

namespace sfa::skype {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kTwoUsers =
    "[general]\nbind_port=33033\nbootstrap_node=192.0.2.1:33033\n"
    "[james_bond]\nsecret=shaken\n[m]\nsecret=mother\n";
constexpr const char* kIn = "event SkypeAccountStatus Username=james_bond Status=Logged In";
constexpr const char* kOut = "event SkypeAccountStatus Username=james_bond Status=Logged Out";

TEST(Accounts, MissingConfigurationDeclines) {
  const DriverBench bench(std::nullopt);
  EXPECT_EQ(bench.loaded, SKYPE_LOAD_DECLINE);
  EXPECT_EQ(bench.core, nullptr);
  EXPECT_EQ(bench.engine.starts, 0);
  EXPECT_THAT(bench.log, ElementsAre(HasSubstr("chan_skype.conf is missing")));
}

TEST(Accounts, ConfiguresThenLogsInInTheOrderOfTheFile) {
  DriverBench bench(kTwoUsers);
  EXPECT_EQ(bench.loaded, SKYPE_LOAD_OK);
  EXPECT_EQ(bench.engine.engine_directory, "/tmp");
  bench.engine.Ready();
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("configure", "login james_bond", "login m"));
  EXPECT_EQ(bench.engine.configured.version(), res::kControlProtocolVersion);
  EXPECT_EQ(bench.engine.configured.bind_port(), 33033u);
  EXPECT_EQ(bench.engine.configured.rtp_address(), 0x7F000001u);
  EXPECT_EQ(bench.engine.configured.data_directory(), "/var/spool/asterisk/skype");
  ASSERT_EQ(bench.engine.configured.bootstrap_nodes_size(), 1);
  EXPECT_EQ(bench.engine.secrets["james_bond"], "shaken");
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
}

TEST(Accounts, OneEventPerTransition) {
  DriverBench bench(kTwoUsers);
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_CONNECTING_TO_P2P);
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT, "incorrect password");
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  EXPECT_THAT(bench.log, Contains(AllOf(HasSubstr("james_bond"), HasSubstr("incorrect password"))));
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre(kIn));
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGING_OUT);
  EXPECT_THAT(bench.TakeSeen(), IsEmpty());
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT);
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_OUT_PASSWORD_SAVED);
  EXPECT_THAT(bench.TakeSeen(), ElementsAre(kOut));
}

TEST(Accounts, ADeadEngineLogsOutAndIsStartedAgain) {
  DriverBench bench(kTwoUsers);
  bench.engine.Ready();
  bench.engine.Account("james_bond", control::ACCOUNT_LOGGED_IN);
  bench.TakeSeen();
  bench.engine.Die("killed by signal 11");
  EXPECT_THAT(bench.TakeSeen(), ElementsAre(kOut));
  EXPECT_THAT(bench.log, Contains(HasSubstr("killed by signal 11")));
  EXPECT_EQ(bench.engine.starts, 1);
  bench.runtime.Advance(seconds(2));
  EXPECT_EQ(bench.engine.starts, 2);
  bench.engine.TakeCommands();
  bench.engine.Ready();
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("configure", "login james_bond", "login m"));
  // Longer and longer pauses as long as nobody gets logged in.
  bench.engine.Die("again");
  bench.runtime.Advance(seconds(3));
  EXPECT_EQ(bench.engine.starts, 2);
  bench.runtime.Advance(seconds(1));
  EXPECT_EQ(bench.engine.starts, 3);
}

TEST(Accounts, AnEngineThatDoesNotStartWaitsForTheAdministrator) {
  DriverBench bench(kTwoUsers);
  bench.engine.Die("noexec");
  bench.runtime.Advance(seconds(1000));
  EXPECT_EQ(bench.engine.starts, 1);
  EXPECT_EQ(bench.driver.reload(bench.core), 0);
  bench.runtime.RunPosted();
  EXPECT_EQ(bench.engine.starts, 2);
}

TEST(Accounts, ReloadLogsInAndOffOnlyWhatChanged) {
  DriverBench bench(kTwoUsers);
  bench.LogIn();
  bench.configuration =
      "[general]\nbind_port=33033\nbootstrap_node=192.0.2.1:33033\nrtp_address=127.0.0.9\n"
      "[james_bond]\nsecret=stirred\n[q]\nsecret=gadget\n[M]\nsecret=mother\ncontext=office\n";
  EXPECT_EQ(bench.driver.reload(bench.core), 0);
  bench.runtime.RunPosted();
  EXPECT_THAT(bench.engine.TakeCommands(),
              ElementsAre("logout james_bond", "login james_bond", "login q"));
  EXPECT_EQ(bench.engine.secrets["james_bond"], "stirred");
  EXPECT_THAT(bench.TakeSeen(), ElementsAre(kOut));
  EXPECT_THAT(bench.Console({"skype", "show", "settings"}), Contains("  rtp_address: 127.0.0.1"));
  EXPECT_THAT(
      bench.Console({"skype", "show", "users"}),
      ElementsAre("Skype Users", "james_bond: Logged Out", "q: Logged Out", "M: Logged In"));
}

TEST(Accounts, ReloadOfTheBindAddressStartsTheEngineAnew) {
  DriverBench bench(kTwoUsers);
  bench.LogIn();
  bench.configuration = "[general]\nbind_port=44044\n[james_bond]\nsecret=shaken\n";
  EXPECT_EQ(bench.driver.reload(bench.core), 0);
  bench.runtime.RunPosted();
  EXPECT_EQ(bench.engine.starts, 2);
  EXPECT_THAT(bench.TakeSeen(), Contains(kOut));
  bench.engine.TakeCommands();
  bench.engine.Ready();
  EXPECT_EQ(bench.engine.configured.bind_port(), 44044u);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("configure", "login james_bond"));
}

TEST(Accounts, ReloadIsRefusedWhileACallExists) {
  DriverBench bench(kTwoUsers);
  bench.LogIn();
  bench.engine.Incoming(2, "james_bond");
  bench.configuration = "[q]\nsecret=gadget\n";
  EXPECT_EQ(bench.driver.reload(bench.core), -1);
  EXPECT_THAT(bench.log, Contains(HasSubstr("not reloaded: Skype calls exist (1)")));
  EXPECT_THAT(bench.Console({"skype", "show", "users"}), Not(Contains(HasSubstr("q:"))));
}

TEST(Accounts, ABrokenFileAtReloadKeepsWhatWas) {
  DriverBench bench(kTwoUsers);
  bench.LogIn();
  bench.configuration.reset();
  EXPECT_EQ(bench.driver.reload(bench.core), -1);
  EXPECT_THAT(bench.Console({"skype", "show", "users"}), Contains("james_bond: Logged In"));
}

TEST(Accounts, UnloadLogsOutStopsTheEngineAndRefusesWhileACallExists) {
  DriverBench bench(kTwoUsers);
  bench.LogIn();
  bench.engine.Incoming(2, "james_bond");
  int gone = 0;
  const auto count = [](void* context) { ++*static_cast<int*>(context); };
  EXPECT_EQ(bench.driver.unload(bench.core, count, &gone), -1);
  bench.HangUp(bench.channels.begin()->first);
  bench.engine.TakeCommands();
  bench.TakeSeen();
  EXPECT_EQ(bench.driver.unload(bench.core, count, &gone), 0);
  bench.runtime.RunPosted();
  EXPECT_EQ(gone, 1);
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("stop"));
  EXPECT_THAT(bench.TakeSeen(), Contains(kOut));
  bench.core = nullptr;
}

TEST(Console, TellsHowManyLicensedChannelsAreInUse) {
  DriverBench bench(kTwoUsers, 3);
  bench.LogIn();
  const std::vector<std::string> show = {"skype", "show", "licenses"};
  EXPECT_THAT(bench.Console(show), ElementsAre("0/3 of 3 licensed channels are currently in use"));
  const skype_call_id call = bench.Dial("james_bond@austin_powers");
  bench.engine.Incoming(2, "m");
  EXPECT_THAT(bench.Console(show), ElementsAre("2/3 of 3 licensed channels are currently in use"));
  bench.HangUp(call);
  EXPECT_THAT(bench.Console(show), ElementsAre("1/3 of 3 licensed channels are currently in use"));
}

TEST(Console, KnowsItsCommandsAndNoSecret) {
  DriverBench bench(kTwoUsers);
  bench.LogIn();
  EXPECT_THAT(bench.Console({"skype", "show", "version"}),
              ElementsAre(HasSubstr("1.0.11"), HasSubstr("chan_skype"),
                          "res_skypeforasterisk: test", "skypeforasterisk engine: test engine"));
  EXPECT_THAT(bench.Console({"skype", "show", "user", "James_Bond"}),
              AllOf(Contains("  exten: james_bond"), Not(Contains(HasSubstr("shaken")))));
  EXPECT_THAT(bench.Console({"skype", "show", "user", "nobody"}), ElementsAre(HasSubstr("nobody")));
  EXPECT_THAT(bench.Console({"skype", "show"}), ElementsAre("not a command"));
  bench.Console({"skype", "logoff", "user", "m"});
  bench.Console({"skype", "login", "user", "m"});
  bench.runtime.RunPosted();
  EXPECT_THAT(bench.engine.TakeCommands(), ElementsAre("logout m", "login m"));
  for (const std::string& line : bench.log) EXPECT_THAT(line, Not(HasSubstr("shaken")));
}

TEST(Accounts, DebuggingIsInThePbxsLogOnOneLine) {
  DriverBench bench(kTwoUsers);
  bench.engine.Ready();
  control::Event event;
  event.mutable_debug_line()->set_account("james_bond");
  event.mutable_debug_line()->set_text("calls austin\r\nNOTICE: made up");
  bench.engine.Say(event);
  EXPECT_THAT(bench.log, Contains("Skype debug [james_bond] calls austinNOTICE: made up"));
  event.mutable_debug_line()->set_voice(true);
  bench.engine.Say(event);
  EXPECT_THAT(bench.log, Contains(HasSubstr("Skype voice engine [james_bond]")));
}

}  // namespace
}  // namespace sfa::skype
