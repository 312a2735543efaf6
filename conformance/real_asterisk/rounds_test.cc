// Rounds of load, calls and unload in a real Asterisk: after each unload neither module is in its
// memory, no engine is left, and every licensed channel has come back.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "conformance/real_asterisk/laboratory.h"

namespace sfa::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kRounds = 5;
constexpr int kRoundsOfAFourthOfTheCalls = 5;  // four kinds of call, 20 calls a round
constexpr char kModules[][25] = {"chan_skype.so", "res_skypeforasterisk.so"};

AsteriskSpec Asterisk() {
  AsteriskSpec asterisk;
  asterisk.site = "office";
  asterisk.licensed_channels = 1;  // a channel that is not returned is missed at the next call
  asterisk.files = {{"chan_skype.conf",
                     "[general]\ndefault_user=james_bond\n"
                     "[james_bond]\nsecret=shaken\ncontext=demo\nexten=007\n"},
                    {"extensions.conf",
                     "[demo]\n"
                     "exten => 007,1,Answer()\n"
                     "exten => 007,n,Wait(0.2)\n"
                     "exten => 007,n,Hangup()\n"
                     "exten => busy,1,Dial(Skype/moneypenny)\n"
                     "exten => busy,n,UserEvent(Dialed,Status: ${DIALSTATUS})\n"
                     "exten => busy,n,Hangup()\n"}};
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
  austin.answers_after = std::chrono::milliseconds(100);
  AccountSpec moneypenny;
  moneypenny.name = "moneypenny";
  moneypenny.password = "desk";
  moneypenny.site = "home";
  moneypenny.busy = true;
  return {james, austin, moneypenny};
}

class Rounds : public testing::TestWithParam<const char*> {
 protected:
  void Load(Laboratory& laboratory) {
    logins_ += 1;
    laboratory.Console("module load res_skypeforasterisk.so");
    laboratory.Console("module load chan_skype.so");
    ASSERT_TRUE(laboratory.WaitFor({{"Event", "SkypeAccountStatus"}, {"Status", "Logged In"}},
                                   logins_, seconds(20)));
  }

  void Unload(Laboratory& laboratory) {
    for (const char* module : kModules) {
      const std::string answer = laboratory.Console(std::string("module unload ") + module);
      EXPECT_NE(answer.find("Unloaded "), std::string::npos) << answer;
      EXPECT_FALSE(laboratory.IsMapped(module)) << module << " is still in memory";
    }
    for (const std::string& name : laboratory.asterisk().Processes()) {
      EXPECT_NE(name, "skypeforasterisk") << "the engine was left behind";
    }
  }

  // The channel is gone, and nothing is in use any more.
  void ExpectOver(Laboratory& laboratory) {
    hangups_ += 1;
    ASSERT_TRUE(laboratory.RunUntil(
        [&] {
          size_t over = 0;
          for (const auto& event : laboratory.events()) {
            over += event.Get("Event") == "Hangup" &&
                    event.Get("Channel").rfind("Skype/james_bond-", 0) == 0;
          }
          return over >= hangups_;
        },
        seconds(20)))
        << laboratory.Story();
    const std::string licenses = laboratory.Console("skype show licenses");
    ASSERT_TRUE(laboratory.RunUntil(
        [&] {
          return !laboratory.person("austin_powers").in_call() &&
                 !laboratory.person("moneypenny").in_call();
        },
        seconds(20)))
        << laboratory.Story();
    EXPECT_NE(licenses.find("0/1 of 1 licensed channels"), std::string::npos) << licenses;
  }

  void IncomingCall(Laboratory& laboratory) {
    Step call;
    call.verb = "call";
    call.argument = "james_bond";
    ASSERT_EQ(laboratory.person("austin_powers").Do(call), "");
    ExpectOver(laboratory);
  }

  void OutgoingCall(Laboratory& laboratory) {
    const auto response = laboratory.Action({{"Action", "Originate"},
                                             {"Channel", "Skype/james_bond@austin_powers"},
                                             {"Application", "Wait"},
                                             {"Data", "0.2"},
                                             {"Async", "true"}});
    ASSERT_EQ(response.Get("Response"), "Success");
    ExpectOver(laboratory);
  }

  void BusyCall(Laboratory& laboratory) {
    busy_ += 1;
    laboratory.Action({{"Action", "Originate"},
                       {"Channel", "Local/busy@demo"},
                       {"Application", "Wait"},
                       {"Data", "5"},
                       {"Async", "true"}});
    ExpectOver(laboratory);
    EXPECT_TRUE(laboratory.WaitFor(
        {{"Event", "UserEvent"}, {"UserEvent", "Dialed"}, {"Status", "BUSY"}}, busy_, seconds(5)));
  }

  // The person is called and the PBX gives up before the answer.
  void CancelledCall(Laboratory& laboratory) {
    laboratory.Action({{"Action", "Originate"},
                       {"Channel", "Skype/austin_powers"},
                       {"Application", "Wait"},
                       {"Data", "5"},
                       {"Timeout", "50"},
                       {"Async", "true"}});
    ExpectOver(laboratory);
    // The offer may still be on its way; a call to where it comes from would be glare.
    laboratory.RunFor(milliseconds(500));
  }

  size_t logins_ = 0, hangups_ = 0, busy_ = 0;
};

TEST_P(Rounds, LeaveNothingBehind) {
  Laboratory laboratory(GetParam(), Asterisk(), Accounts());
  if (!laboratory.unsupported().empty()) GTEST_SKIP() << laboratory.unsupported();
  ASSERT_EQ(laboratory.problem(), "");
  // Autoload has loaded them.
  logins_ = 1;
  ASSERT_TRUE(laboratory.WaitFor({{"Event", "SkypeAccountStatus"}, {"Status", "Logged In"}}, 1,
                                 seconds(20)));
  for (const char* module : kModules) EXPECT_TRUE(laboratory.IsMapped(module));
  Unload(laboratory);
  for (int round = 1; round <= kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Load(laboratory);
    for (int i = 0; i < kRoundsOfAFourthOfTheCalls && !HasFatalFailure(); ++i) {
      IncomingCall(laboratory);
      OutgoingCall(laboratory);
      BusyCall(laboratory);
      CancelledCall(laboratory);
    }
    Unload(laboratory);
  }
}

INSTANTIATE_TEST_SUITE_P(RealAsterisk, Rounds, testing::Values("22", "16"),
                         [](const auto& info) { return std::string("Asterisk") + info.param; });

}  // namespace
}  // namespace sfa::conformance
