// What version 2 of the port adds, with a driver that the test plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;

std::string Numbered(skype_call_id call, const std::string& word) {
  return std::to_string(call) + " " + word;
}

// A call to Dial(), answered, with both ends in a bridge.
struct Bridged {
  explicit Bridged(PbxBed& bed) : caller(*bed.runtime), peer(*bed.runtime) {
    in = bed.driver.Incoming(caller);
    bed.Run(milliseconds(100));
    out = bed.driver.last_call;
    bed.driver.Answer(out, peer);
    bed.Run(milliseconds(100));
  }
  EngineLeg caller, peer;
  skype_call_id in = 0, out = 0;
};

constexpr char kDial[] = "exten => 007,1,Dial(Skype/austin_powers)\n";
constexpr char kCaller[] = "Skype/james_bond-00000000";
constexpr char kPeer[] = "Skype/james_bond-00000001";

TEST(Hold, PlaysTheSuggestedClassAndStops) {
  PbxBed bed(With(kDial));
  bed.driver.music_suggest = "nosuch";
  bed.driver.music_interpret = "default";
  Bridged call(bed);
  bed.TakeEvents();
  bed.driver.Control(call.out, PBX_CONTROL_HOLD);
  bed.Run(milliseconds(10));
  ASSERT_NE(bed.FindEvent("Hold"), nullptr);
  EXPECT_EQ(bed.FindEvent("Hold")->Get("Channel"), kPeer);
  EXPECT_EQ(bed.FindEvent("Hold")->Get("MusicClass"), "nosuch");
  ASSERT_NE(bed.FindEvent("MusicOnHoldStart"), nullptr);
  EXPECT_EQ(bed.FindEvent("MusicOnHoldStart")->Get("Channel"), kCaller);
  EXPECT_EQ(bed.FindEvent("MusicOnHoldStart")->Get("Class"), "default");
  EXPECT_TRUE(bed.Logged("class 'nosuch' not found"));
  bed.driver.Control(call.out, PBX_CONTROL_UNHOLD);
  bed.Run(milliseconds(10));
  EXPECT_EQ(bed.FindEvent("MusicOnHoldStop")->Get("Channel"), kCaller);
  EXPECT_THAT(bed.TakeEvents(kPeer), ElementsAre("Hold", "Unhold"));
}

TEST(Hold, PassesThroughToTheDriver) {
  PbxBed bed(With(kDial));
  bed.driver.music_interpret = "passthrough";
  Bridged call(bed);
  bed.TakeEvents();
  bed.driver.Control(call.out, PBX_CONTROL_HOLD);
  bed.Run(milliseconds(10));
  EXPECT_TRUE(bed.driver.Saw(Numbered(call.in, "hold")));
  EXPECT_EQ(bed.FindEvent("MusicOnHoldStart"), nullptr);
  // Whoever was told to hold is not left so when the bridge ends.
  bed.driver.HangUp(call.out, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(10));
  EXPECT_TRUE(bed.driver.Saw(Numbered(call.in, "unhold")));
}

TEST(Hold, TheChannelsOwnClassComesFirst) {
  ConfigurationFiles files = With(
      "exten => 007,1,Set(CHANNEL(musicclass)=soft)\n"
      "exten => 007,n,Dial(Skype/austin_powers)\n");
  files.emplace_back("musiconhold.conf", "[default]\nmode=files\n[soft]\nmode=files\n");
  PbxBed bed(files);
  bed.driver.music_suggest = "default";
  Bridged call(bed);
  bed.driver.Control(call.out, PBX_CONTROL_HOLD);
  bed.Run(milliseconds(10));
  EXPECT_EQ(bed.FindEvent("MusicOnHoldStart")->Get("Class"), "soft");
}

