#include "conformance/checks/standing.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sfa::conformance {
namespace {

MonotonicTime At(int seconds) { return MonotonicTime(std::chrono::seconds(seconds)); }

Verdict OneEventEach(const Trace& trace) {
  for (const CheckResult& result : CheckStanding(trace)) {
    if (result.requirement == "SFA-4.1.1-01") return result.verdict;
  }
  return Verdict::kInconclusive;
}

void AddStatus(Trace& trace, int at, const char* status) {
  trace.Add({At(at),
             Observer::kAmi,
             "asterisk",
             "SkypeAccountStatus",
             {{"Username", "james_bond"}, {"Status", status}, {"Privilege", "system,all"}}});
}

TEST(StandingTest, AnAccountDoesNotLogInTwice) {
  Trace trace;
  AddStatus(trace, 1, "Logged In");
  AddStatus(trace, 5, "Logged Out");
  AddStatus(trace, 6, "Logged In");
  EXPECT_EQ(OneEventEach(trace), Verdict::kPass);
  AddStatus(trace, 9, "Logged In");
  EXPECT_EQ(OneEventEach(trace), Verdict::kFail);
}

TEST(StandingTest, AfterAsteriskWasKilledItDoesSoAgain) {
  Trace trace;
  AddStatus(trace, 1, "Logged In");
  trace.Add({At(5), Observer::kWorld, "asterisk", "down", {}});
  AddStatus(trace, 9, "Logged In");
  EXPECT_EQ(OneEventEach(trace), Verdict::kPass);
  AddStatus(trace, 10, "Logged In");
  EXPECT_EQ(OneEventEach(trace), Verdict::kFail);
}

}  // namespace
}  // namespace sfa::conformance
