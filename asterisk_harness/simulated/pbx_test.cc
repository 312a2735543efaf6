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
