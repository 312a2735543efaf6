#include "protocol/media/media_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "protocol/media/g711.h"
#include "protocol/media/rtp.h"
#include "protocol/media/test_runtime.h"

namespace sfa::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Bytes = std::vector<uint8_t>;

SrtpKeys Keys(uint8_t send, uint8_t receive) {
  SrtpKeys keys;
  keys.send.fill(send);
  keys.receive.fill(receive);
  return keys;
}

// One end of a call: what it heard, and the way its packets take.
class End final : public MediaObserver {
 public:
  End(testing::TestRuntime& runtime, const MediaSettings& settings) : runtime_(runtime) {
    session = NewMediaSession(runtime, settings, *this);
  }
  void SendPacket(std::span<const uint8_t> packet) override {
    wire(Bytes(packet.begin(), packet.end()));
  }
  void OnAudio(std::span<const uint8_t> encoded) override {
    frames.emplace_back(encoded.begin(), encoded.end());
    frame_times.push_back(runtime_.Now());
    if (on_audio) on_audio();
  }
  void OnDigit(char digit, bool ended, Duration duration) override {
    digits.push_back(digit);
    digits.push_back(ended ? ')' : '(');
    if (ended) durations.push_back(duration);
  }
  std::function<void(Bytes)> wire = [](const Bytes&) {};
  std::function<void()> on_audio;
  std::unique_ptr<MediaSession> session;
  std::vector<Bytes> frames;
  std::vector<MonotonicTime> frame_times;
  std::string digits;
  std::vector<Duration> durations;

 private:
  testing::TestRuntime& runtime_;
};

// Two ends over a path with delay, jitter, loss and duplication.
class Pair {
 public:
  explicit Pair(uint64_t seed = 1, Codec codec = Codec::kPcmu)
      : runtime(seed),
        fate(seed + 1000),
        a(runtime, {codec, 1, 2, Keys(1, 2), true}),
        b(runtime, {codec, 2, 1, Keys(2, 1), true}) {
    a.wire = [this](Bytes packet) { Carry(std::move(packet), b); };
    b.wire = [this](Bytes packet) { Carry(std::move(packet), a); };
  }
  void Carry(Bytes packet, End& to) {
    captured.push_back(packet);
    if (fate.Below(1000) < loss_permille) return;
    const int copies = fate.Below(1000) < duplicate_permille ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const Duration extra = jitter.count() > 0
                                 ? Duration(fate.Below(static_cast<uint64_t>(jitter.count())))
                                 : Duration();
      runtime.At(runtime.Now() + delay + extra, [&to, packet] {
        if (to.session) to.session->OnPacket(packet);
      });
    }
  }
  // `a` says `count` frames, each of a value of its own.
  void Say(int count) {
    for (int i = 0; i < count; ++i) {
      a.session->SendAudio(Bytes(kFrameSamples, static_cast<uint8_t>(i % 128 + 1)));
      runtime.RunFor(milliseconds(20));
    }
  }

  testing::TestRuntime runtime;
  testing::TestRandom fate;
  End a, b;
  Duration delay = milliseconds(30);
  Duration jitter{};
  uint64_t loss_permille = 0, duplicate_permille = 0;
  std::vector<Bytes> captured;
};

TEST(MediaSession, CarriesEveryFrameUnchangedOverACleanPath) {
  for (const Codec codec : {Codec::kPcmu, Codec::kPcma}) {
    Pair pair(1, codec);
    pair.Say(100);
    pair.runtime.RunFor(milliseconds(200));
    ASSERT_GE(pair.b.frames.size(), 100u);
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(pair.b.frames[i], Bytes(kFrameSamples, static_cast<uint8_t>(i + 1))) << i;
    }
    const MediaCounters heard = pair.b.session->counters();
    EXPECT_EQ(heard.packets_received, 100u);
    EXPECT_EQ(heard.packets_lost, 0u);
    EXPECT_EQ(heard.rejected, 0u);
    EXPECT_EQ(pair.a.session->counters().packets_sent, 100u);
  }
}

TEST(MediaSession, PlaysOneFrameEveryTwentyMilliseconds) {
  Pair pair;
  pair.jitter = milliseconds(50);
  pair.Say(200);
  ASSERT_GT(pair.b.frame_times.size(), 190u);
  for (size_t i = 1; i < pair.b.frame_times.size(); ++i) {
    EXPECT_EQ(pair.b.frame_times[i] - pair.b.frame_times[i - 1], Duration(milliseconds(20)));
  }
}

