#include "conformance/checks/clear_speech.h"

#include <gtest/gtest.h>

#include <array>
#include <span>

#include "conformance/checks/test_voices.h"
#include "protocol/media/g711.h"

namespace sfa::conformance {
namespace {

Trace TraceOf(Samples said) {
  Trace trace;
  Recording recording;
  recording.actor = "austin";
  recording.sent = std::move(said);
  trace.AddRecording(AtSecond(3), std::move(recording));
  return trace;
}

// Packets of 20 ms with something before each.
std::string Packets(const Samples& said, media::Codec law, size_t first) {
  std::string capture;
  std::array<uint8_t, media::kFrameSamples> frame;
  for (size_t at = first; at + frame.size() <= said.size(); at += frame.size()) {
    media::Encode(law, std::span(said).subspan(at, frame.size()), frame);
    capture += "header";
    capture.append(frame.begin(), frame.end());
  }
  return capture;
}

TEST(ClearSpeechTest, SpeechIsFoundWithEitherLawWhereverPacketsBegin) {
  const Samples said = Speech(7, 3);
  for (const media::Codec law : {media::Codec::kPcmu, media::Codec::kPcma}) {
    for (const size_t first : {0u, 37u, 90u, 133u}) {
      const auto results = CheckClearSpeech(
          TraceOf(said), {{"home.pcap", "nothing"}, {"office.pcap", Packets(said, law, first)}});
      ASSERT_EQ(results.size(), 1u);
      EXPECT_EQ(results[0].verdict, Verdict::kFail) << first;
      EXPECT_EQ(results[0].requirement, "SFA-1-11");
      EXPECT_EQ(results[0].reason, "what austin said is in the clear in office.pcap");
    }
  }
}

TEST(ClearSpeechTest, WhatSomebodyElseSaidIsNotFound) {
  const auto results = CheckClearSpeech(
      TraceOf(Speech(7, 3)), {{"office.pcap", Packets(Speech(8, 3), media::Codec::kPcmu, 0)}});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].verdict, Verdict::kPass);
}

TEST(ClearSpeechTest, SilenceAndNoCaptureSayNothing) {
  EXPECT_TRUE(CheckClearSpeech(TraceOf(Samples(24000, 0)), {{"office.pcap", "x"}}).empty());
  EXPECT_TRUE(CheckClearSpeech(TraceOf(Speech(7, 3)), {}).empty());
  EXPECT_TRUE(CheckClearSpeech(TraceOf(Speech(7, 0.01)), {{"office.pcap", "x"}}).empty());
}

}  // namespace
}  // namespace sfa::conformance
