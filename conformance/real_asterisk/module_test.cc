// What the modules are to a real Asterisk: documented as its own are, answering wherever it asks
// them, gone without a trace when they are unloaded, and not to be unloaded while they are needed.
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include "chan_skype/pbx_port.h"
#include "conformance/host/children.h"
#include "conformance/real_asterisk/laboratory.h"

namespace sfa::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kRounds = 20;
// Asterisk's extension states.
constexpr char kIdle[] = "0", kUnavailable[] = "4";
constexpr int kFirstMeasured = 3;  // what is allocated once has been allocated by then

AsteriskSpec Asterisk() {
  AsteriskSpec asterisk;
  asterisk.site = "office";
  asterisk.licensed_channels = 4;
  asterisk.files = {
      // As it is unless an administrator says otherwise.
      {"rtp.conf", "[general]\nicesupport = yes\n"},
      {"chan_skype.conf",
       "[general]\ndefault_user=james_bond\n"
       "[james_bond]\nsecret=shaken\ncontext=demo\nexten=007\nsetvar=FOO=bar=x\n"
       "setvar=CHANNEL(language)=de\naccountcode=mi6\n"},
      {"extensions.conf",
       "[demo]\n"
       "exten => 007,1,UserEvent(Incoming,Foo: ${FOO},Language: ${CHANNEL(language)},"
       "Number: ${CALLERID(num)},Pres: ${CALLERID(num-pres)},Dialed: ${CALLERID(dnid)},"
       "Account: ${CHANNEL(accountcode)})\n"
       "exten => 007,n,Answer()\n"
       "exten => 007,n,Wait(60)\n"
       "exten => properties,1,Set(SKYPE_CALL_PROPERTY(topic)=Secret Plans)\n"
       "exten => properties,n,UserEvent(Properties,Topic: ${SKYPE_CALL_PROPERTY(topic)},"
       "Unknown: -${SKYPE_CALL_PROPERTY(nonsense)}-)\n"
       "exten => properties,n,Wait(60)\n"
       "exten => out,1,Dial(Skype/austin_powers,,g)\n"
       "exten => out,n,UserEvent(Dialed,Status: ${DIALSTATUS},Connected: ${CONNECTEDLINE(num)})\n"
       "exten => out,n,Hangup()\n"
       "exten => wait,1,Wait(60)\n"
       "[hints]\n"
       "exten => 100,hint,Skype:james_bond@austin_powers\n"}};
  return asterisk;
}

std::vector<AccountSpec> Accounts() {
  AccountSpec james;
  james.name = "james_bond";
  james.kind = AccountKind::kBusiness;
  james.password = "shaken";
  AccountSpec austin;
  austin.name = "austin_powers";
  austin.password = "groovy";
  austin.site = "home";
  austin.answers_after = milliseconds(100);
  james.buddies = {"austin_powers"};
  austin.buddies = {"james_bond"};
  return {james, austin};
}

class Module : public testing::TestWithParam<const char*> {
 protected:
  Module() : laboratory_(GetParam(), SFA_SOURCE_ROOT, Asterisk(), Accounts()) {}

  void SetUp() override {
    if (!laboratory_.unsupported().empty()) GTEST_SKIP() << laboratory_.unsupported();
    ASSERT_EQ(laboratory_.problem(), "");
    ASSERT_TRUE(LoggedIn()) << laboratory_.Story();
  }

  bool LoggedIn() {
    logins_ += 1;
    return laboratory_.WaitFor({{"Event", "SkypeAccountStatus"}, {"Status", "Logged In"}}, logins_,
                               seconds(30));
  }

  void LoadAgain() {
    laboratory_.Console("module load chan_skype.so");
    ASSERT_TRUE(LoggedIn()) << laboratory_.Story();
  }
  std::string Unload() { return laboratory_.Console("module unload chan_skype.so"); }
  bool Refused(const std::string& answer) {
    return answer.find("Unable to unload") != std::string::npos &&
           laboratory_.IsMapped("chan_skype.so");
  }
  bool Unloaded(const std::string& answer) {
    return answer.find("Unloaded chan_skype.so") != std::string::npos &&
           !laboratory_.IsMapped("chan_skype.so");
  }

