// The PBX as a whole, with a driver that the test plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ConfigurationFiles With(const std::string& demo) {
  return {{"chan_skype.conf", "[general]\n[james_bond]\nsecret=shaken\n"},
          {"extensions.conf", "[demo]\n" + demo}};
}

// The events of a channel since the last look, each variable that was set by its own name.
std::vector<std::string> WordsOf(const PbxBed& bed, const std::string& channel) {
  std::vector<std::string> words;
  for (const AmiMessage& event : bed.events) {
    if (event.Get("Channel") != channel && event.Get("DestChannel") != channel) continue;
    const bool set = event.Get("Event") == "VarSet";
    words.push_back(event.Get(set ? "Variable" : "Event"));
  }
  return words;
}

TEST(Pbx, IncomingCallEntersTheDialplanInAsterisksOrder) {
  PbxBed bed(With("exten => 007,1,Answer()\nexten => 007,n,Wait(1)\nexten => 007,n,Hangup()\n"));
  ASSERT_EQ(bed.start_error, "");
  bed.TakeEvents();
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  ASSERT_NE(call, 0u);
  bed.Run(milliseconds(500));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(call) + " answer"));
  bed.Run(seconds(1));
  const std::string channel = "Skype/james_bond-00000000";
  ASSERT_NE(bed.FindEvent("Hangup"), nullptr);
  EXPECT_EQ(bed.FindEvent("Hangup")->Get("Cause-txt"), "Normal Clearing");
  EXPECT_EQ(bed.FindEvent("Newchannel")->Get("CallerIDNum"), "austin_powers");
  EXPECT_THAT(bed.TakeEvents(channel), ElementsAre("Newchannel", "Newexten", "Newstate", "Newexten",
                                                   "Newexten", "SoftHangupRequest", "Hangup"));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(call) + " hangup 16"));
}

TEST(Pbx, UnknownExtensionAndCallLimitRefuse) {
  ConfigurationFiles files = With("exten => 007,1,Wait(10)\n");
  files.emplace_back("asterisk.conf", "[options]\nmaxcalls=1\n");
  PbxBed bed(files);
  EngineLeg engine(*bed.runtime);
  EXPECT_EQ(bed.driver.Incoming(engine, PBX_CODEC_ULAW, "008"), 0u);
  EXPECT_EQ(bed.driver.refused, PBX_CAUSE_UNALLOCATED);
  EXPECT_NE(bed.driver.Incoming(engine), 0u);
  EXPECT_EQ(bed.driver.Incoming(engine), 0u);
  EXPECT_EQ(bed.driver.refused, PBX_CAUSE_CONGESTION);
}

TEST(Pbx, EchoReturnsVoiceAndDigits) {
  PbxBed bed(With("exten => 007,1,Answer()\nexten => 007,n,Echo()\n"));
  EngineLeg engine(*bed.runtime), stranger(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  bed.Run(milliseconds(100));
  const pbx_address local = bed.driver.calls.at(call).local;
  EXPECT_GE(local.port, 10000);
  EXPECT_EQ(local.port % 2, 0);
  const std::vector<uint8_t> voice(160, 0x55);
  for (uint16_t i = 0; i < 5; ++i) {
    engine.SendTo(local, EngineLeg::Packet(0, i, 160u * i, voice));
    stranger.SendTo(local, EngineLeg::Packet(0, i, 160u * i, voice));
    bed.Run(milliseconds(20));
  }
  ASSERT_EQ(engine.heard.size(), 5u);
  EXPECT_TRUE(stranger.heard.empty());
  EXPECT_EQ(std::vector<uint8_t>(engine.heard[4].begin() + 12, engine.heard[4].end()), voice);
  EXPECT_EQ(engine.heard[0][1], 0x80);  // PCMU, a new stream
  EXPECT_EQ(engine.heard[1][1], 0x00);
  engine.heard.clear();
  engine.SendDigit(local, 4, 800, 800);
  bed.Run(milliseconds(200));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(call) + " begin 4"));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(call) + " end 4 100"));
  ASSERT_GE(engine.heard.size(), 4u);
  EXPECT_EQ(engine.heard.back()[1] & 0x7F, 101);
  EXPECT_EQ(engine.heard.back()[12], 4);
  EXPECT_EQ(engine.heard.back()[13] & 0x80, 0x80);
  bed.driver.HangUp(call, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(100));
  EXPECT_TRUE(bed.pbx->core().channels().empty());
}

