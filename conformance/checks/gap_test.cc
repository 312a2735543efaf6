#include "conformance/checks/gap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "conformance/checks/test_voices.h"

namespace sfa::conformance {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

const Window kAll{AtSecond(0), AtSecond(100)};

// The longest gap in seconds; -1 when nothing was heard.
double Gap(const Trace& trace, const Window& window = kAll, bool from_start = false,
           bool to_end = false) {
  const Finding finding =
      LookForGap({"austin", "bond", seconds(1)}, window, from_start, to_end, trace);
  double gap = -1;
  if (std::sscanf(finding.reason.c_str(), "the longest gap is %lf", &gap) != 1) gap = -1;
  EXPECT_EQ(finding.verdict, gap >= 0 && gap <= 1 ? Verdict::kPass : Verdict::kFail);
  return gap;
}

TEST(GapTest, AWholeCallHasNone) {
  const Samples speech = Speech(1, 20);
  EXPECT_LE(Gap(CallOf(speech, speech)), 0.3) << "its delay";
}

TEST(GapTest, FindsHowLongNothingWasHeard) {
  const Samples speech = Speech(1, 20);
  Samples heard = speech;
  Silence(heard, 5, 8);
  Silence(heard, 12, 13);
  const Trace trace = CallOf(speech, heard);
  EXPECT_NEAR(Gap(trace), 3, 0.21);
  EXPECT_NEAR(Gap(trace, {AtSecond(19), AtSecond(28)}), 1, 0.21);
  EXPECT_THAT(LookForGap({"austin", "bond", seconds(1)}, kAll, false, false, trace).reason,
              HasSubstr("from 15."));
}

TEST(GapTest, SomethingElseDoesNotFillIt) {
  const Samples speech = Speech(1, 20);
  Samples heard = speech, other = Speech(2, 20);
  std::copy(other.begin() + 40000, other.begin() + 64000, heard.begin() + 40000);
  EXPECT_NEAR(Gap(CallOf(speech, heard)), 3, 0.21);
}

TEST(GapTest, RepetitionsDoNotFillIt) {
  const Samples speech = Speech(1, 20);
  Samples heard = speech;
  for (size_t i = 40000; i < 64000; ++i) heard[i] = heard[i - 160];
  EXPECT_NEAR(Gap(CallOf(speech, heard)), 3, 0.3);
}

TEST(GapTest, TheDelayMayChangeWhenACallHeals) {
  const Samples speech = Speech(1, 20);
  Samples heard(speech.begin(), speech.begin() + 40000);
  heard.insert(heard.end(), 12000, 0);
  heard.insert(heard.end(), speech.begin() + 48000, speech.end());
  EXPECT_NEAR(Gap(CallOf(speech, heard)), 1.5, 0.21);
}

TEST(GapTest, AnEndedCallIsSilent) {
  const Samples speech = Speech(1, 20);
  const Trace trace = CallOf(speech, Samples(speech.begin(), speech.begin() + 80000));
  EXPECT_NEAR(Gap(trace), 10 - 0.2, 0.21) << "up to the speaker's last word";
  EXPECT_NEAR(Gap(trace, {AtSecond(15), AtSecond(45)}, true, true), 45 - 20.2, 0.21);
}

TEST(GapTest, TheWindowsStartCounts) {
  const Samples speech = Speech(1, 20);
  const Trace trace = CallOf(speech, speech);
  EXPECT_NEAR(Gap(trace, {AtSecond(5), AtSecond(20)}, true), 5.2, 0.21);
  EXPECT_LE(Gap(trace, {AtSecond(5), AtSecond(20)}, false), 0.21);
}

TEST(GapTest, ALaterCallOfTheTwoCounts) {
  const Samples speech = Speech(1, 5), later = Speech(3, 5);
  Trace trace = CallOf(speech, speech);
  trace.AddRecording(AtSecond(60), {"austin", AtSecond(20), {}, later, {}, 0, 0});
  trace.AddRecording(AtSecond(60), {"bond", {}, AtSecond(20.1), {}, later, 0, 0});
  EXPECT_NEAR(Gap(trace), 20.1 - 15.2, 0.21);
}

TEST(GapTest, NothingHeardFails) {
  const Samples speech = Speech(1, 5);
  EXPECT_EQ(Gap(CallOf(speech, Speech(2, 5))), -1);
  EXPECT_EQ(Gap(CallOf(speech, {})), -1);
  EXPECT_EQ(Gap({}), -1);
}

}  // namespace
}  // namespace sfa::conformance