  void Call() {
    Step call;
    call.verb = "call";
    call.argument = "james_bond";
    ASSERT_EQ(laboratory_.person("austin_powers").Do(call), "");
  }

  void Originate(const std::string& exten) {
    laboratory_.Action({{"Action", "Originate"},
                        {"Channel", "Local/" + exten + "@demo"},
                        {"Application", "Wait"},
                        {"Data", "60"},
                        {"Async", "true"}});
  }

  // For what Asterisk has to be asked: it can be asked only while nobody waits.
  template <typename Ask>
  bool Becomes(Ask ask, Duration at_most) {
    constexpr milliseconds kPause(100);
    for (Duration waited{}; waited < at_most; waited += kPause) {
      if (ask()) return true;
      laboratory_.RunUntil([] { return false; }, kPause);
    }
    return ask();
  }

  void HangUpEverything() {
    laboratory_.Console("channel request hangup all");
    ASSERT_TRUE(Becomes(
        [&] {
          return laboratory_.Console("core show channels").find("0 active channels") !=
                 std::string::npos;
        },
        seconds(10)));
  }

  // Where Asterisk has it from, as this machine's tools find it.
  std::string FileOf(const std::string& module) {
    const auto maps = ReadFile("/proc/" + std::to_string(laboratory_.pid()) + "/maps");
    std::istringstream lines(maps.ok() ? *maps : "");
    for (std::string line; std::getline(lines, line);) {
      if (!line.ends_with('/' + module)) continue;
      return laboratory_.asterisk().root() + line.substr(line.find("/usr/lib/"));
    }
    return "";
  }

  // The function's value without a channel.
  std::string Value(const std::string& function) {
    return laboratory_.Action({{"Action", "Getvar"}, {"Variable", function}}).Get("Value");
  }

  std::string HintState() {
    return laboratory_
        .Action({{"Action", "ExtensionState"}, {"Context", "hints"}, {"Exten", "100"}})
        .Get("Status");
  }

  // Threads or open files of the Asterisk.
  size_t Count(const std::string& what) {
    const auto entries =
        ListFiles("/proc/" + std::to_string(laboratory_.asterisk().pid()) + "/" + what, "");
    return entries.ok() ? entries->size() : 0;
  }

  // Parts of the tests below, in one Asterisk, which takes its time to start.
  void ExpectDocumentation();
  void ExpectCompletion();
  void ExpectAnswersWithoutACall();
  void ExpectToStayForAChannelsProperties();
  void ExpectToStayForACall();
  void ExpectConnectedLine();
  void ExpectHintsToFollow();

  Laboratory laboratory_;
  size_t logins_ = 0;
};

// Whether Asterisk's console knows what a thing is for.
bool Documented(const std::string& answer) {
  const size_t synopsis = answer.find("[Synopsis]");
  return synopsis != std::string::npos &&
         answer.substr(synopsis, 40).find("Not available") == std::string::npos;
}

void Module::ExpectDocumentation() {
  const skype_driver& driver = *skype_reference_driver();
  for (const char* const* name = driver.functions(); *name != nullptr; ++name) {
    const std::string answer = laboratory_.Console(std::string("core show function ") + *name);
    EXPECT_TRUE(Documented(answer)) << answer;
  }
  for (const char* const* name = driver.manager_actions(); *name != nullptr; ++name) {
    const std::string answer = laboratory_.Console(std::string("manager show command ") + *name);
    EXPECT_TRUE(Documented(answer)) << answer;
    EXPECT_NE(answer.find("system,all"), std::string::npos) << answer;
  }
  for (const char* event : {"SkypeAccountStatus", "SkypeBuddyStatus", "SkypeChatMessage"}) {
    const std::string answer = laboratory_.Console(std::string("manager show event ") + event);
    EXPECT_TRUE(Documented(answer)) << answer;
  }
  size_t count = 0;
  const skype_console_command* commands = driver.console_commands(&count);
  const std::string help = laboratory_.Console("core show help skype");
  for (size_t i = 0; i < count; ++i) {
    EXPECT_NE(help.find(commands[i].words), std::string::npos) << help;
    EXPECT_EQ(laboratory_.Console(std::string("core show help ") + commands[i].words)
                  .rfind("Usage: skype ", 0),
              0U);
  }
}

