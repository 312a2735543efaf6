// Dial: who answers, who does not, and what the dialplan is told of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr char kDial[] =
    "exten => 007,1,Dial(Skype/austin_powers,5)\nexten => 007,n,NoOp(${DIALSTATUS} "
    "${HANGUPCAUSE})\n";

TEST(Dial, AnswerBridgesVoiceWithTranscodingDigitsAndHangup) {
  PbxBed bed(With(kDial));
  EngineLeg caller(*bed.runtime), peer(*bed.runtime);
  const skype_call_id in = bed.driver.Incoming(caller, PBX_CODEC_ALAW);
  bed.Run(milliseconds(100));
  const skype_call_id out = bed.driver.last_call;
  ASSERT_NE(in, out);
  EXPECT_TRUE(bed.driver.Saw(std::to_string(out) + " request austin_powers"));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(out) + " call"));
  bed.driver.Control(out, PBX_CONTROL_RINGING);
  bed.Run(milliseconds(100));
  bed.driver.Answer(out, peer);
  bed.Run(milliseconds(100));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(in) + " answer"));
  caller.SendTo(bed.driver.calls.at(in).local,
                EngineLeg::Packet(8, 1, 160, std::vector<uint8_t>(160, 0xD5)));
  peer.SendTo(bed.driver.calls.at(out).local,
              EngineLeg::Packet(0, 1, 160, std::vector<uint8_t>(160, 0xFF)));
  peer.SendDigit(bed.driver.calls.at(out).local, 5, 800, 800);
  bed.Run(milliseconds(300));
  ASSERT_FALSE(peer.heard.empty());
  EXPECT_EQ(peer.heard[0][1], 0x80);   // PCMU
  EXPECT_EQ(peer.heard[0][12], 0xFE);  // +8 in both laws
  ASSERT_FALSE(caller.heard.empty());
  EXPECT_EQ(caller.heard[0][1], 0x88);  // PCMA
  EXPECT_EQ(caller.heard[0][12], 0xD5);
  EXPECT_TRUE(bed.driver.Saw(std::to_string(in) + " begin 5"));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(in) + " end 5 100"));
  bed.driver.HangUp(out, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(100));
  EXPECT_TRUE(bed.driver.calls.empty());
  EXPECT_TRUE(bed.driver.Saw(std::to_string(in) + " hangup 16"));
  EXPECT_EQ(bed.FindEvent("DialEnd")->Get("DialStatus"), "ANSWER");
  std::vector<std::string> words = bed.WordsOf("Skype/james_bond-00000000");
  words.erase(words.begin(), std::find(words.begin(), words.end(), "DialBegin"));
  ASSERT_GE(words.size(), 9u);
  words.resize(9);
  EXPECT_THAT(words, ElementsAre("DialBegin", "RINGTIME", "RINGTIME_MS", "DialState", "DIALSTATUS",
                                 "DIALEDPEERNAME", "DIALEDPEERNUMBER", "DialEnd", "Newstate"));
  EXPECT_THAT(bed.TakeEvents("Skype/james_bond-00000001"),
              ElementsAre("Newchannel", "VarSet", "Newexten", "NewCallerid", "NewConnectedLine",
                          "DialBegin", "Newstate", "DialState", "Newstate", "DialEnd", "Newexten",
                          "BridgeEnter", "VarSet", "DTMFBegin", "DTMFEnd", "HangupRequest",
                          "VarSet", "BridgeLeave", "Hangup"));
}

struct Ending {
  const char* name;
  pbx_cause refusal;
  int control;  // -1: none
  pbx_cause hangup;
  const char* told;
};

class DialStatus : public ::testing::TestWithParam<Ending> {};

