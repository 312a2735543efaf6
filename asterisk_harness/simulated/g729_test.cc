// Calls in G.729, with a driver that the test plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asterisk_harness/simulated/pbx_bed.h"

namespace sfa::harness {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::SizeIs;

// RFC 3550 5.1, and 20 ms of G.729.
constexpr size_t kPacketBytes = 12 + media::kG729FrameBytes;

class G729 : public testing::Test {
 protected:
  void SetUp() override {
    if (!media::CanCodeG729()) GTEST_SKIP() << "built without bcg729";
    // As the module does it when it is loaded.
    bed.pbx->core().g729 = &codec;
  }

  int licensed = 1;
  G729Codec codec{[this] { return licensed; }};
  PbxBed bed{{{"chan_skype.conf", "[general]\n[james_bond]\nsecret=shaken\n"},
              {"extensions.conf",
               "[demo]\nexten => 007,1,Answer()\n"
               "exten => 007,n,NoOp(${CHANNEL(audionativeformat)})\nexten => 007,n,Echo()\n"
               "exten => 101,1,Answer()\nexten => 101,n,Dial(Skype/austin_powers)\n"
               "exten => tone,1,Milliwatt()\n"}}};
  EngineLeg engine{*bed.runtime};
};

TEST_F(G729, IsHeardAndSpokenAndThePbxSeesNoneOfIt) {
  const skype_call_id call = bed.driver.Incoming(engine, PBX_CODEC_G729);
  ASSERT_NE(call, 0u);
  EXPECT_EQ(codec.in_use(), 1);
  bed.Run(milliseconds(100));
  EXPECT_THAT(bed.Told(), Contains("(slin)"));
  EXPECT_EQ(bed.Command("g729 show licenses"),
            "1/1 encoders/decoders of 1 licensed channels are currently in use\n");
  const auto encoder = media::NewG729Encoder();
  std::vector<uint8_t> payload(media::kG729FrameBytes);
  for (uint16_t i = 0; i < 10; ++i) {
    std::array<int16_t, media::kFrameSamples> samples;
    for (size_t k = 0; k < samples.size(); ++k) samples[k] = k % 60 < 4 ? 8000 : -500;
    encoder->Encode(samples, std::span(payload).first<media::kG729FrameBytes>());
    engine.SendTo(bed.driver.calls.at(call).local, EngineLeg::Packet(18, i, i * 160u, payload));
    bed.Run(milliseconds(20));
  }
  bed.Run(milliseconds(20));
  EXPECT_THAT(engine.heard, SizeIs(10));
  EXPECT_THAT(engine.heard, Each(SizeIs(kPacketBytes)));
  EXPECT_EQ(engine.heard.back()[1] & 0x7F, 18) << "the payload type of RFC 3551";
  // What is not in the call's codec is not heard.
  engine.SendTo(bed.driver.calls.at(call).local,
                EngineLeg::Packet(18, 11, 1760, std::vector<uint8_t>(19, 1)));
  bed.Run(milliseconds(20));
  EXPECT_THAT(engine.heard, SizeIs(10));
  bed.driver.HangUp(call, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(100));
  EXPECT_EQ(codec.in_use(), 0);
}

TEST_F(G729, IsRefusedWhileNoneIsLeft) {
  const skype_call_id call = bed.driver.Incoming(engine, PBX_CODEC_G729);
  EXPECT_EQ(bed.driver.Incoming(engine, PBX_CODEC_G729), 0u);
  EXPECT_EQ(bed.driver.refused, PBX_CAUSE_BEARER_NOT_AVAILABLE);
  EXPECT_NE(bed.driver.Incoming(engine, PBX_CODEC_ULAW), 0u);
  bed.driver.HangUp(call, PBX_CAUSE_NORMAL_CLEARING);
  bed.Run(milliseconds(100));
  EXPECT_NE(bed.driver.Incoming(engine, PBX_CODEC_G729), 0u);
}

TEST_F(G729, IsRefusedWithoutTheModule) {
  bed.pbx->core().g729 = nullptr;
  EXPECT_EQ(bed.driver.Incoming(engine, PBX_CODEC_G729), 0u);
  EXPECT_EQ(bed.driver.refused, PBX_CAUSE_BEARER_NOT_AVAILABLE);
}

TEST_F(G729, IsKeptForAPlacedCallThatMayBeInItUntilItIsNot) {
  EngineLeg peer{*bed.runtime};
  bed.driver.codec = PBX_CODEC_G729;
  bed.driver.Incoming(engine, PBX_CODEC_ULAW, "101");
  bed.Run(milliseconds(100));
  EXPECT_EQ(codec.in_use(), 1);
  const skype_call_id placed = bed.driver.last_call;
  const pbx_media ulaw = {PBX_CODEC_ULAW, peer.address()};
  bed.driver.host->channel_media(bed.driver.pbx, bed.driver.calls.at(placed).channel, &ulaw);
  EXPECT_EQ(codec.in_use(), 0);
}

TEST_F(G729, IsNotKeptForAPlacedCallThatCannotBeInIt) {
  bed.driver.codec = PBX_CODEC_ALAW;
  bed.driver.Incoming(engine, PBX_CODEC_ULAW, "101");
  bed.Run(milliseconds(100));
  EXPECT_EQ(codec.in_use(), 0);
}

TEST_F(G729, IsTranslatedForOtherChannelsToo) {
  licensed = 2;
  bed.Act({{"Action", "Originate"},
           {"Channel", "Local/tone@demo"},
           {"Codecs", "g729"},
           {"Application", "Wait"},
           {"Data", "10"},
           {"Async", "true"}});
  bed.Run(milliseconds(200));
  EXPECT_EQ(codec.in_use(), 1);
  bed.Command("channel request hangup all");
  bed.Run(milliseconds(200));
  EXPECT_EQ(codec.in_use(), 0);
}

}  // namespace
}  // namespace sfa::harness
