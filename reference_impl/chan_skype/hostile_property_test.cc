// Whatever the dialplan, the manager, the console or the network says: nothing crashes, no control
// character reaches a manager header or the log, and each AMI action has exactly one answer.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "chan_skype/driver_bench.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

// Words that mean something, mixed with any bytes but NUL, which no C string holds.
std::string Word() {
  if (*rc::gen::inRange(0, 3) > 0) {
    return *rc::gen::element<std::string>(
        "bond", "bond,", ",", "topic", "token", "fullname", "bond,fullname", "bond,status", "1",
        "bond@austin", "@", "austin", "Logged In", "Logged Out", "skype_topic", "about=x", "=",
        "about", "a\r\nEvent: x", std::string(3000, 'x'), "\xC3\xA4", "\xC3", "");
  }
  std::string any;
  for (int i = *rc::gen::inRange(0, 12); i > 0; --i)
    any += static_cast<char>(*rc::gen::inRange(1, 256));
  return any;
}

std::string Utf8Word() {
  const std::string word = Word();
  return IsUtf8(word) ? word : "austin";
}

bool IsClean(const std::string& text) { return OneLine(text).size() == text.size(); }

RC_GTEST_PROP(Hostile, NothingCrashesAndNothingForgesALine, ()) {
  DriverBench bench(
      "[general]\ndefault_user=bond\n[bond]\nsecret=x\nbuddy_autoadd=hints,buddies\n"
      "message_context=chat\n");
  bench.LogIn();
  const int steps = *rc::gen::inRange(1, 25);
  for (int step = 0; step < steps; ++step) {
    switch (*rc::gen::inRange(0, 12)) {
      case 0:
        bench.Read(*rc::gen::element<std::string>("SKYPE_CALL_PROPERTY", "SKYPE_ACCOUNT_PROPERTY",
                                                  "SKYPE_BUDDIES", "SKYPE_BUDDY_FETCH", "CHANNEL"),
                   Word(), *rc::gen::inRange<skype_call_id>(0, 4));
        break;
      case 1:
        bench.Write(*rc::gen::element<std::string>("SKYPE_CALL_PROPERTY", "SKYPE_ACCOUNT_PROPERTY",
                                                   "SKYPE_BUDDIES", "CHANNEL"),
                    Word(), Word(), *rc::gen::inRange<skype_call_id>(0, 4));
        break;
      case 2: {
        std::vector<std::string> headers;
        for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
          headers.push_back(*rc::gen::element<std::string>("User", "Buddy", "variable", "AuthMsg",
                                                           "Skypename", "Message") +
                            ": " + Word());
        }
        bench.Act(*rc::gen::element<std::string>("SkypeAccountProperty", "SkypeAddBuddy",
                                                 "SkypeRemoveBuddy", "SkypeBuddies", "SkypeBuddy",
                                                 "SkypeChatSend", "x"),
                  headers);
        while (bench.answers.empty()) {
          RC_ASSERT(bench.engine.HasQuestion());
          bench.engine.Reply(bench.engine.LastQuestion(),
                             static_cast<wire::ServiceResult>(*rc::gen::inRange(0, 14)),
                             Utf8Word());
        }
        for (const std::string& line : bench.answers) RC_ASSERT(IsClean(line));
        bench.answers.clear();
        break;
      }
      case 3:
        bench.Console({"skype", *rc::gen::element<std::string>("show", "set", "login"), Word(),
                       Word(), Word()});
        bench.Complete({"skype", Word()}, Word());
        break;
      case 4:
        if (const skype_call_id call = bench.Dial(Word())) bench.HangUp(call);
        break;
      case 5:
        bench.driver.device_state(bench.core, Word().c_str());
        bench.runtime.RunPosted();
        break;
      case 6:
        bench.driver.send_message(bench.core, Word().c_str(), Word().c_str(), Word().c_str());
        bench.runtime.RunPosted();
        break;
      case 7:
        bench.engine.BuddyNews(Utf8Word(), Utf8Word(),
                               static_cast<wire::BuddyStatus>(*rc::gen::inRange(0, 20)),
                               Utf8Word());
        break;
      case 8:
        bench.engine.ChatNews("bond", Utf8Word(), Utf8Word(), Utf8Word());
        break;
      case 9:
        bench.engine.AskedToAuthorise("bond", Utf8Word(), Utf8Word());
        break;
      case 10:
        bench.engine.Account("bond", static_cast<control::AccountState>(*rc::gen::inRange(0, 9)),
                             Utf8Word());
        break;
      default:
        bench.engine.AnswerFetches();
        break;
    }
    for (const std::string& line : bench.TakeSeen()) {
      if (line.rfind("event ", 0) == 0 || line.rfind("device ", 0) == 0 ||
          line.rfind("presence ", 0) == 0) {
        RC_ASSERT(IsClean(line));
      }
    }
    for (const std::string& line : bench.log) RC_ASSERT(IsClean(line));
    bench.log.clear();
  }
}

}  // namespace
}  // namespace sfa::skype
