// Atxfer: who was dialled consults somebody and hands the caller over.
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
           "exten => 008,1,Answer()\nexten => 008,n,Echo()\n"
           "exten => 009,1,Answer()\nexten => 009,n,Wait(2)\nexten => 009,n,Hangup()\n"}};
}

constexpr char kCaller[] = "Skype/james_bond-00000000";
constexpr char kPeer[] = "Skype/james_bond-00000001";

// 00000000 has dialled 00000001.
struct Two {
  Two() : caller(*bed.runtime), peer(*bed.runtime) {
    in = bed.driver.Incoming(caller);
    bed.Run(milliseconds(100));
    out = bed.driver.last_call;
    bed.driver.Answer(out, peer);
    bed.Run(milliseconds(100));
    bed.TakeEvents();
  }
  std::string Atxfer(const std::string& channel, const std::string& exten) {
    const auto answer = bed.Act(
        {{"Action", "Atxfer"}, {"Channel", channel}, {"Exten", exten}, {"Context", "demo"}});
    bed.Run(milliseconds(100));
    return answer[0].Get("Message");
  }
  // Whether the caller hears what it says.
  bool CallerEchoes() { return Echoes(in, caller); }
  bool Echoes(skype_call_id call, EngineLeg& leg) {
    leg.heard.clear();
    leg.SendTo(bed.driver.calls.at(call).local,
               EngineLeg::Packet(0, sequence, 160 * sequence, std::vector<uint8_t>(160, 0x55)));
    ++sequence;
    bed.Run(milliseconds(100));
    return !leg.heard.empty();
  }
  PbxBed bed{Files()};
  EngineLeg caller, peer;
  skype_call_id in = 0, out = 0;
  uint16_t sequence = 1;
};

TEST(AttendedTransfer, ConsultsWhileTheCallerWaits) {
  Two two;
  EXPECT_EQ(two.Atxfer(kPeer, "008"), "Atxfer successfully queued");
  // As Asterisk 22 tells it of the channel; the first digits are the feature's code.
  EXPECT_THAT(two.bed.TakeEvents(kPeer),
              ElementsAre("VarSet", "DTMFEnd", "DTMFEnd", "Hold", "DTMFEnd", "DTMFEnd", "DTMFEnd",
                          "BridgeLeave", "BridgeEnter", "VarSet", "NewConnectedLine", "VarSet"));
  EXPECT_TRUE(two.Echoes(two.out, two.peer));
  EXPECT_FALSE(two.CallerEchoes());
}

TEST(AttendedTransfer, HandsTheCallerOver) {
  Two two;
  two.Atxfer(kPeer, "008");
  two.bed.driver.HangUp(two.out, PBX_CAUSE_NORMAL_CLEARING);
  two.bed.Run(milliseconds(100));
  ASSERT_NE(two.bed.FindEvent("AttendedTransfer"), nullptr);
  EXPECT_EQ(two.bed.FindEvent("AttendedTransfer")->Get("TransfereeChannel"), kCaller);
  EXPECT_EQ(two.bed.driver.calls.count(two.out), 0u);
  ASSERT_EQ(two.bed.driver.calls.count(two.in), 1u);
  EXPECT_TRUE(two.CallerEchoes());
  two.bed.driver.HangUp(two.in, PBX_CAUSE_NORMAL_CLEARING);
  two.bed.Run(milliseconds(100));
  EXPECT_TRUE(two.bed.driver.calls.empty());
}

TEST(AttendedTransfer, GoesBackWhenTheConsultedOneGoes) {
  Two two;
  two.Atxfer(kPeer, "009");
  two.bed.Run(std::chrono::seconds(3));
  EXPECT_EQ(two.bed.FindEvent("AttendedTransfer"), nullptr);
  two.peer.heard.clear();
  two.caller.SendTo(two.bed.driver.calls.at(two.in).local,
                    EngineLeg::Packet(0, 1, 160, std::vector<uint8_t>(160, 0x55)));
  two.bed.Run(milliseconds(100));
  EXPECT_EQ(two.peer.heard.size(), 1u);
}

TEST(AttendedTransfer, GoesBackWhenThereIsNobody) {
  Two two;
  EXPECT_EQ(two.Atxfer(kPeer, "404"), "Atxfer successfully queued");
  EXPECT_EQ(two.bed.driver.calls.size(), 2u);
  two.bed.driver.HangUp(two.out, PBX_CAUSE_NORMAL_CLEARING);
  two.bed.Run(milliseconds(100));
  EXPECT_TRUE(two.bed.driver.calls.empty()) << "the caller was in the bridge again";
}

TEST(AttendedTransfer, EndsWhenTheCallerDoesNotWait) {
  Two two;
  two.Atxfer(kPeer, "008");
  two.bed.driver.HangUp(two.in, PBX_CAUSE_NORMAL_CLEARING);
  two.bed.Run(milliseconds(100));
  EXPECT_TRUE(two.Echoes(two.out, two.peer)) << "the consultation goes on";
  two.bed.driver.HangUp(two.out, PBX_CAUSE_NORMAL_CLEARING);
  two.bed.Run(milliseconds(100));
  EXPECT_TRUE(two.bed.driver.calls.empty());
  EXPECT_EQ(two.bed.FindEvent("AttendedTransfer"), nullptr);
}

TEST(AttendedTransfer, RefusesWhatItCannotDo) {
  Two two;
  EXPECT_EQ(two.Atxfer("", "008"), "No channel specified");
  EXPECT_EQ(two.Atxfer(kPeer, ""), "No extension specified");
  EXPECT_EQ(two.Atxfer("Skype/nobody", "008"), "Channel specified does not exist");
  EXPECT_EQ(two.bed.driver.calls.size(), 2u);
}

}  // namespace
}  // namespace sfa::harness