TEST(Pbx, ShortDigitsAreStretchedAndReadInOrder) {
  PbxBed bed(
      With("exten => 007,1,Answer()\nexten => 007,n,Read(d,,3)\n"
           "exten => 007,n,NoOp(${d} ${READSTATUS})\n"));
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  bed.Run(milliseconds(100));
  const pbx_address local = bed.driver.calls.at(call).local;
  engine.SendDigit(local, 4, 800, 160);   // 20 ms
  engine.SendDigit(local, 2, 1600, 160);  // at once
  engine.SendDigit(local, 11, 2400, 800);
  bed.Run(seconds(1));
  EXPECT_THAT(bed.Told(), ElementsAre("42 OK"));
  EXPECT_EQ(bed.FindEvent("DTMFEnd")->Get("DurationMs"), "20");  // as it came
}

TEST(Pbx, DigitThatFollowsOneThatWasSentIsHeardAtItsEnd) {
  PbxBed bed(With("exten => 007,1,Answer()\nexten => 007,n,Echo()\n"));
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  bed.Run(milliseconds(100));
  const pbx_address local = bed.driver.calls.at(call).local;
  bed.TakeEvents();
  engine.SendDigit(local, 4, 800, 800);
  bed.Run(milliseconds(300));
  engine.SendDigit(local, 2, 3200, 800);
  bed.Run(milliseconds(700));
  engine.SendDigit(local, 1, 8800, 800);
  bed.Run(milliseconds(300));
  std::vector<std::string> digits;
  for (const AmiMessage& event : bed.events) {
    digits.push_back(event.Get("Event") + event.Get("Digit") + event.Get("Direction")[0]);
  }
  EXPECT_THAT(digits, ElementsAre("DTMFBegin4R", "DTMFEnd4R", "DTMFBegin4S", "DTMFEnd4S",
                                  "DTMFEnd2R", "DTMFBegin2S", "DTMFEnd2S",  //
                                  "DTMFBegin1R", "DTMFEnd1R", "DTMFBegin1S", "DTMFEnd1S"));
}

TEST(Pbx, DigitsOfItsOwnAreNotTold) {
  PbxBed bed(With("exten => 007,1,Answer()\nexten => 007,n,SendDTMF(4)\n"));
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  bed.Run(seconds(1));
  EXPECT_TRUE(bed.driver.Saw(std::to_string(call) + " end 4 100"));
  EXPECT_EQ(bed.FindEvent("DTMFBegin"), nullptr);
  EXPECT_EQ(bed.FindEvent("DTMFEnd"), nullptr);
}

TEST(Pbx, ReadTimesOut) {
  PbxBed bed(With("exten => 007,1,Read(d,,3,,2,1)\nexten => 007,n,NoOp(${d}!${READSTATUS})\n"));
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(1900));
  EXPECT_TRUE(bed.Told().empty());
  EXPECT_EQ(bed.FindEvent("VarSet")->Get("Variable"), "READSTATUS");
  EXPECT_EQ(bed.FindEvent("VarSet")->Get("Value"), "ERROR");
  bed.Run(milliseconds(200));
  EXPECT_THAT(bed.Told(), ElementsAre("!TIMEOUT"));
}

TEST(Pbx, DialplanFlow) {
  PbxBed bed(
      With("exten => 007,1,Set(i=0)\nexten => 007,n,While($[${i} < 3])\n"
           "exten => 007,n,Set(i=$[${i} + 1])\nexten => 007,n,EndWhile()\n"
           "exten => 007,n,Set(ARRAY(buddy,status)=austin_powers,Online)\n"
           "exten => 007,n,NoOp(${i} ${buddy} is ${status} ${EXTEN:1} ${LEN(abc)})\n"
           "exten => 007,n,GotoIf($[\"${status}\" = \"Online\"]?yes:no)\n"
           "exten => 007,n(no),NoOp(no)\nexten => 007,n(yes),NoOp(${CALLERID(num)})\n"
           "exten => 007,n,Set(buddy=test-test)\nexten => 007,n,While($[${buddy}])\n"
           "exten => 007,n,NoOp(never)\nexten => 007,n,EndWhile()\n"
           "exten => 007,n,NoOp(after ${UNSET} ${buddy:-4:2})\nexten => 007,n,Frobnicate()\n"
           "exten => h,1,NoOp(h ${HANGUPCAUSE})\n"));
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(100));
  EXPECT_THAT(bed.Told(),
              ElementsAre("3 austin_powers is Online 07 3", "austin_powers", "after  te", "h 0"));
  EXPECT_TRUE(bed.Logged("non-numeric argument"));
  EXPECT_TRUE(bed.Logged("No application 'Frobnicate' for extension (demo, 007, 15)"));
}

