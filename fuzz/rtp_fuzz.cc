// RTP headers and telephone events.
#include "fuzz/target.h"
#include "protocol/media/rtp.h"
#include "protocol/media/telephone_event.h"

namespace sfa::fuzz {
namespace {

void Run(std::span<const uint8_t> bytes) {
  const auto packet = media::ParseRtp(bytes);
  if (!packet) return;
  SFA_FUZZ_CHECK(packet->payload.size() + media::kRtpHeaderBytes <= bytes.size());
  if (!packet->payload.empty()) {
    SFA_FUZZ_CHECK(packet->payload.data() >= bytes.data() + media::kRtpHeaderBytes);
    SFA_FUZZ_CHECK(packet->payload.data() + packet->payload.size() <= bytes.data() + bytes.size());
  }
  // What is parsed is written as it was, but for CSRCs, extension and padding.
  std::array<uint8_t, media::kRtpHeaderBytes> header;
  media::WriteRtpHeader(packet->header, header);
  const auto again = media::ParseRtp(header);
  SFA_FUZZ_CHECK(again && again->header.sequence == packet->header.sequence &&
                 again->header.timestamp == packet->header.timestamp &&
                 again->header.ssrc == packet->header.ssrc &&
                 again->header.marker == packet->header.marker &&
                 again->header.payload_type == packet->header.payload_type);
  const auto event = media::ParseEvent(packet->payload);
  SFA_FUZZ_CHECK(event.has_value() == (packet->payload.size() >= media::kEventBytes));
  if (!event) return;
  std::array<uint8_t, media::kEventBytes> written;
  media::WriteEvent(*event, written);
  SFA_FUZZ_CHECK(written[0] == packet->payload[0] && written[2] == packet->payload[2] &&
                 written[3] == packet->payload[3]);
  const auto digit = media::DigitOf(event->event);
  if (digit) SFA_FUZZ_CHECK(media::EventOf(*digit) == event->event);
}

Bytes Packet(const media::RtpHeader& header, const Bytes& payload) {
  Bytes packet(media::kRtpHeaderBytes);
  media::WriteRtpHeader(
      header, std::span<uint8_t, media::kRtpHeaderBytes>(packet.data(), media::kRtpHeaderBytes));
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

Seeds MakeSeeds() {
  Seeds seeds;
  seeds.emplace_back("audio", Packet({true, 0, 1, 160, 7}, Bytes(20, 0xFF)));
  seeds.emplace_back("digit", Packet({true, 101, 2, 160, 7}, {5, 0x8A, 3, 0x20}));
  Bytes extended = Packet({false, 8, 3, 320, 7}, {0, 0, 0, 1, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 9, 2});
  extended[0] |= 0x31;  // padding, extension, one CSRC
  seeds.emplace_back("extended", extended);
  return seeds;
}

}  // namespace

const Target kRtp = {"rtp", Run, MakeSeeds};

}  // namespace sfa::fuzz