void Module::ExpectCompletion() {
  // As the remote console asks for it.
  const std::string users = laboratory_.Console(R"(_command matchesarray "skype show user j" "j")");
  EXPECT_NE(users.find("james_bond"), std::string::npos) << users;
  EXPECT_NE(laboratory_.Console("skype show user").find("Usage: skype show user"),
            std::string::npos);
}

void Module::ExpectAnswersWithoutACall() {
  EXPECT_EQ(laboratory_
                .Action({{"Action", "SkypeAccountProperty"},
                         {"User", "james_bond"},
                         {"variable", "fullname=Bond, James"},
                         {"variable", "city=London"}})
                .Get("Message"),
            "Properties set");
  EXPECT_EQ(Value("SKYPE_ACCOUNT_PROPERTY(james_bond,fullname)"), "Bond, James");
  EXPECT_EQ(Value("SKYPE_ACCOUNT_PROPERTY(james_bond,city)"), "London");
  EXPECT_EQ(Value("SKYPE_ACCOUNT_PROPERTY(nobody,city)"), "");
  EXPECT_EQ(
      laboratory_.Action({{"Action", "skypebuddies"}, {"user", "james_bond"}}).Get("EventList"),
      "start");
  EXPECT_EQ(laboratory_.Action({{"Action", "SkypeBuddies"}, {"User", "nobody"}}).Get("Response"),
            "Error");
  EXPECT_EQ(laboratory_.Action({{"Action", "SkypeLicenseStatus"}}).Get("CallsLicensed"), "4");
  EXPECT_TRUE(Unloaded(Unload()));
}

void Module::ExpectToStayForAChannelsProperties() {
  Originate("properties");
  ASSERT_TRUE(laboratory_.WaitFor(
      {{"UserEvent", "Properties"}, {"Topic", "Secret Plans"}, {"Unknown", "--"}}, 1, seconds(5)))
      << laboratory_.Story();
  EXPECT_TRUE(Refused(Unload()));
  EXPECT_TRUE(Refused(laboratory_.Console("module unload -f chan_skype.so")));
  HangUpEverything();
  EXPECT_TRUE(Unloaded(Unload()));
  LoadAgain();
}

void Module::ExpectToStayForACall() {
  Call();
  ASSERT_TRUE(laboratory_.WaitFor({{"UserEvent", "Incoming"},
                                   {"Foo", "bar=x"},
                                   {"Language", "de"},
                                   {"Number", "austin_powers"},
                                   {"Pres", "allowed_passed_screen"},
                                   {"Dialed", "007"},
                                   {"Account", "mi6"}},
                                  1, seconds(20)))
      << laboratory_.Story();
  EXPECT_TRUE(Refused(Unload()));
  EXPECT_TRUE(Refused(laboratory_.Console("module unload -f chan_skype.so")));
  HangUpEverything();
  ASSERT_TRUE(laboratory_.RunUntil([&] { return !laboratory_.person("austin_powers").in_call(); },
                                   seconds(10)));
  EXPECT_TRUE(Unloaded(Unload()));
  LoadAgain();
}

void Module::ExpectConnectedLine() {
  Originate("out");
  ASSERT_TRUE(laboratory_.WaitFor({{"Event", "BridgeEnter"}}, 2, seconds(20)))
      << laboratory_.Story();
  Step hangup;
  hangup.verb = "hangup";
  ASSERT_EQ(laboratory_.person("austin_powers").Do(hangup), "");
  EXPECT_TRUE(laboratory_.WaitFor(
      {{"UserEvent", "Dialed"}, {"Status", "ANSWER"}, {"Connected", "austin_powers"}}, 1,
      seconds(10)))
      << laboratory_.Story();
}

