// Bridge: channels that are taken from what they do and brought together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

ConfigurationFiles Files() {
  return {{"chan_skype.conf", "[general]\n[james_bond]\nsecret=shaken\n"},
          {"extensions.conf",
           "[demo]\nexten => 007,1,Dial(Skype/austin_powers)\n"
           "exten => 008,1,Answer()\nexten => 008,n,Wait(60)\nexten => 008,n,NoOp(over)\n"
           "exten => 009,1,Wait(60)\n"
           "[default]\nexten => s,1,NoOp(on)\nexten => s,n,Wait(60)\n"}};
}

constexpr char kPeer[] = "Skype/james_bond-00000001";
constexpr char kOther[] = "Skype/james_bond-00000002";

// 00000000 has dialled 00000001, 00000002 waits.
struct Three {
  Three() : caller(*bed.runtime), peer(*bed.runtime), other(*bed.runtime) {
    in = bed.driver.Incoming(caller);
    bed.Run(milliseconds(100));
    out = bed.driver.last_call;
    bed.driver.Answer(out, peer);
    bed.Run(milliseconds(100));
    third = bed.driver.Incoming(other, PBX_CODEC_ULAW, "008");
    bed.Run(milliseconds(100));
    bed.TakeEvents();
  }
  AmiMessage Bridge(const char* first, const char* second) {
    const auto answer = bed.Act({{"Action", "Bridge"}, {"Channel1", first}, {"Channel2", second}});
    bed.Run(milliseconds(100));
    return answer[0];
  }
  PbxBed bed{Files()};
  EngineLeg caller, peer, other;
  skype_call_id in = 0, out = 0, third = 0;
};

TEST(Bridge, TakesBothFromWhatTheyDo) {
  Three three;
  const AmiMessage answer = three.Bridge(kOther, kPeer);
  EXPECT_EQ(answer.Get("Message"), "Channels have been bridged");
  // As Asterisk 22 tells it of each channel.
  EXPECT_THAT(three.bed.TakeEvents(kOther),
              ElementsAre("BridgeEnter", "VarSet", "NewConnectedLine"));
  EXPECT_EQ(three.bed.driver.calls.count(three.in), 0u) << "who had dialled the other is left";
  three.other.heard.clear();
  three.peer.SendTo(three.bed.driver.calls.at(three.out).local,
                    EngineLeg::Packet(0, 1, 160, std::vector<uint8_t>(160, 0x55)));
  three.bed.Run(milliseconds(100));
  EXPECT_EQ(three.other.heard.size(), 1u);
}

TEST(Bridge, IsToldOfWhoComesFromAnother) {
  Three three;
  three.Bridge(kOther, kPeer);
  // It speaks with somebody of the same number as before: nothing is told of that.
  EXPECT_THAT(three.bed.TakeEvents(kPeer), ElementsAre("BridgeLeave", "BridgeEnter", "VarSet"));
}

TEST(Bridge, LeavesWhoIsLeftToTheDialplan) {
  Three three;
  three.Bridge(kOther, kPeer);
  three.bed.driver.HangUp(three.third, PBX_CAUSE_NORMAL_CLEARING);
  three.bed.Run(milliseconds(100));
  EXPECT_EQ(three.bed.driver.calls.count(three.third), 0u);
  EXPECT_THAT(three.bed.Told(), ElementsAre("on"));
  three.bed.driver.HangUp(three.out, PBX_CAUSE_NORMAL_CLEARING);
  three.bed.Run(milliseconds(100));
  EXPECT_TRUE(three.bed.driver.calls.empty());
}

TEST(Bridge, GoesOnBehindTheApplicationThatItWasTakenFrom) {
  Three three;
  three.Bridge(kOther, kPeer);
  three.bed.driver.HangUp(three.out, PBX_CAUSE_NORMAL_CLEARING);
  three.bed.Run(milliseconds(100));
  EXPECT_THAT(three.bed.Told(), ElementsAre("over"));
}

TEST(Bridge, TakesWhoEndsMeanwhileForWhatItIs) {
  Three three;
  three.bed.Act({{"Action", "Bridge"}, {"Channel1", kOther}, {"Channel2", kPeer}});
  three.bed.driver.HangUp(three.third, PBX_CAUSE_NORMAL_CLEARING);
  three.bed.driver.HangUp(three.out, PBX_CAUSE_NORMAL_CLEARING);
  three.bed.Run(milliseconds(200));
  EXPECT_TRUE(three.bed.driver.calls.empty());
}

TEST(Bridge, RefusesWhatItCannotDo) {
  Three three;
  EXPECT_EQ(three.Bridge(kOther, "").Get("Message"), "Missing channel parameter in request");
  EXPECT_EQ(three.Bridge("Skype/nobody", kPeer).Get("Message"),
            "Channel1 does not exist: Skype/nobody");
  EXPECT_EQ(three.Bridge(kPeer, "Skype/nobody").Get("Message"),
            "Channel2 does not exist: Skype/nobody");
  EXPECT_EQ(three.Bridge(kPeer, kPeer).Get("Response"), "Error");
  EngineLeg unanswered(*three.bed.runtime);
  three.bed.driver.Incoming(unanswered, PBX_CODEC_ULAW, "009");
  three.bed.Run(milliseconds(100));
  EXPECT_EQ(three.Bridge(kPeer, "Skype/james_bond-00000003").Get("Message"),
            "Unable to add Channel2 to bridge: Skype/james_bond-00000003");
  EXPECT_EQ(three.bed.driver.calls.size(), 4u);
}

}  // namespace
}  // namespace sfa::harness
