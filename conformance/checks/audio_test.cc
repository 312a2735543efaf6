#include "conformance/checks/audio.h"

#include <gtest/gtest.h>

#include "conformance/checks/test_voices.h"

namespace sfa::conformance {
namespace {

Verdict Heard(const Trace& trace, double from, double to) {
  AudioExpectation expected;
  expected.from = "austin";
  expected.heard_by = "bond";
  expected.correlation = 0.9;
  return Listen(expected, {AtSecond(from), AtSecond(to)}, trace).verdict;
}

TEST(AudioTest, TheWindowIsWhatCounts) {
  const Samples speech = Speech(1, 20);
  Samples heard = speech;
  Silence(heard, 5, 12);
  const Trace trace = CallOf(speech, heard);
  EXPECT_EQ(Heard(trace, 0, 100), Verdict::kFail);
  EXPECT_EQ(Heard(trace, 0, 14.9), Verdict::kPass);
  EXPECT_EQ(Heard(trace, 15, 22), Verdict::kFail);
  EXPECT_EQ(Heard(trace, 22, 100), Verdict::kPass);
  EXPECT_EQ(Heard(trace, 40, 100), Verdict::kFail) << "nothing was said";
}

TEST(AudioTest, OfAPartWhatDoesNotCorrelateIsLost) {
  const Samples speech = Speech(1, 20);
  Samples heard = speech;
  Silence(heard, 5, 6);
  const Trace trace = CallOf(speech, heard);
  AudioExpectation expected;
  expected.from = "austin";
  expected.heard_by = "bond";
  expected.correlation = 0.5;
  expected.mos = 4.2;
  const auto verdict = [&](double from, double to) {
    return Listen(expected, {AtSecond(from), AtSecond(to)}, trace).verdict;
  };
  EXPECT_EQ(verdict(16.5, 29), Verdict::kPass);
  EXPECT_EQ(verdict(14, 20), Verdict::kFail);
}

}  // namespace
}  // namespace sfa::conformance
