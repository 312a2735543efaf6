// A media session without keys, as at the side of the PBX: any packet at any time.
#include "fuzz/target.h"
#include "protocol/media/media_session.h"
#include "protocol/media/rtp.h"
#include "protocol/media/telephone_event.h"
#include "protocol/media/test_runtime.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;

class Observer final : public media::MediaObserver {
 public:
  void SendPacket(std::span<const uint8_t> packet) override {
    SFA_FUZZ_CHECK(media::ParseRtp(packet).has_value());
    ++sent;
  }
  void OnAudio(std::span<const uint8_t> encoded) override {
    SFA_FUZZ_CHECK(encoded.size() == media::kFrameSamples);
    if (++heard == hang_up_after && session != nullptr) session->reset();
  }
  void OnDigit(char digit, bool ended, Duration duration) override {
    SFA_FUZZ_CHECK(ended == (sounding != 0));
    SFA_FUZZ_CHECK(!ended || (digit == sounding && duration >= Duration()));
    sounding = ended ? 0 : digit;
  }
  char sounding = 0;
  uint64_t sent = 0, heard = 0, hang_up_after = 0;
  std::unique_ptr<media::MediaSession>* session = nullptr;
};

class Source {
 public:
  explicit Source(Input& input) : sequence_(input.U16()), timestamp_(input.U32()) {}

  // Mostly as a sender would go on, sometimes not.
  Bytes Next(Input& input) {
    const uint8_t surprise = input.Byte();
    if (surprise & 1) sequence_ = input.U16();
    if (surprise & 2) timestamp_ = input.U32();
    if (surprise & 4) ssrc_ = input.Byte();
    const bool event = surprise & 8;
    media::RtpHeader header{(surprise & 16) != 0, 0, sequence_++, timestamp_, ssrc_};
    header.payload_type = surprise & 32 ? input.Byte() : event ? 101 : 0;
    Bytes packet(media::kRtpHeaderBytes);
    media::WriteRtpHeader(
        header, std::span<uint8_t, media::kRtpHeaderBytes>(packet.data(), media::kRtpHeaderBytes));
    if (event) {
      const auto payload = input.Take(media::kEventBytes);
      packet.insert(packet.end(), payload.begin(), payload.end());
    } else {
      const size_t size = surprise & 64 ? input.U16() % 2000 : media::kFrameSamples;
      packet.resize(packet.size() + size, surprise);
      timestamp_ += media::kFrameSamples;
    }
    return packet;
  }

 private:
  uint16_t sequence_;
  uint32_t timestamp_;
  uint32_t ssrc_ = 7;
};

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  testing::TestRuntime runtime;
  Observer observer;
  media::MediaSettings settings{media::Codec::kPcmu, 9, 0, std::nullopt, input.Flag()};
  if (input.Flag()) settings.remote_ssrc = 7;
  auto session = NewMediaSession(runtime, settings, observer);
  observer.session = &session;
  observer.hang_up_after = input.Byte();
  Source source(input);
  uint64_t given = 0;
  while (!input.empty() && session) {
    switch (input.Below(6)) {
      case 0:
        session->OnPacket(input.Block());
        ++given;
        break;
      case 1:
      case 2:
        session->OnPacket(source.Next(input));
        ++given;
        break;
      case 3:
        runtime.RunFor(milliseconds(input.Byte()));
        break;
      case 4:
        session->SendAudio(Bytes(input.Flag() ? media::kFrameSamples : 3, 0x55));
        runtime.RunFor(milliseconds(input.Byte() % 64 * 50));
        break;
      default:
        if (input.Flag()) {
          session->BeginDigit(static_cast<char>(input.Byte()));
        } else {
          session->EndDigit(milliseconds(input.U16()));
        }
    }
    if (!session) break;
    const media::MediaCounters counters = session->counters();
    SFA_FUZZ_CHECK(counters.packets_received + counters.rejected >= given);
    SFA_FUZZ_CHECK(counters.packets_received <= given);
    SFA_FUZZ_CHECK(counters.packets_sent == observer.sent);
  }
}

Seeds MakeSeeds() {
  Script call;
  call.Byte(1).Byte(1).Byte(0).U16(100).U32(8000);
  for (int i = 0; i < 12; ++i) call.Byte(1).Byte(0).Byte(3).Byte(20);
  call.Byte(1).Byte(8 | 16).Put(Bytes{5, 10, 0, 160}).Byte(3).Byte(50);
  call.Byte(1).Byte(8).Put(Bytes{5, 0x8A, 1, 64}).Byte(5).Byte(1).Byte('5').Byte(5).Byte(0).U16(80);
  call.Byte(4).Byte(1).Byte(20);
  Script pbx;
  pbx.Byte(0).Byte(0).Byte(0).U16(1).U32(160);
  pbx.Byte(1).Byte(64).U16(240).Byte(1).Byte(64).U16(240).Byte(1).Byte(1 | 2 | 4).U16(9).U32(7);
  pbx.Byte(8).Byte(0).Block(Bytes{0x80, 200, 0, 6, 0, 0, 0, 1, 1, 1, 1, 1});
  return {{"call", call.bytes()}, {"pbx", pbx.bytes()}};
}

}  // namespace

const Target kMediaSession = {"media_session", Run, MakeSeeds};

}  // namespace sfa::fuzz
