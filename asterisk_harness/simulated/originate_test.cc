// Originate: channels that nobody has dialled, and Local channels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Originate, SkypeChannelEntersTheDialplanWhenAnswered) {
  PbxBed bed(With("exten => 100,1,NoOp(${from})\nexten => 100,n,Wait(1)\n"));
  EngineLeg peer(*bed.runtime);
  const auto queued = bed.Act({{"Action", "Originate"},
                               {"Channel", "Skype/austin_powers"},
                               {"Context", "demo"},
                               {"Exten", "100"},
                               {"Priority", "1"},
                               {"Variable", "from=ami"},
                               {"Async", "true"}});
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].Get("Message"), "Originate successfully queued");
  bed.Run(milliseconds(100));
  bed.driver.Answer(bed.driver.last_call, peer);
  bed.Run(milliseconds(100));
  EXPECT_THAT(bed.Told(), ElementsAre("ami"));
  ASSERT_NE(bed.FindEvent("OriginateResponse"), nullptr);
  EXPECT_EQ(bed.FindEvent("OriginateResponse")->Get("Reason"), "4");
  EXPECT_THAT(bed.Command("core show channels concise"),
              HasSubstr("Skype/james_bond-00000000!demo!100!2!Up!Wait!1!"));
}

TEST(Originate, LocalChannelJoinsTwoDialplans) {
  PbxBed bed(With("exten => 1,1,Answer()\nexten => 1,n,NoOp(one)\nexten => 1,n,Wait(1)\n"));
  const auto reply = bed.Act({{"Action", "Originate"},
                              {"Channel", "Local/1@demo"},
                              {"Application", "Wait"},
                              {"Data", "5"}});
  ASSERT_EQ(reply.size(), 1u);
  EXPECT_EQ(reply[0].Get("Response"), "Success");
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("one"));
  EXPECT_EQ(bed.pbx->core().channels().size(), 2u);
  bed.Run(seconds(2));  // the second half's dialplan ends and takes the first along
  EXPECT_TRUE(bed.pbx->core().channels().empty());
}

TEST(Originate, DialledHalfOfALocalChannelKnowsHowTheCallOfTheOtherEnded) {
  PbxBed bed(With("exten => 1,1,Dial(Skype/austin_powers)\nexten => 1,n,Hangup()\n"));
  bed.driver.callee = "austin_powers";
  bed.Act({{"Action", "Originate"},
           {"Channel", "Local/1@demo"},
           {"Application", "Wait"},
           {"Data", "5"},
           {"Async", "true"}});
  bed.Run(milliseconds(100));
  bed.driver.HangUp(bed.driver.last_call, PBX_CAUSE_USER_BUSY);
  bed.Run(seconds(20));
  EXPECT_THAT(bed.WordsOf("Local/1@demo-00000000;1"),
              ElementsAre("Newchannel", "Newexten", "DialBegin", "CHANLOCALSTATUS", "HangupRequest",
                          "DialEnd", "Hangup", "NewCallerid"));
}

TEST(Originate, DialledHalfOfALocalChannelLearnsWhoRings) {
  PbxBed bed(With("exten => 1,1,Dial(Skype/austin_powers)\n"));
  bed.driver.callee = "austin_powers";
  bed.Act({{"Action", "Originate"},
           {"Channel", "Local/1@demo"},
           {"Application", "Wait"},
           {"Data", "5"},
           {"Async", "true"}});
  bed.Run(milliseconds(100));
  bed.driver.Control(bed.driver.last_call, PBX_CONTROL_RINGING);
  bed.Run(milliseconds(100));
  EXPECT_THAT(
      bed.WordsOf("Local/1@demo-00000000;1"),
      ElementsAre("Newchannel", "Newexten", "DialBegin", "Newstate", "NewCallerid", "DialState"));
}

TEST(Originate, FailsForWhatCannotBeCalled) {
  PbxBed bed(With("exten => 1,1,Wait(1)\n"));
  EXPECT_EQ(
      bed.Act({{"Action", "Originate"}, {"Channel", "Nothing/1"}, {"Application", "Wait"}})[0].Get(
          "Message"),
      "Originate failed");
  EXPECT_EQ(bed.Act({{"Action", "Originate"}, {"Channel", "Local/1@demo"}})[0].Get("Response"),
            "Error");
  EXPECT_EQ(
      bed.Act({{"Action", "Originate"}, {"Channel", "Local/9@demo"}, {"Application", "Wait"}})[0]
          .Get("Response"),
      "Error");
}

}  // namespace
}  // namespace sfa::harness