TEST(Music, PlaysInTheDialplan) {
  PbxBed bed(
      With("exten => 007,1,Answer()\nexten => 007,n,StartMusicOnHold()\n"
           "exten => 007,n,Wait(1)\nexten => 007,n,StopMusicOnHold()\n"
           "exten => 007,n,MusicOnHold(default,1)\nexten => 007,n,NoOp(after)\n"));
  EngineLeg engine(*bed.runtime);
  bed.TakeEvents();
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(1900));
  EXPECT_TRUE(bed.Told().empty());
  bed.Run(milliseconds(200));
  EXPECT_THAT(bed.Told(), ElementsAre("after"));
  EXPECT_THAT(bed.TakeEvents(kCaller),
              ElementsAre("Newchannel", "Newexten", "Newstate", "Newexten", "MusicOnHoldStart",
                          "Newexten", "Newexten", "MusicOnHoldStop", "Newexten", "MusicOnHoldStart",
                          "MusicOnHoldStop", "Newexten", "SoftHangupRequest", "Hangup"));
}

TEST(Text, GoesBothWaysAndThroughABridge) {
  PbxBed bed(With(std::string(kDial) +
                  "exten => 008,1,SendText(hello)\nexten => 008,n,NoOp(${SENDTEXTSTATUS})\n"
                  "exten => 008,n,Echo()\n"));
  Bridged call(bed);
  bed.driver.host->channel_text(bed.driver.pbx, bed.driver.calls.at(call.out).channel,
                                "Yeah, baby");
  bed.Run(milliseconds(10));
  EXPECT_TRUE(bed.driver.Saw(Numbered(call.in, "text Yeah, baby")));
  EngineLeg engine(*bed.runtime);
  const skype_call_id echo = bed.driver.Incoming(engine, PBX_CODEC_ULAW, "008");
  bed.Run(milliseconds(10));
  EXPECT_TRUE(bed.driver.Saw(Numbered(echo, "text hello")));
  EXPECT_THAT(bed.Told(), ElementsAre("SUCCESS"));
  bed.driver.host->channel_text(bed.driver.pbx, bed.driver.calls.at(echo).channel, "back");
  bed.Run(milliseconds(10));
  EXPECT_TRUE(bed.driver.Saw(Numbered(echo, "text back")));
  const auto sent = bed.Act({{"Action", "SendText"}, {"Channel", kCaller}, {"Message", "ami"}});
  EXPECT_EQ(sent[0].Get("Message"), "Success");
  EXPECT_TRUE(bed.driver.Saw(Numbered(call.in, "text ami")));
}

TEST(Transfer, WaitsForTheDriversWord) {
  PbxBed bed(
      With("exten => 007,1,Transfer(dr_evil)\nexten => 007,n,NoOp(${TRANSFERSTATUS})\n"
           "exten => 007,n,Transfer(Skype/dr_evil)\nexten => 007,n,NoOp(${TRANSFERSTATUS})\n"
           "exten => 007,n,Transfer(SIP/dr_evil)\nexten => 007,n,NoOp(${TRANSFERSTATUS})\n"));
  EngineLeg engine(*bed.runtime);
  const skype_call_id call = bed.driver.Incoming(engine);
  bed.Run(seconds(1));
  EXPECT_TRUE(bed.driver.Saw(Numbered(call, "transfer dr_evil")));
  EXPECT_TRUE(bed.Told().empty());
  bed.driver.host->channel_transferred(bed.driver.pbx, bed.driver.calls.at(call).channel, 1);
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("SUCCESS"));
  bed.driver.host->channel_transferred(bed.driver.pbx, bed.driver.calls.at(call).channel, 0);
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("SUCCESS", "FAILURE", "FAILURE"));
}

TEST(Transfer, OfAChannelWithoutOneIsUnsupported) {
  PbxBed bed(
      With("exten => 1,1,Answer()\nexten => 1,n,Wait(5)\nexten => 2,1,Transfer(bob)\n"
           "exten => 2,n,NoOp(${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})\n"));
  bed.Act({{"Action", "Originate"},
           {"Channel", "Local/1@demo"},
           {"Context", "demo"},
           {"Exten", "2"},
           {"Priority", "1"},
           {"Async", "true"}});
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("UNSUPPORTED 0"));
}

