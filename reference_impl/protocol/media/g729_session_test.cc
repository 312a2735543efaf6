// G.729 through a session: ordered and delayed, never decoded, translated or made up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "protocol/media/media_session.h"
#include "protocol/media/rtp.h"
#include "protocol/media/test_runtime.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Bytes = std::vector<uint8_t>;

class End final : public MediaObserver {
 public:
  End(testing::TestRuntime& runtime, bool playout, Codec codec = Codec::kG729)
      : session(NewMediaSession(runtime, {codec, 1, 0, std::nullopt, playout}, *this)) {}
  void SendPacket(std::span<const uint8_t> packet) override {
    sent.emplace_back(packet.begin(), packet.end());
  }
  void OnAudio(std::span<const uint8_t> encoded) override {
    sizes.push_back(encoded.size());
    heard.push_back(encoded[0]);
  }
  void OnDigit(char, bool, Duration) override {}
  std::vector<Bytes> sent;
  std::vector<size_t> sizes;
  std::vector<uint8_t> heard;  // the first byte of each frame
  std::unique_ptr<MediaSession> session;
};

// What a PBX sends: `payload` under payload type 18.
Bytes Packet(uint16_t sequence, const Bytes& payload) {
  Bytes packet(kRtpHeaderBytes);
  WriteRtpHeader({false, 18, sequence, 160u * sequence, 5},
                 std::span<uint8_t, kRtpHeaderBytes>(packet.data(), kRtpHeaderBytes));
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

Bytes Frames(std::initializer_list<uint8_t> values) {
  Bytes payload;
  for (const uint8_t value : values) payload.insert(payload.end(), kG729FrameBytes, value);
  return payload;
}

TEST(G729Session, SendsTwentyBytesUnderItsStaticPayloadType) {
  testing::TestRuntime runtime;
  End end(runtime, true);
  end.session->SendAudio(Bytes(kG729FrameBytes, 7));
  runtime.RunFor(milliseconds(20));
  end.session->SendAudio(Bytes(kG729FrameBytes, 8));
  end.session->SendAudio(Bytes(kFrameSamples, 9));
  end.session->SendAudio({});
  ASSERT_THAT(end.sent, SizeIs(2));
  EXPECT_THAT(end.sent, Each(SizeIs(kRtpHeaderBytes + kG729FrameBytes)));
  const auto first = ParseRtp(end.sent[0]), second = ParseRtp(end.sent[1]);
  EXPECT_EQ(first->header.payload_type, 18);
  EXPECT_EQ(second->header.timestamp - first->header.timestamp, 160u) << "samples, not bytes";
}

TEST(G729Session, PlaysFramesInOrderAndNothingForLostOnes) {
  testing::TestRuntime runtime;
  End end(runtime, true);
  // The third is lost, the fifth and the fourth come the wrong way round.
  for (const uint8_t number : {1, 2, 5, 4, 6, 7, 8}) {
    end.session->OnPacket(Packet(number, Frames({number})));
    runtime.RunFor(milliseconds(20));
  }
  runtime.RunFor(milliseconds(500));
  EXPECT_THAT(end.heard, ElementsAre(1, 2, 4, 5, 6, 7, 8));
  EXPECT_THAT(end.sizes, Each(kG729FrameBytes));
  EXPECT_EQ(end.session->counters().packets_lost, 1u);
  EXPECT_EQ(end.session->counters().frames_concealed, 0u);
}

TEST(G729Session, TakesPacketsOfSeveralFramesApart) {
  testing::TestRuntime runtime;
  End end(runtime, true);
  end.session->OnPacket(Packet(0, Frames({1, 2, 3})));
  runtime.RunFor(milliseconds(500));
  EXPECT_THAT(end.heard, ElementsAre(1, 2, 3));
}

TEST(G729Session, LeavesComfortNoiseOut) {
  for (const bool playout : {true, false}) {
    testing::TestRuntime runtime;
    End end(runtime, playout);
    Bytes with_noise = Frames({1});
    with_noise.insert(with_noise.end(), kG729NoiseBytes, 0xEE);
    end.session->OnPacket(Packet(0, with_noise));
    end.session->OnPacket(Packet(1, Bytes(kG729NoiseBytes, 0xEE)));
    end.session->OnPacket(Packet(2, Frames({3})));
    runtime.RunFor(milliseconds(500));
    EXPECT_THAT(end.heard, ElementsAre(1, 3));
    EXPECT_EQ(end.session->counters().rejected, 0u);
  }
}

TEST(G729Session, HalvesOfTenMillisecondsAreJoinedOnThePbxsSide) {
  testing::TestRuntime runtime;
  End end(runtime, false);
  for (uint8_t half = 0; half < 6; ++half) end.session->OnPacket(Packet(half, Bytes(10, half)));
  EXPECT_THAT(end.heard, ElementsAre(0, 2, 4));
  EXPECT_THAT(end.sizes, Each(kG729FrameBytes));
}

TEST(G729Session, ImpossibleLengthsAreRejected) {
  for (const bool playout : {true, false}) {
    testing::TestRuntime runtime;
    End end(runtime, playout);
    uint64_t expected = 0;
    for (const size_t size : {0, 1, 3, 9, 11, 13, 19, 21, 23, 159, 970, 1400}) {
      end.session->OnPacket(Packet(static_cast<uint16_t>(size), Bytes(size, 1)));
      EXPECT_EQ(end.session->counters().rejected, ++expected) << size;
    }
    runtime.RunFor(milliseconds(500));
    EXPECT_THAT(end.heard, IsEmpty());
  }
}

TEST(G729Session, OtherCodecsPacketsAreNotItsOwn) {
  testing::TestRuntime runtime;
  End g729(runtime, true), pcmu(runtime, true, Codec::kPcmu);
  Bytes packet = Packet(0, Bytes(kFrameSamples, 1));
  pcmu.session->OnPacket(packet);
  packet[1] = 0;
  g729.session->OnPacket(packet);
  EXPECT_EQ(g729.session->counters().rejected, 1u);
  EXPECT_EQ(pcmu.session->counters().rejected, 1u);
}

}  // namespace
}  // namespace sfa::media
