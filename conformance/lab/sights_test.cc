#include "conformance/lab/sights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace sfa::conformance {
namespace {

using testing::HasSubstr;

MonotonicTime At(int milliseconds) {
  return MonotonicTime(std::chrono::milliseconds(milliseconds));
}

TEST(SightsTest, AClientsSightIsOneObject) {
  EXPECT_EQ(ToLine({At(12345), Observer::kClient, "austin", "incoming", {{"from", "james_bond"}}}),
            R"({"at":12.345,"as":"austin","what":"incoming","from":"james_bond"})");
}

TEST(SightsTest, StepsConsoleAndEventsKeepTheirNames) {
  EXPECT_EQ(ToLine({At(0), Observer::kStep, "austin", "call", {{"argument", "james_bond"}}}),
            R"({"at":0.0,"as":"austin","what":"step","verb":"call","argument":"james_bond"})");
  EXPECT_THAT(ToLine({At(0), Observer::kStep, "austin", "did not happen", {{"step", "answer"}}}),
              HasSubstr(R"("what":"did not happen","step":"answer")"));
  EXPECT_THAT(ToLine({At(0), Observer::kConsole, "asterisk", "help", {{"output", "a\nb"}}}),
              HasSubstr(R"("what":"console","command":"help","output":"a\nb")"));
  EXPECT_THAT(ToLine({At(0), Observer::kAmi, "asterisk", "X", {{"V", "1"}, {"V", "2"}}}),
              HasSubstr(R"("what":"event","V":["1","2"])"));
}

TEST(SightsTest, WhateverAFieldHoldsALineIsALine) {
  const std::string line =
      ToLine({At(0), Observer::kClient, "a", "chat", {{"text", "\xff\r\n\"x"}, {"as", "other"}}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto parsed = nlohmann::json::parse(line, nullptr, false);
  ASSERT_TRUE(parsed.is_object()) << line;
  EXPECT_EQ(parsed["as"], "a");
  EXPECT_EQ(parsed["as_"], "other");
}

// Noise, the same for the same seed.
std::vector<int16_t> Voice(unsigned seed, size_t samples) {
  std::minstd_rand random(seed);
  std::vector<int16_t> voice(samples);
  for (int16_t& sample : voice) sample = static_cast<int16_t>(random() % 8000) - 4000;
  return voice;
}

std::vector<int16_t> Later(std::vector<int16_t> voice, size_t samples) {
  voice.insert(voice.begin(), samples, 0);
  return voice;
}

Recording Call(const std::string& actor, std::vector<int16_t> sent, std::vector<int16_t> heard) {
  return {actor, At(1000), At(1000), std::move(sent), std::move(heard), 50, 0};
}

TEST(ListeningTest, TheOwnVoiceThatComesBackIsFound) {
  Listening listening;
  const auto lines = listening.OnRecording(
      At(9000), Call("austin", Voice(1, 40000), Later(Voice(1, 40000), 1600)));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0].text, HasSubstr(R"("what":"heard","seconds":5.2)"));
  EXPECT_THAT(lines[1].text, HasSubstr(R"("what":"voice","of":"austin")"));
  EXPECT_THAT(lines[1].text, HasSubstr(R"("delay_ms":200.0)"));
}

TEST(ListeningTest, ASilentLineHasNoVoice) {
  Listening listening;
  const auto lines = listening.OnRecording(
      At(9000), Call("austin", Voice(1, 40000), std::vector<int16_t>(40000, 0)));
  EXPECT_EQ(lines.size(), 1u);
  EXPECT_EQ(listening.OnRecording(At(9000), Call("felix", Voice(2, 40000), {})).size(), 1u);
}

TEST(ListeningTest, TwoWhoHearEachOtherAreToldWhenBothHaveEnded) {
  Listening listening;
  const auto first =
      listening.OnRecording(At(9000), Call("austin", Voice(1, 40000), Later(Voice(2, 40000), 800)));
  EXPECT_EQ(first.size(), 1u);
  const auto second =
      listening.OnRecording(At(9010), Call("felix", Voice(2, 40000), Later(Voice(1, 40000), 800)));
  ASSERT_EQ(second.size(), 3u);
  EXPECT_EQ(second[1].as, "felix");
  EXPECT_THAT(second[1].text, HasSubstr(R"("of":"austin")"));
  EXPECT_EQ(second[2].as, "austin");
  EXPECT_THAT(second[2].text, HasSubstr(R"("of":"felix")"));
}

}  // namespace
}  // namespace sfa::conformance
