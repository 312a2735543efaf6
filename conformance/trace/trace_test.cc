#include "conformance/trace/trace.h"

#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

Trace Small(int16_t sample) {
  Trace trace;
  trace.Add({MonotonicTime(Duration(1500)),
             Observer::kAmi,
             "asterisk",
             "Hangup",
             {{"Cause", "16"}, {"Cause", "17"}, {"Text", "a\"\xFF"}}});
  trace.AddRecording(MonotonicTime(Duration(2000)), {"austin", {}, {}, {sample}, {}, 1, 0});
  return trace;
}

TEST(TraceTest, IsOneCanonicalLineForEachObservation) {
  const std::string text = Small(1).ToJsonLines();
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "{\"ns\":1500,\"by\":\"ami\",\"of\":\"asterisk\",\"what\":\"Hangup\",\"fields\":"
            "[[\"Cause\",\"16\"],[\"Cause\",\"17\"],[\"Text\",\"a\\\"\xEF\xBF\xBD\"]]}");
}

TEST(TraceTest, TheHashCoversTheSamples) {
  EXPECT_EQ(Small(1).Hash(), Small(1).Hash());
  EXPECT_NE(Small(1).Hash(), Small(2).Hash());
  EXPECT_EQ(Small(1).Hash().size(), 64u);
}

TEST(TraceTest, TimesCountFromTheBeginning) {
  const auto seconds = [](int count) { return MonotonicTime(std::chrono::seconds(count)); };
  Trace trace;
  trace.Add({seconds(3), Observer::kWorld, "world", "ready", {}});
  trace.BeginAt(seconds(4));
  trace.Add({seconds(5), Observer::kStep, "asterisk", "cli", {}});
  trace.AddRecording(seconds(9), {"austin", seconds(6), seconds(7), {}, {}, 0, 0});
  EXPECT_EQ(trace.observations()[0].at, seconds(0));
  EXPECT_EQ(trace.observations()[1].at, seconds(1));
  EXPECT_EQ(trace.observations()[2].at, seconds(5));
  EXPECT_EQ(trace.recordings()[0].sent_start, seconds(2));
  EXPECT_EQ(trace.recordings()[0].heard_start, seconds(3));
  EXPECT_EQ(trace.observations()[2].Get("heard_start"), "3000000000");
}

TEST(TraceTest, FieldNamesHaveNoCase) {
  EXPECT_EQ(Small(1).observations()[0].Get("cause"), "16");
  EXPECT_EQ(Small(1).observations()[0].Get("none"), "");
}

}  // namespace
}  // namespace sfa::conformance