TEST(Party, IsTheCalleeAtFirstAndWhoeverAnswersLater) {
  PbxBed bed(With(kDial));
  bed.driver.callee = "austin_powers";
  EngineLeg caller(*bed.runtime);
  bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  ASSERT_NE(bed.FindEvent("NewConnectedLine"), nullptr);
  std::vector<std::string> connected;
  const auto note = [&] {
    for (const AmiMessage& event : bed.events) {
      if (event.Get("Event") == "NewConnectedLine" && event.Get("Channel") == kCaller) {
        connected.push_back(event.Get("ConnectedLineNum") + "!" + event.Get("ConnectedLineName"));
      }
    }
    bed.TakeEvents();
  };
  note();
  const skype_call_id out = bed.driver.last_call;
  for (int i = 0; i < 2; ++i) {
    bed.driver.host->channel_party(bed.driver.pbx, bed.driver.calls.at(out).channel, "mini_me",
                                   "Mini Me");
    bed.Run(milliseconds(10));
  }
  ASSERT_NE(bed.FindEvent("NewCallerid"), nullptr);
  EXPECT_EQ(bed.FindEvent("NewCallerid")->Get("Channel"), kPeer);
  note();
  EXPECT_THAT(connected, ElementsAre("austin_powers!<unknown>", "mini_me!Mini Me"));
}

TEST(Party, IsSetByTheDialplan) {
  PbxBed bed(
      With("exten => 007,1,Set(CONNECTEDLINE(all)=\"Mini Me\" <mini_me>)\n"
           "exten => 007,n,NoOp(${CONNECTEDLINE(name)} ${CONNECTEDLINE(num)})\n"));
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("Mini Me mini_me"));
  ASSERT_NE(bed.FindEvent("NewConnectedLine"), nullptr);
  EXPECT_EQ(bed.FindEvent("NewConnectedLine")->Get("ConnectedLineNum"), "mini_me");
}

TEST(Dial, PassesDigitsOnBeforeTheAnswer) {
  PbxBed bed(With(kDial));
  EngineLeg caller(*bed.runtime);
  const skype_call_id in = bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  caller.SendDigit(bed.driver.calls.at(in).local, 4, 800, 800);
  bed.Run(milliseconds(200));
  EXPECT_TRUE(bed.driver.Saw(Numbered(in + 1, "end 4 100")));
}

TEST(EarlyMedia, IsHeardBeforeTheAnswer) {
  PbxBed bed(With(kDial));
  EngineLeg caller(*bed.runtime), peer(*bed.runtime);
  bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  const skype_call_id out = bed.driver.last_call;
  const pbx_media media = {PBX_CODEC_ULAW, peer.address()};
  bed.driver.host->channel_media(bed.driver.pbx, bed.driver.calls.at(out).channel, &media);
  bed.driver.Control(out, PBX_CONTROL_PROGRESS);
  bed.Run(milliseconds(10));
  ASSERT_NE(bed.FindEvent("DialState"), nullptr);
  EXPECT_EQ(bed.FindEvent("DialState")->Get("DialStatus"), "PROGRESS");
  peer.SendTo(bed.driver.calls.at(out).local,
              EngineLeg::Packet(0, 1, 160, std::vector<uint8_t>(160, 0x55)));
  bed.Run(milliseconds(100));
  EXPECT_EQ(caller.heard.size(), 1u);
  bed.driver.HangUp(out, PBX_CAUSE_USER_BUSY);
  bed.Run(milliseconds(100));
  EXPECT_TRUE(bed.driver.calls.size() <= 1);
}