TEST(Pbx, EndlessLoopLetsTimePassAndCanBeHungUp) {
  PbxBed bed(With("exten => 007,1,Goto(1)\n"));
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  bed.Run(milliseconds(20));
  bed.driver.HangUp(call, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(20));
  EXPECT_TRUE(bed.pbx->core().channels().empty());
}

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
  std::vector<std::string> words = WordsOf(bed, "Skype/james_bond-00000000");
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
  EXPECT_THAT(WordsOf(bed, "Local/1@demo-00000000;1"),
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
      WordsOf(bed, "Local/1@demo-00000000;1"),
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

TEST(Actions, AnswerAsAsteriskDoes) {
  PbxBed bed(With("exten => 007,1,Wait(10)\n"));
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  const std::string channel = "Skype/james_bond-00000000";
  EXPECT_EQ(bed.Act({{"Action", "ping"}})[0].Get("Ping"), "Pong");
  EXPECT_THAT(bed.Act({{"Action", "Nonsense"}})[0].Get("Message"),
              HasSubstr("Invalid/unknown command: Nonsense"));
  EXPECT_EQ(
      bed.Act({{"Action", "Setvar"}, {"Channel", channel}, {"Variable", "a"}, {"Value", "b"}})[0]
          .Get("Message"),
      "Variable Set");
  EXPECT_EQ(
      bed.Act({{"Action", "Getvar"}, {"Channel", channel}, {"Variable", "a"}})[0].Get("Value"),
      "b");
  EXPECT_EQ(bed.Act({{"Action", "CoreShowChannels"}}).size(), 3u);
  EXPECT_EQ(bed.Act({{"Action", "Command"}, {"Command", "skype show users"}})[0].Get("Output"),
            "Skype Users");
  EXPECT_EQ(bed.Act({{"Action", "Hangup"}, {"Channel", "Skype/none"}})[0].Get("Message"),
            "No such channel");
  EXPECT_EQ(bed.Act({{"Action", "Hangup"}, {"Channel", channel}})[0].Get("Response"), "Success");
  bed.Run(milliseconds(10));
  ASSERT_NE(bed.FindEvent("SoftHangupRequest"), nullptr);
  EXPECT_EQ(bed.FindEvent("SoftHangupRequest")->Get("Cause"), "32") << "who asked, no cause";
  EXPECT_TRUE(bed.driver.calls.empty());
}

TEST(Ami, HangupTakesARegularExpression) {
  PbxBed bed(With("exten => 007,1,Wait(10)\n"));
  EngineLeg first(*bed.runtime), second(*bed.runtime);
  bed.driver.Incoming(first);
  bed.driver.Incoming(second);
  bed.Run(milliseconds(10));
  const auto hang_up = [&](const std::string& channel) {
    return bed.Act({{"Action", "Hangup"}, {"Channel", channel}, {"Cause", "17"}});
  };
  EXPECT_EQ(hang_up("/^SIP/").back().Get("ListItems"), "0");
  EXPECT_EQ(hang_up("/^Skype")[0].Get("Message"),
            "Regex format invalid, Channel param should be /regex/");
  EXPECT_EQ(hang_up("/(Skype/")[0].Get("Message"), "Regex compile failed on: /(Skype/");
  EXPECT_EQ(bed.driver.calls.size(), 2u);

  const std::vector<AmiMessage> last = hang_up("/1$/");
  ASSERT_EQ(last.size(), 3u);
  EXPECT_EQ(last[0].Get("Message"), "Channels hung up will follow");
  EXPECT_EQ(last[0].Get("EventList"), "start");
  EXPECT_EQ(last[1].Get("Event"), "ChannelHungup");
  EXPECT_EQ(last[1].Get("Channel"), "Skype/james_bond-00000001");
  EXPECT_EQ(last[2].Get("Event"), "ChannelsHungupListComplete");
  EXPECT_EQ(last[2].Get("EventList"), "Complete");
  bed.Run(milliseconds(10));
  EXPECT_EQ(bed.driver.calls.size(), 1u);
  EXPECT_EQ(bed.FindEvent("Hangup")->Get("Cause"), "17");
  EXPECT_EQ(hang_up("/^Skype/james_bond-[0-9a-f]+$/").back().Get("ListItems"), "1");
  bed.Run(milliseconds(10));
  EXPECT_TRUE(bed.driver.calls.empty());
}

TEST(Ami, HangupTakesEveryCause) {
  PbxBed bed(With("exten => 007,1,Wait(10)\n"));
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  bed.Act({{"Action", "Hangup"}, {"Channel", "/^Skype/"}, {"Cause", "127"}});
  bed.Run(milliseconds(10));
  EXPECT_EQ(bed.FindEvent("Hangup")->Get("Cause"), "127");
  EXPECT_EQ(bed.driver.seen.back(), "1 hangup 127");
}

TEST(Modules, AreNotTakenFromUnderACall) {
  PbxBed bed(With("exten => 007,1,Wait(10)\n"));
  EXPECT_THAT(bed.Command("module show like skype"), HasSubstr("2 modules loaded"));
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  EXPECT_THAT(bed.Command("module unload chan_skype.so"), HasSubstr("Unable to unload"));
  EXPECT_THAT(bed.Command("module reload chan_skype.so"), HasSubstr("reported a reload failure"));
  bed.driver.HangUp(call, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Command("module unload res_skypeforasterisk.so"), HasSubstr("Unable to unload"));
  EXPECT_EQ(bed.Command("module unload chan_skype.so"), "Unloaded chan_skype.so\n");
  EXPECT_EQ(bed.Command("module unload res_skypeforasterisk.so"),
            "Unloaded res_skypeforasterisk.so\n");
  EXPECT_THAT(bed.Command("skype show users"), HasSubstr("No such command 'skype show users'"));
  EXPECT_THAT(bed.Command("module load chan_skype.so"), HasSubstr("Unable to load"));
  EXPECT_EQ(bed.Command("module load res_skypeforasterisk.so"), "Loaded res_skypeforasterisk.so\n");
  EXPECT_EQ(bed.Command("module load chan_skype.so"), "Loaded chan_skype.so\n");
  bed.TakeEvents();
  ASSERT_NE(bed.driver.Incoming(engine), 0u);
  EXPECT_EQ(bed.FindEvent("Newchannel")->Get("Channel"), "Skype/james_bond-00000000");
}

TEST(Modules, WithoutConfigurationTheDriverDeclinesAndThePbxRuns) {
  PbxBed bed(ConfigurationFiles{{"extensions.conf", "[demo]\nexten => 1,1,Wait(1)\n"}});
  EXPECT_EQ(bed.start_error, "");
  EXPECT_THAT(bed.Command("module show like skype"), HasSubstr("1 modules loaded"));
}

TEST(Start, BrokenDialplanIsNamedWithItsLine) {
  PbxBed bed(ConfigurationFiles{{"extensions.conf", "[demo]\n\nexten => 1,1,Wait(1)\n[oops\n"}});
  EXPECT_THAT(bed.start_error, HasSubstr("extensions.conf:4"));
}

TEST(AmiSession, LogsInFiltersAndRefuses) {
  ConfigurationFiles files = With("exten => 007,1,Wait(1)\n");
  files.emplace_back("manager.conf", "[lab]\nsecret=s3\nread=system\nwrite=command\n");
  PbxBed bed(files);
  std::string out;
  bool closed = false;
  auto session =
      bed.pbx->NewAmiSession([&](std::string_view bytes) { out += bytes; }, [&] { closed = true; });
  EXPECT_EQ(out, "Asterisk Call Manager/11.0.0\r\n");
  session->Feed("Action: Ping\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Message: Permission denied"));
  out.clear();
  session->Feed("Action: Login\r\nActionID: 1\r\nUserna");
  session->Feed("me: lab\r\nSecret: s3\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Response: Success\r\nActionID: 1\r\nMessage: Authentication "
                             "accepted\r\n\r\nEvent: FullyBooted\r\n"));
  out.clear();
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  EXPECT_EQ(out, "");  // call events are not for this user
  const pbx_header header = {"Username", "james_bond\r\nX: y"};
  bed.driver.host->manager_event(bed.driver.pbx, "SkypeAccountStatus", &header, 1);
  EXPECT_EQ(out,
            "Event: SkypeAccountStatus\r\nPrivilege: system,all\r\n"
            "Username: james_bond  X: y\r\n\r\n");
  out.clear();
  session->Feed("Action: Originate\r\nChannel: Skype/x\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Permission denied"));
  out.clear();
  session->Feed("Action: " + std::string(2000, 'x') + "\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Command line too long"));
  session->Feed("Action: Logoff\r\n\r\n");
  EXPECT_TRUE(closed);
}

