#include "conformance/checks/sighting.h"

#include <gtest/gtest.h>

#include "conformance/results/pattern.h"

namespace sfa::conformance {
namespace {

MonotonicTime At(int seconds) { return MonotonicTime(std::chrono::seconds(seconds)); }
Window Between(int start, int end) { return {At(start), At(end)}; }

Trace DigitsHeard() {
  Trace trace;
  for (const char digit : {'4', '2', '#'}) {
    trace.Add({At(5), Observer::kClient, "austin", "digit", {{"digit", std::string(1, digit)}}});
  }
  return trace;
}

TEST(SightingTest, PatternsHoldStars) {
  EXPECT_TRUE(Matches("Skype/*-0000000?", "Skype/a-0000000?"));
  EXPECT_TRUE(Matches("*", ""));
  EXPECT_TRUE(Matches("a*b*c", "aXbXbXc"));
  EXPECT_FALSE(Matches("a*b", "abc"));
  EXPECT_FALSE(Matches("abc", "ab"));
}

TEST(SightingTest, DigitsAreComparedAsAWhole) {
  const Sighting exact{"austin", "digits", {{"digits", "42#"}}, {}};
  const Sighting fewer{"austin", "digits", {{"digits", "42"}}, {}};
  EXPECT_EQ(LookFor(exact, false, Between(0, 9), DigitsHeard()).verdict, Verdict::kPass);
  EXPECT_EQ(LookFor(fewer, false, Between(0, 9), DigitsHeard()).verdict, Verdict::kFail);
  EXPECT_EQ(LookFor(exact, false, Between(6, 9), DigitsHeard()).verdict, Verdict::kFail);
}

TEST(SightingTest, EventsMatchByHeaderAndCount) {
  Trace trace;
  const Observation event{At(3),
                          Observer::kAmi,
                          "asterisk",
                          "SkypeAccountStatus",
                          {{"Event", "SkypeAccountStatus"}, {"Username", "james_bond"}}};
  trace.Add(event);
  Sighting once{"asterisk", "event", {{"event", "SkypeAccount*"}, {"username", "james_bond"}}, 1};
  EXPECT_EQ(LookFor(once, false, Between(0, 9), trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookFor(once, false, Between(4, 9), trace).verdict, Verdict::kFail);
  EXPECT_EQ(LookFor(once, true, Between(4, 9), trace).verdict, Verdict::kPass);
  trace.Add(event);
  EXPECT_EQ(LookFor(once, false, Between(0, 9), trace).verdict, Verdict::kFail);
}

TEST(SightingTest, WhatAManagerUserSeesIsApart) {
  Trace trace;
  trace.Add({At(3), Observer::kAmi, InSession("asterisk", "visitor"), "X", {{"Event", "X"}}});
  Sighting event{"asterisk", "event", {{"Event", "X"}}, {}};
  EXPECT_EQ(LookFor(event, false, Between(0, 9), trace).verdict, Verdict::kFail);
  event.as = "visitor";
  EXPECT_EQ(LookFor(event, false, Between(0, 9), trace).verdict, Verdict::kPass);
  event.as = "steward";
  EXPECT_EQ(LookFor(event, false, Between(0, 9), trace).verdict, Verdict::kFail);
}

TEST(SightingTest, ProcessesThatRunAreCountedAtTheWindowsEnd) {
  Trace trace;
  const auto add = [&](int at, const char* event) {
    trace.Add({At(at), Observer::kProcess, "asterisk", "engine", {{"event", event}}});
  };
  add(1, "started");
  add(4, "started");
  add(6, "killed by signal 9");
  const auto running = [](int times) {
    return Sighting{"asterisk", "process", {{"process", "engine"}, {"is", "running"}}, times};
  };
  EXPECT_EQ(LookFor(running(0), false, Between(0, 0), trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookFor(running(2), false, Between(3, 5), trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookFor(running(1), false, Between(3, 5), trace).verdict, Verdict::kFail);
  EXPECT_EQ(LookFor(running(1), false, Between(3, 9), trace).verdict, Verdict::kPass);
}

TEST(SightingTest, FilesAreLookedIntoAndReadAsXml) {
  Trace trace;
  const auto add = [&](const char* name, const char* text) {
    trace.Add({At(3),
               Observer::kFiles,
               "asterisk",
               "/d/*",
               {{"path", std::string("/d/") + name}, {"text", text}}});
  };
  add("good", "<?xml version='1.0'?><a name='bond'/>");
  add("bad", "<a name='bond'");
  const auto seen = [&](Fields details, int times) {
    details.insert(details.begin(), {"file", "/d/*"});
    return LookFor({"asterisk", "file", details, times}, false, Between(0, 9), trace).verdict;
  };
  EXPECT_EQ(seen({}, 2), Verdict::kPass);
  EXPECT_EQ(seen({{"contains", "bond"}}, 2), Verdict::kPass);
  EXPECT_EQ(seen({{"contains", "goldfinger"}}, 0), Verdict::kPass);
  EXPECT_EQ(seen({{"is", "xml"}}, 1), Verdict::kPass);
}

TEST(SightingTest, DialplanStepsAreNewextenEvents) {
  Trace trace;
  trace.Add({At(3),
             Observer::kAmi,
             "asterisk",
             "Newexten",
             {{"Context", "demo"},
              {"Extension", "007"},
              {"Priority", "1"},
              {"Application", "NoOp"},
              {"AppData", "Incoming Skype Call!"}}});
  const Sighting there{"asterisk", "dialplan", {{"context", "demo"}, {"exten", "007"}}, {}};
  const Sighting other{"asterisk", "dialplan", {{"context", "demo"}, {"exten", "s"}}, {}};
  EXPECT_EQ(LookFor(there, false, Between(0, 9), trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookFor(other, false, Between(0, 9), trace).verdict, Verdict::kFail);
}

TEST(SightingTest, CountsWhatIsLeft) {
  Trace trace;
  trace.Add({At(9),
             Observer::kConsole,
             "asterisk",
             "core show channels",
             {{"output", "Channel\n0 active channels\n0 active calls\n"}}});
  EXPECT_EQ(LookAtEnd({0, {}, {}, {}}, trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookAtEnd({1, {}, {}, {}}, trace).verdict, Verdict::kFail);
  EXPECT_EQ(LookAtEnd({0, 0, {}, {}}, trace).verdict, Verdict::kInconclusive) << "nobody was asked";
  trace.Add({At(9),
             Observer::kConsole,
             "asterisk",
             "skype show licenses",
             {{"output",
               "File: S4A-1.lic -- Channels: 5 (OK)\n"
               "1/1 of 5 licensed channels are currently in use\n"}}});
  EXPECT_EQ(LookAtEnd({0, 1, {}, {}}, trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookAtEnd({0, 0, {}, {}}, trace).verdict, Verdict::kFail);
}

TEST(SightingTest, CallsOfPeopleAreCountedByWhoLooked) {
  Trace trace;
  EXPECT_EQ(LookAtEnd({{}, {}, 0, {}}, trace).verdict, Verdict::kInconclusive);
  trace.Add({At(9), Observer::kWorld, "world", "calls left", {{"austin", "in a call"}}});
  EXPECT_EQ(LookAtEnd({{}, {}, 0, {}}, trace).verdict, Verdict::kFail);
  EXPECT_EQ(LookAtEnd({{}, {}, 1, {}}, trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookAtEnd({{}, {}, {}, 0}, trace).verdict, Verdict::kInconclusive);
  trace.Add({At(9), Observer::kWorld, "world", "relays left", {{"allocations", "2"}}});
  EXPECT_EQ(LookAtEnd({{}, {}, {}, 0}, trace).verdict, Verdict::kFail);
  EXPECT_EQ(LookAtEnd({{}, {}, {}, 2}, trace).verdict, Verdict::kPass);
}

TEST(SightingTest, APathHasItsKindAndItsEnds) {
  Trace trace;
  trace.Add(
      {At(3),
       Observer::kClient,
       "austin",
       "path",
       {{"path", "relay"}, {"local", "192.168.1.10:5000"}, {"remote", "198.51.100.3:33033"}}});
  const auto verdict = [&](Fields fields, bool never = false) {
    return LookFor({"austin", "path", std::move(fields), {}}, never, Between(0, 9), trace).verdict;
  };
  EXPECT_EQ(verdict({{"path", "relay"}}), Verdict::kPass);
  EXPECT_EQ(verdict({{"path", "relay"}, {"remote", "198.51.100.*"}}), Verdict::kPass);
  EXPECT_EQ(verdict({{"path", "relay"}, {"remote", "203.0.113.*"}}), Verdict::kFail);
  EXPECT_EQ(verdict({{"path", "direct"}}), Verdict::kFail);
  EXPECT_EQ(verdict({{"path", "direct"}}, true), Verdict::kPass);
}

TEST(SightingTest, PeopleSeeMoreThanCalls) {
  Trace trace;
  const auto add = [&](const char* kind, Fields fields) {
    trace.Add({At(3), Observer::kClient, "austin", kind, std::move(fields)});
  };
  add("buddy", {{"buddy", "vanessa"}, {"status", "Do Not Disturb"}, {"fullname", ""}});
  add("buddy-removed", {{"buddy", "q"}});
  add("held", {{"on", "yes"}});
  add("transferred", {{"result", "busy"}});
  add("progress", {});
  add("account", {{"mood_text", "groovy"}});
  add("incoming", {{"from", "q"}, {"topic", "teeth"}});
  const auto sees = [&](const char* kind, Fields fields) {
    const Sighting sighting{"austin", kind, std::move(fields), {}};
    return LookFor(sighting, false, Between(0, 9), trace).verdict == Verdict::kPass;
  };
  EXPECT_TRUE(sees("buddy", {{"buddy", "vanessa"}, {"status", "Do*"}}));
  EXPECT_FALSE(sees("buddy", {{"buddy", "vanessa"}, {"status", "Online"}}));
  EXPECT_TRUE(sees("buddy_removed", {{"buddy_removed", "q"}}));
  EXPECT_FALSE(sees("buddy_removed", {{"buddy_removed", "vanessa"}}));
  EXPECT_TRUE(sees("held", {{"held", "true"}}));
  EXPECT_FALSE(sees("held", {{"held", "false"}}));
  EXPECT_TRUE(sees("transferred", {{"transferred", "busy"}}));
  EXPECT_FALSE(sees("transferred", {{"transferred", "done"}}));
  EXPECT_TRUE(sees("progress", {{"progress", "true"}}));
  EXPECT_TRUE(sees("account", {{"mood_text", "groovy"}}));
  EXPECT_FALSE(sees("account", {{"city", "London"}}));
  EXPECT_TRUE(sees("call", {{"call", "incoming"}, {"topic", "teeth"}, {"token", ""}}));
  EXPECT_FALSE(sees("call", {{"call", "incoming"}, {"topic", ""}}));
}

TEST(SightingTest, CreditIsComparedToTheMillionth) {
  Trace trace;
  trace.Add({At(9), Observer::kWorld, "world", "credit left", {{"james_bond", "44.30"}}});
  const auto left = [&](const char* who, int64_t micros) {
    AtEnd end;
    end.credit = {{who, micros}};
    return LookAtEnd(end, trace).verdict;
  };
  EXPECT_EQ(left("james_bond", 44'300'000), Verdict::kPass);
  EXPECT_EQ(left("james_bond", 44'300'001), Verdict::kFail);
  EXPECT_EQ(left("austin", 0), Verdict::kInconclusive);
}

TEST(SightingTest, TheFarAsteriskIsAnotherOne) {
  Trace trace;
  const Fields headers = {{"Event", "Hangup"}};
  trace.Add({At(3), Observer::kAmi, "far_asterisk", "Hangup", headers});
  const Sighting far{"far_asterisk", "event", headers, {}};
  const Sighting near{"asterisk", "event", headers, {}};
  EXPECT_EQ(LookFor(far, false, Between(0, 9), trace).verdict, Verdict::kPass);
  EXPECT_EQ(LookFor(near, false, Between(0, 9), trace).verdict, Verdict::kFail);
}

}  // namespace
}  // namespace sfa::conformance