TEST(MediaSession, NothingOnTheWireIsInTheClear) {
  Pair pair;
  pair.Say(20);
  for (const Bytes& packet : pair.captured) {
    EXPECT_EQ(std::search_n(packet.begin(), packet.end(), 16, packet.back()), packet.end());
    EXPECT_EQ(packet.size(), kRtpHeaderBytes + kFrameSamples + 16);
  }
}

TEST(MediaSession, RejectsForgedReplayedAndMalformedPackets) {
  Pair pair;
  pair.Say(10);
  pair.runtime.RunFor(milliseconds(100));
  const uint64_t received = pair.b.session->counters().packets_received;
  EXPECT_EQ(received, 10u);

  pair.b.session->OnPacket(pair.captured[5]);  // replayed
  EXPECT_EQ(pair.b.session->counters().rejected, 1u);
  Bytes forged = pair.captured[9];
  forged[3] += 1;  // the next sequence number
  pair.b.session->OnPacket(forged);
  EXPECT_EQ(pair.b.session->counters().rejected, 2u);
  for (size_t size = 0; size < 40; ++size) pair.b.session->OnPacket(Bytes(size, 0x80));
  pair.b.session->OnPacket(Bytes(1472, 0x80));
  pair.b.session->OnPacket(Bytes(4000, 0x80));
  EXPECT_EQ(pair.b.session->counters().rejected, 44u);
  EXPECT_EQ(pair.b.session->counters().packets_received, received);
}

TEST(MediaSession, ConcealsLossesAndCountsThem) {
  Pair pair(7);
  pair.loss_permille = 50;
  pair.Say(1000);
  pair.runtime.RunFor(milliseconds(60));
  const MediaCounters heard = pair.b.session->counters();
  EXPECT_GT(heard.packets_lost, 25u);
  EXPECT_LT(heard.packets_lost, 80u);
  EXPECT_NEAR(static_cast<double>(heard.frames_concealed), static_cast<double>(heard.packets_lost),
              8);
  EXPECT_EQ(heard.packets_received + heard.packets_lost, 1000u);
}

TEST(MediaSession, TellsEachDigitOnceInOrderUnderTenPercentLoss) {
  const std::string dialled = "1122*#0499AD7";
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Pair pair(seed);
    pair.loss_permille = 100;
    pair.duplicate_permille = 50;
    pair.jitter = milliseconds(30);
    std::string expected;
    for (const char digit : dialled) {
      pair.a.session->BeginDigit(digit);
      pair.runtime.RunFor(milliseconds(80));
      pair.a.session->EndDigit(milliseconds(80));
      pair.runtime.RunFor(milliseconds(80));
      expected += {digit, '(', digit, ')'};
    }
    pair.runtime.RunFor(seconds(1));
    EXPECT_EQ(pair.b.digits, expected) << "seed " << seed;
  }
}

TEST(MediaSession, KeepsTheLengthOfADigitAndTheAudioAroundIt) {
  Pair pair;
  pair.Say(10);
  pair.a.session->BeginDigit('5');
  pair.Say(6);
  pair.a.session->EndDigit(milliseconds(120));
  pair.Say(10);
  pair.runtime.RunFor(milliseconds(100));
  EXPECT_EQ(pair.b.digits, "5(5)");
  ASSERT_EQ(pair.b.durations.size(), 1u);
  EXPECT_EQ(pair.b.durations[0], Duration(milliseconds(120)));
  EXPECT_EQ(pair.b.session->counters().packets_lost, 0u);
  EXPECT_EQ(pair.b.frames[20], Bytes(kFrameSamples, 5));
}

TEST(MediaSession, ResumesInTimeAfterAPause) {
  Pair pair;
  pair.Say(50);
  pair.runtime.RunFor(seconds(3));
  const size_t before = pair.b.frames.size();
  pair.Say(50);
  const MediaCounters heard = pair.b.session->counters();
  EXPECT_EQ(heard.packets_lost, 0u);
  EXPECT_EQ(pair.b.frames.size(), before + 50);
  EXPECT_LT(heard.playout_delay, Duration(milliseconds(100)));
  EXPECT_LT(heard.frames_concealed, 40u);  // a silent sender is not a lossy path
}

TEST(MediaSession, SendsNothingButRtp) {
  Pair pair;
  pair.a.session->BeginDigit('5');
  pair.Say(1000);
  pair.a.session->EndDigit(seconds(20));
  pair.runtime.RunFor(seconds(60));
  EXPECT_GT(pair.captured.size(), 1000u);
  for (const Bytes& packet : pair.captured) {
    const auto parsed = ParseRtp(packet);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->header.ssrc, 1u);
    const int type = parsed->header.payload_type;
    EXPECT_TRUE(type == 0 || type == 101) << type;
  }
}