TEST(AmiSession, WrongPasswordCloses) {
  ConfigurationFiles files = With("");
  files.emplace_back("manager.conf", "[lab]\nsecret=s3\n");
  PbxBed bed(files);
  std::string out;
  bool closed = false;
  auto session =
      bed.pbx->NewAmiSession([&](std::string_view bytes) { out += bytes; }, [&] { closed = true; });
  session->Feed("Action: Login\r\nUsername: lab\r\nSecret: no\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Authentication failed"));
  EXPECT_TRUE(closed);
}

// What a program on the same machine sees of the manager interface.
class ManagerClient final : public StreamHandler {
 public:
  explicit ManagerClient(Runtime& runtime)
      : stream_(runtime.ConnectTcp({}, {Ipv4Address::Of(127, 0, 0, 1), 5038}, *this)) {}
  void Send(std::string_view text) {
    stream_->Write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  std::string heard;
  bool ended = false;

 private:
  void OnData(std::span<const uint8_t> bytes) override { heard.append(bytes.begin(), bytes.end()); }
  void OnEndOfStream() override { ended = true; }
  void OnError(const Error&) override { ended = true; }
  std::unique_ptr<ByteStream> stream_;
};

TEST(ManagerPort, IsWhereAProgramLogsIn) {
  ConfigurationFiles files = With("");
  files.emplace_back("manager.conf", "[lab]\nsecret=s3\nread=system\nwrite=command\n");
  PbxBed bed(files);
  bed.Run(milliseconds(10));
  ManagerClient client(*bed.runtime);
  bed.Run(milliseconds(10));
  EXPECT_EQ(client.heard, "Asterisk Call Manager/11.0.0\r\n");
  client.Send("Action: Login\r\nUsername: lab\r\nSecret: s3\r\n\r\n");
  bed.Run(milliseconds(10));
  EXPECT_THAT(client.heard, HasSubstr("Authentication accepted"));
  EXPECT_FALSE(client.ended);
  client.Send("Action: Logoff\r\n\r\n");
  bed.Run(milliseconds(10));
  EXPECT_TRUE(client.ended);
  // Its port is nobody else's.
  struct Nobody final : AcceptHandler {
    void OnAccept(std::unique_ptr<ByteStream>) override {}
  } nobody;
  EXPECT_FALSE(bed.runtime->ListenTcp({{}, 5038}, nobody).ok());
}

TEST(ManagerPort, ResetsWhoIsTooMany) {
  PbxBed bed(With(""));
  std::vector<std::unique_ptr<ManagerClient>> clients;
  for (size_t i = 0; i <= ManagerPort::kMaxConnections; ++i) {
    clients.push_back(std::make_unique<ManagerClient>(*bed.runtime));
    bed.Run(milliseconds(1));
  }
  EXPECT_FALSE(clients[ManagerPort::kMaxConnections - 1]->ended);
  EXPECT_TRUE(clients.back()->ended);
  clients.erase(clients.begin());
  bed.Run(milliseconds(10));
  ManagerClient next(*bed.runtime);
  bed.Run(milliseconds(10));
  EXPECT_FALSE(next.ended);
}

TEST(ManagerPort, IsClosedWhereItIsDisabled) {
  ConfigurationFiles files = With("");
  files.emplace_back("manager.conf", "[general]\nenabled=no\n");
  PbxBed bed(files);
  ManagerClient client(*bed.runtime);
  bed.Run(milliseconds(10));
  EXPECT_TRUE(client.ended);
}

TEST(Console, UnknownCommandIsAnsweredAsAsteriskDoes) {
  PbxBed bed(With("exten => _X.,1,Wait(1)\nexten => 1,hint,Skype:a@b\n"));
  EXPECT_EQ(
      bed.Command("frob x"),
      "No such command 'frob x' (type 'core show help frob x' for other possible commands)\n");
  EXPECT_THAT(bed.Command("core show version"), HasSubstr("Asterisk 22"));
  EXPECT_THAT(bed.Command("dialplan show demo"), HasSubstr("'_X.' =>"));
  EXPECT_THAT(bed.Command("core show hints"), HasSubstr("Skype:a@b"));
  EXPECT_THAT(bed.Command("core show channels"), HasSubstr("0 active channels"));
}

}  // namespace
}  // namespace sfa::harness