TEST(EarlyMedia, OfTheDialplanIsToldToTheDriverOnce) {
  PbxBed bed(With("exten => 007,1,Progress()\nexten => 007,n,Dial(Skype/austin_powers)\n"));
  EngineLeg caller(*bed.runtime), peer(*bed.runtime);
  const skype_call_id in = bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  EXPECT_THAT(bed.driver.seen, Contains(Numbered(in, "progress")).Times(1));
  const skype_call_id out = bed.driver.last_call;
  const pbx_media media = {PBX_CODEC_ULAW, peer.address()};
  bed.driver.host->channel_media(bed.driver.pbx, bed.driver.calls.at(out).channel, &media);
  bed.driver.Control(out, PBX_CONTROL_PROGRESS);
  peer.SendTo(bed.driver.calls.at(out).local,
              EngineLeg::Packet(0, 1, 160, std::vector<uint8_t>(160, 0x55)));
  bed.Run(milliseconds(100));
  EXPECT_THAT(bed.driver.seen, Contains(Numbered(in, "progress")).Times(1));
  EXPECT_FALSE(bed.driver.Saw(Numbered(out, "progress")));
}

TEST(EarlyMedia, NeedsNoProgressWhenSomebodySpeaks) {
  PbxBed bed(With(kDial));
  EngineLeg caller(*bed.runtime), peer(*bed.runtime);
  const skype_call_id in = bed.driver.Incoming(caller);
  bed.Run(milliseconds(100));
  EXPECT_FALSE(bed.driver.Saw(Numbered(in, "progress")));
  const skype_call_id out = bed.driver.last_call;
  const pbx_media media = {PBX_CODEC_ULAW, peer.address()};
  bed.driver.host->channel_media(bed.driver.pbx, bed.driver.calls.at(out).channel, &media);
  peer.SendTo(bed.driver.calls.at(out).local,
              EngineLeg::Packet(0, 1, 160, std::vector<uint8_t>(160, 0x55)));
  bed.Run(milliseconds(100));
  EXPECT_TRUE(bed.driver.Saw(Numbered(in, "progress")));
}

TEST(Codecs, AreG711Alone) {
  PbxBed bed(With(kDial));
  const auto can = [&](pbx_codec codec) {
    return bed.driver.host->can_use_codec(bed.driver.pbx, codec);
  };
  EXPECT_EQ(can(PBX_CODEC_ULAW), 1);
  EXPECT_EQ(can(PBX_CODEC_ALAW), 1);
  EXPECT_EQ(can(PBX_CODEC_G729), 0);
  EXPECT_EQ(can(PBX_CODEC_NONE), 0);
}

TEST(Redirect, MovesACallerInItsDialplan) {
  PbxBed bed(
      With("exten => 007,1,Answer()\nexten => 007,n,Wait(100)\nexten => 007,n,NoOp(never)\n"
           "exten => 9,1,NoOp(nine)\nexten => 9,n(here),NoOp(here)\n"
           "exten => 9,n,Wait(100)\n"));
  EngineLeg engine(*bed.runtime);
  bed.driver.Incoming(engine);
  bed.Run(milliseconds(10));
  const auto redirect = [&](const std::string& channel, const std::string& priority) {
    return bed
        .Act({{"Action", "Redirect"},
              {"Channel", channel},
              {"Context", "demo"},
              {"Exten", "9"},
              {"Priority", priority}})[0]
        .Get("Message");
  };
  EXPECT_EQ(redirect("Skype/none", "1"), "Channel does not exist: Skype/none");
  EXPECT_EQ(redirect(kCaller, "zz"), "Priority is invalid");
  EXPECT_EQ(redirect(kCaller, "1"), "Redirect successful");
  bed.Run(milliseconds(10));
  EXPECT_EQ(bed.Command("channel redirect " + std::string(kCaller) + " demo,9,here"),
            "Channel '" + std::string(kCaller) + "' successfully redirected to demo,9,here\n");
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("nine", "here", "here"));
  EXPECT_EQ(bed.driver.calls.size(), 1u);
}

TEST(Redirect, EndsAnApplicationThatRunsAlone) {
  PbxBed bed(
      With("exten => 1,1,Answer()\nexten => 1,n,Wait(100)\nexten => 9,1,NoOp(nine)\n"
           "exten => 9,n,Wait(100)\n"));
  bed.Act({{"Action", "Originate"},
           {"Channel", "Local/1@demo"},
           {"Application", "Wait"},
           {"Data", "100"}});
  bed.Command("channel redirect Local/1@demo-00000000;1 demo,9,1");
  bed.Run(milliseconds(10));
  EXPECT_THAT(bed.Told(), ElementsAre("nine"));
  EXPECT_EQ(bed.pbx->core().channels().size(), 2u);
}