TEST(MediaSession, MayBeDestroyedFromItsObserver) {
  Pair pair;
  pair.b.on_audio = [&] { pair.b.session.reset(); };
  pair.Say(10);
  EXPECT_EQ(pair.b.frames.size(), 1u);
}

// ---- The side of the PBX: plain RTP, no playout ---------------------------------------------

Bytes PlainPacket(const RtpHeader& header, const Bytes& payload) {
  Bytes packet(kRtpHeaderBytes);
  WriteRtpHeader(header, std::span<uint8_t, kRtpHeaderBytes>(packet.data(), kRtpHeaderBytes));
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

class PbxSide : public ::testing::Test {
 protected:
  testing::TestRuntime runtime;
  End end{runtime, {Codec::kPcmu, 9, 0, std::nullopt, false}};
};

TEST_F(PbxSide, PassesFramesAsTheyCome) {
  end.session->OnPacket(PlainPacket({false, 0, 1, 160, 7}, Bytes(160, 1)));
  EXPECT_EQ(end.frames.size(), 1u);
  end.session->OnPacket(PlainPacket({false, 0, 1, 160, 7}, Bytes(160, 1)));
  EXPECT_EQ(end.frames.size(), 1u) << "a duplicate";
  EXPECT_EQ(end.session->counters().rejected, 1u);
}

TEST_F(PbxSide, CutsOtherPacketSizesIntoFrames) {
  // 30 ms a packet.
  for (uint16_t i = 0; i < 4; ++i) {
    end.session->OnPacket(PlainPacket({false, 0, i, i * 240u, 7}, Bytes(240, i)));
  }
  ASSERT_EQ(end.frames.size(), 6u);
  EXPECT_EQ(end.frames[1][79], 0);
  EXPECT_EQ(end.frames[1][80], 1);
}

TEST_F(PbxSide, FollowsAPbxThatChangesItsSsrc) {
  end.session->OnPacket(PlainPacket({false, 0, 1, 160, 7}, Bytes(160, 1)));
  end.session->OnPacket(PlainPacket({false, 0, 40000, 9160, 8}, Bytes(160, 2)));
  EXPECT_EQ(end.frames.size(), 2u);
}

TEST_F(PbxSide, HearsDigitsOfTheNextSourceWhateverItsTimeStamps) {
  end.session->OnPacket(PlainPacket({true, 101, 1, 0x90000000, 7}, {5, 10, 0, 160}));
  end.session->OnPacket(PlainPacket({true, 101, 40000, 160, 8}, {6, 10, 0, 160}));
  end.session->OnPacket(PlainPacket({false, 101, 40001, 160, 8}, {6, 0x8A, 1, 64}));
  EXPECT_EQ(end.digits, "5(5)6(6)");
  EXPECT_EQ(end.session->counters().packets_lost, 0u);
}

TEST_F(PbxSide, EndsADigitWhoseEndIsLost) {
  end.session->OnPacket(PlainPacket({true, 101, 1, 160, 7}, {5, 10, 0, 160}));
  end.session->OnPacket(PlainPacket({false, 101, 2, 160, 7}, {5, 10, 1, 64}));
  EXPECT_EQ(end.digits, "5(");
  runtime.RunFor(milliseconds(300));
  EXPECT_EQ(end.digits, "5(5)");
  EXPECT_EQ(end.durations[0], Duration(milliseconds(40)));
}

TEST_F(PbxSide, IsNotLedAstrayByControlPackets) {
  end.session->OnPacket(PlainPacket({false, 0, 1, 160, 7}, Bytes(160, 1)));
  // A sender report of RFC 3550 section 6.4.1, as some send it to the same port.
  Bytes report(28, 0x11);
  report[0] = 0x80;
  report[1] = 200;
  end.session->OnPacket(report);
  end.session->OnPacket(PlainPacket({false, 0, 3, 480, 7}, Bytes(160, 3)));
  EXPECT_EQ(end.frames.size(), 2u);
  EXPECT_EQ(end.session->counters().rejected, 1u);
  EXPECT_EQ(end.session->counters().packets_received, 2u);
  EXPECT_EQ(end.session->counters().packets_lost, 1u) << "still the same source";
}

}  // namespace
}  // namespace sfa::media