TEST_P(DialStatus, TellsTheDialplan) {
  const Ending& ending = GetParam();
  PbxBed bed(With(kDial));
  EngineLeg caller(*bed.runtime);
  bed.driver.refusal = ending.refusal;
  bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  const skype_call_id out = bed.driver.last_call;
  if (ending.control >= 0) bed.driver.Control(out, static_cast<pbx_control>(ending.control));
  if (ending.hangup != PBX_CAUSE_NONE) bed.driver.HangUp(out, ending.hangup);
  bed.Run(seconds(6));
  EXPECT_THAT(bed.Told(), ElementsAre(ending.told));
}

INSTANTIATE_TEST_SUITE_P(
    Endings, DialStatus,
    ::testing::Values(
        Ending{"busy", PBX_CAUSE_NONE, PBX_CONTROL_BUSY, PBX_CAUSE_USER_BUSY, "BUSY 17"},
        Ending{"congestion", PBX_CAUSE_NONE, PBX_CONTROL_CONGESTION, PBX_CAUSE_NONE,
               "CONGESTION 34"},
        Ending{"busy_by_hangup", PBX_CAUSE_NONE, -1, PBX_CAUSE_USER_BUSY, "BUSY 17"},
        Ending{"congestion_by_hangup", PBX_CAUSE_NONE, -1, PBX_CAUSE_CONGESTION, "CONGESTION 34"},
        Ending{"switch_congestion_by_hangup", PBX_CAUSE_NONE, -1, PBX_CAUSE_SWITCH_CONGESTION,
               "CONGESTION 42"},
        Ending{"no_license", PBX_CAUSE_CONGESTION, -1, PBX_CAUSE_NONE, "CONGESTION 34"},
        Ending{"switch_congestion", PBX_CAUSE_SWITCH_CONGESTION, -1, PBX_CAUSE_NONE,
               "CHANUNAVAIL 42"},
        Ending{"unknown", PBX_CAUSE_NONE, -1, PBX_CAUSE_UNALLOCATED, "CHANUNAVAIL 1"},
        Ending{"silent", PBX_CAUSE_NONE, PBX_CONTROL_RINGING, PBX_CAUSE_NONE, "NOANSWER 0"},
        Ending{"refused", PBX_CAUSE_SUBSCRIBER_ABSENT, -1, PBX_CAUSE_NONE, "CHANUNAVAIL 20"}),
    [](const auto& info) { return info.param.name; });

TEST(Dial, TheDriversReasonIsReadByHangupcause) {
  PbxBed bed(
      With("exten => 007,1,Dial(Skype/austin_powers)\n"
           "exten => 007,n,NoOp(${HANGUPCAUSE(${HANGUPCAUSE_KEYS()},tech)})\n"));
  EngineLeg caller(*bed.runtime);
  bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  bed.driver.HangUp(bed.driver.last_call, PBX_CAUSE_UNALLOCATED, "unknown user");
  bed.Run(milliseconds(100));
  EXPECT_THAT(bed.Told(), ElementsAre("SKYPE unknown user"));
}

TEST(Dial, SeveralDestinationsRingAndTheFirstAnswerWins) {
  PbxBed bed(With("exten => 007,1,Dial(Skype/austin_powers&Skype/scott_evil,5)\n"));
  EngineLeg caller(*bed.runtime), peer(*bed.runtime);
  const skype_call_id in = bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  ASSERT_EQ(bed.driver.calls.size(), 3u);
  bed.driver.Answer(in + 2, peer);
  bed.Run(milliseconds(100));
  EXPECT_EQ(bed.driver.calls.size(), 2u);
  EXPECT_TRUE(bed.driver.Saw(std::to_string(in + 1) + " hangup 26"));
}

TEST(Dial, CallerWhoLeavesCancels) {
  PbxBed bed(With(std::string(kDial) + "exten => h,1,NoOp(h ${DIALSTATUS})\n"));
  EngineLeg caller(*bed.runtime);
  const skype_call_id in = bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  bed.driver.HangUp(in, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(100));
  EXPECT_TRUE(bed.driver.calls.empty());
  EXPECT_THAT(bed.Told(), ElementsAre("h CANCEL"));
}

}  // namespace
}  // namespace sfa::harness