TEST(Redirect, TakesTheCalleeOutOfItsBridge) {
  PbxBed bed(With(std::string(kDial) + "exten => 9,1,NoOp(nine)\nexten => 9,n,NoOp(on)\n"
                                       "exten => 9,n,Wait(100)\n"));
  Bridged call(bed);
  bed.TakeEvents();
  bed.Act({{"Action", "Redirect"},
           {"Channel", kPeer},
           {"Context", "demo"},
           {"Exten", "9"},
           {"Priority", "1"}});
  bed.Run(milliseconds(10));
  EXPECT_EQ(bed.driver.calls.count(call.in), 0u);
  EXPECT_EQ(bed.driver.calls.count(call.out), 1u);
  // As Asterisk 22 tells it: the new place comes with the old application, so that the first one
  // there goes untold.
  EXPECT_THAT(bed.TakeEvents(kPeer),
              ElementsAre("Newexten", "VarSet", "BridgeLeave", "Newexten", "Newexten"));
}

TEST(Redirect, BlindTransferSendsTheOtherOne) {
  PbxBed bed(With(std::string(kDial) +
                  "exten => 9,1,NoOp(nine)\nexten => 9,n,NoOp(${BLINDTRANSFER})\n"
                  "exten => 9,n,Wait(100)\n"));
  Bridged call(bed);
  const auto transfer = [&](const std::string& exten) {
    return bed
        .Act({{"Action", "BlindTransfer"},
              {"Channel", kPeer},
              {"Context", "demo"},
              {"Exten", exten}})[0]
        .Get("Message");
  };
  EXPECT_EQ(transfer("8"), "Transfer failed");
  EXPECT_EQ(transfer("9"), "Transfer succeeded");
  bed.Run(milliseconds(10));
  EXPECT_EQ(bed.driver.calls.count(call.in), 1u);
  EXPECT_EQ(bed.driver.calls.count(call.out), 0u);
  EXPECT_THAT(bed.Told(), Contains(kPeer));
  EXPECT_EQ(bed.FindEvent("BlindTransfer")->Get("TransfereeChannel"), kCaller);
}

TEST(Console, HelpsAndCompletes) {
  PbxBed bed(With(""));
  EXPECT_EQ(bed.Command("core show help skype show us"),
            "skype show user                -- Show one user\n"
            "skype show users               -- List the users\n");
  EXPECT_EQ(bed.Command("core show help skype show user"), "Usage: skype show user <username>\n");
  EXPECT_EQ(bed.Command("core show help frob"), "No such command 'frob'.\n");
  EXPECT_EQ(bed.Command("skype show user"), "Usage: skype show user <username>\n");
  EXPECT_EQ(bed.Command("skype show users"), "Skype Users\n");
  EXPECT_EQ(bed.Command("_command matchesarray \"skype show us\" us"), "user user users _EOF_\n");
  EXPECT_EQ(bed.Command("_command matchesarray \"skype show user ja\" ja"),
            "james_bond james_bond _EOF_\n");
  EXPECT_EQ(bed.Command("_command matchesarray \"skype show user \" \"\""),
            "james_bond james_bond _EOF_\n");
  EXPECT_EQ(bed.Command("_command matchesarray \"zork\" zork"), "_EOF_\n");
  const auto answer = bed.Act({{"Action", "Command"}, {"Command", "skype show user"}});
  EXPECT_EQ(answer[0].Get("Response"), "Error");
  EXPECT_EQ(bed.Act({{"Action", "Command"}, {"Command", "module unload chan_skype.so"}})[0].Get(
                "Message"),
            "Command blacklisted");
}

}  // namespace
}  // namespace sfa::harness