void Module::ExpectHintsToFollow() {
  const std::string buddy = "Skype:james_bond@austin_powers";
  EXPECT_TRUE(Unloaded(Unload()));
  EXPECT_TRUE(Becomes([&] { return HintState() == kUnavailable; }, seconds(5))) << HintState();
  LoadAgain();
  EXPECT_TRUE(Becomes(
      [&] {
        return HintState() == kIdle && Value("DEVICE_STATE(" + buddy + ")") == "NOT_INUSE" &&
               Value("PRESENCE_STATE(" + buddy + ",value)") == "available";
      },
      seconds(10)))
      << HintState() << laboratory_.Story();
  Step logout;
  logout.verb = "logout";
  ASSERT_EQ(laboratory_.person("austin_powers").Do(logout), "");
  EXPECT_TRUE(laboratory_.WaitFor(
      {{"Event", "ExtensionStatus"}, {"Exten", "100"}, {"Status", kUnavailable}}, 2, seconds(10)))
      << laboratory_.Story();
}

TEST_P(Module, AnswersAsACoreModuleDoes) {
  ExpectDocumentation();
  ExpectCompletion();
  ExpectAnswersWithoutACall();
}

TEST_P(Module, StaysWhileItIsNeeded) {
  ASSERT_NO_FATAL_FAILURE(ExpectToStayForAChannelsProperties());
  ASSERT_NO_FATAL_FAILURE(ExpectToStayForACall());
  ASSERT_NO_FATAL_FAILURE(ExpectConnectedLine());
  ExpectHintsToFollow();
}

TEST_P(Module, TakesNoCallsWhileAsteriskStops) {
  Originate("wait");
  laboratory_.Console("core stop gracefully");
  Call();
  ASSERT_TRUE(laboratory_.RunUntil(
      [&] {
        return laboratory_.Story().find("refused: Asterisk is being stopped") != std::string::npos;
      },
      seconds(10)))
      << laboratory_.Story();
  laboratory_.Console("core abort shutdown");
  ASSERT_TRUE(laboratory_.RunUntil([&] { return !laboratory_.person("austin_powers").in_call(); },
                                   seconds(10)));
  EXPECT_EQ(laboratory_.Count({{"UserEvent", "Incoming"}}), 0U);
}

// A library outlives the module: what it is given to keep grows with every load
// (reference_impl/protocol/shutdown_list.cc).
TEST_P(Module, LeavesNothingOnTheLibrarysList) {
  for (const char* module : {"chan_skype.so", "res_skypeforasterisk.so"}) {
    const ChildResult needs = RunChild({"/usr/bin/nm", "--dynamic", "-u", FileOf(module)});
    ASSERT_EQ(needs.exit_code, 0);
    EXPECT_NE(needs.output.find("protobuf"), std::string::npos) << module;
    EXPECT_EQ(needs.output.find("OnShutdownRun"), std::string::npos) << module;
  }
}

TEST_P(Module, TwentyRoundsLeaveNoThreadAndNoDescriptor) {
  size_t threads = 0, descriptors = 0;
  for (int round = 1; round <= kRounds && !HasFailure(); ++round) {
    ASSERT_TRUE(Unloaded(Unload())) << "round " << round;
    const size_t threads_now = Count("task"), descriptors_now = Count("fd");
    if (round == kFirstMeasured) {
      threads = threads_now;
      descriptors = descriptors_now;
    }
    if (round == kRounds) {
      EXPECT_LE(threads_now, threads);
      EXPECT_LE(descriptors_now, descriptors);
    }
    laboratory_.Console("module load chan_skype.so");
  }
}

INSTANTIATE_TEST_SUITE_P(RealAsterisk, Module, testing::Values("22", "16"),
                         [](const auto& info) { return std::string("Asterisk") + info.param; });

}  // namespace
}  // namespace sfa::conformance
