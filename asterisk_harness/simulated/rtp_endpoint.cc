#include "asterisk_harness/simulated/rtp_endpoint.h"

#include <array>
#include <cstring>

#include "asterisk_harness/simulated/g711.h"

namespace sfa::harness {
namespace {

constexpr size_t kHeaderBytes = 12;     // RFC 3550 5.1
constexpr uint8_t kPayloadUlaw = 0;     // RFC 3551 6
constexpr uint8_t kPayloadAlaw = 8;     // RFC 3551 6
constexpr uint8_t kPayloadG729 = 18;    // RFC 3551 6
constexpr uint8_t kPayloadEvent = 101;  // what Asterisk uses for telephone-event
constexpr uint32_t kSamplesPerMillisecond = 8;
// RFC 4733 2.5.1.2: the update interval of an event; one packet time.
constexpr Duration kEventInterval = std::chrono::milliseconds(20);
constexpr uint32_t kEventStep = 20 * kSamplesPerMillisecond;
constexpr uint8_t kEventVolume = 10;  // dBm0, sign dropped
// RFC 4733 2.5.1.4: the last packet is sent three times.
constexpr int kEndPackets = 3;
// An event of which no end has come is over when the voice is so far past it (Asterisk's default
// `dtmftimeout`, in samples).
constexpr uint32_t kEventTimeout = 3000;
// Asterisk: so long after a word about a digit that it sends, it hears none begin.
constexpr Duration kDeafAfterDigit = std::chrono::milliseconds(500);
constexpr uint64_t kFirstPort = 10000, kPorts = 5000;  // the even ones of 10000 to 19998

constexpr char kDigits[] = "0123456789*#ABCD";

uint32_t ReadU32(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) << 24 | static_cast<uint32_t>(at[1]) << 16 |
         static_cast<uint32_t>(at[2]) << 8 | at[3];
}

void WriteU32(uint8_t* at, uint32_t value) {
  at[0] = static_cast<uint8_t>(value >> 24);
  at[1] = static_cast<uint8_t>(value >> 16);
  at[2] = static_cast<uint8_t>(value >> 8);
  at[3] = static_cast<uint8_t>(value);
}

int EventOfDigit(char digit) {
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  const char* at = digit == 0 ? nullptr : std::strchr(kDigits, digit);
  return at == nullptr ? -1 : static_cast<int>(at - kDigits);
}

// The payload without header, CSRCs, extension and padding; false when it is not RTP.
bool PayloadOf(std::span<const uint8_t> bytes, std::span<const uint8_t>* payload) {
  if (bytes.size() < kHeaderBytes || bytes[0] >> 6 != 2) return false;
  size_t start = kHeaderBytes + 4u * (bytes[0] & 0x0F);
  if (bytes[0] & 0x10) {
    if (bytes.size() < start + 4) return false;
    start += 4 + 4u * (static_cast<size_t>(bytes[start + 2]) << 8 | bytes[start + 3]);
  }
  size_t end = bytes.size();
  if (bytes[0] & 0x20) {
    const size_t padding = bytes.back();
    if (padding == 0 || padding > end) return false;
    end -= padding;
  }
  if (start > end) return false;
  *payload = bytes.subspan(start, end - start);
  return true;
}

}  // namespace

RtpEndpoint::RtpEndpoint(Runtime& runtime, Owner& owner)
    : runtime_(runtime),
      owner_(owner),
      event_timer_(runtime.NewTimer([this] { ContinueDigit(); })) {
  const auto seeds = runtime.random().Bytes<10>();
  sequence_ = static_cast<uint16_t>(seeds[0] << 8 | seeds[1]);
  ssrc_ = ReadU32(&seeds[2]);
  last_timestamp_ = ReadU32(&seeds[6]);
}

Result<std::unique_ptr<RtpEndpoint>> RtpEndpoint::Open(Runtime& runtime, Ipv4Address address,
                                                       Owner& owner) {
  std::unique_ptr<RtpEndpoint> endpoint(new RtpEndpoint(runtime, owner));
  const uint64_t start = runtime.random().Below(kPorts);
  for (uint64_t i = 0; i < kPorts; ++i) {
    const auto port = static_cast<uint16_t>(kFirstPort + 2 * ((start + i) % kPorts));
    Result<std::unique_ptr<UdpSocket>> socket = runtime.OpenUdp({address, port}, *endpoint);
    if (socket.ok()) {
      endpoint->socket_ = std::move(*socket);
      endpoint->local_ = {address, port};
      return endpoint;
    }
    if (socket.error().code != ErrorCode::kAddressInUse) return socket.error();
  }
  return Error{ErrorCode::kAddressInUse, "no free RTP port on " + address.ToString()};
}

void RtpEndpoint::SetRemote(const Endpoint& remote, pbx_codec codec) {
  remote_ = remote;
  codec_ = codec;
}

uint32_t RtpEndpoint::TimestampNow() const {
  if (!any_sent_) return last_timestamp_;
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::microseconds>(runtime_.Now() - last_sent_).count();
  return last_timestamp_ + static_cast<uint32_t>(elapsed * kSamplesPerMillisecond / 1000);
}

void RtpEndpoint::SendVoice(const VoiceFrame& frame) {
  if (!remote_.is_set() || sending_event_ >= 0) return;
  const bool switched = !voice_known_ || voice_source_ != frame.source;
  if (switched) {
    // Another stream goes on where the clock of ours stands.
    voice_offset_ = TimestampNow() - frame.timestamp;
    voice_source_ = frame.source;
    voice_known_ = true;
  }
  if (codec_ == PBX_CODEC_G729) {
    const std::span<const uint8_t> encoded =
        g729_ == nullptr ? std::span<const uint8_t>() : g729_->Encode(frame);
    if (encoded.empty()) return;
    SendPacket(kPayloadG729, switched, frame.timestamp + voice_offset_, encoded, nullptr);
    return;
  }
  const uint8_t* table = nullptr;
  if (frame.codec != codec_) {
    table = codec_ == PBX_CODEC_ALAW ? UlawToAlaw().data() : AlawToUlaw().data();
  }
  SendPacket(codec_ == PBX_CODEC_ALAW ? kPayloadAlaw : kPayloadUlaw, switched,
             frame.timestamp + voice_offset_, frame.payload, table);
}

void RtpEndpoint::SendPacket(uint8_t payload_type, bool marker, uint32_t timestamp,
                             std::span<const uint8_t> payload, const uint8_t* table) {
  std::array<uint8_t, kMaxDatagramBytes> packet;
  if (payload.size() > packet.size() - kHeaderBytes) return;
  packet[0] = 0x80;
  packet[1] = static_cast<uint8_t>((marker ? 0x80 : 0) | payload_type);
  packet[2] = static_cast<uint8_t>(sequence_ >> 8);
  packet[3] = static_cast<uint8_t>(sequence_);
  ++sequence_;
  WriteU32(&packet[4], timestamp);
  WriteU32(&packet[8], ssrc_);
  if (table == nullptr) {
    std::memcpy(&packet[kHeaderBytes], payload.data(), payload.size());
  } else {
    for (size_t i = 0; i < payload.size(); ++i) packet[kHeaderBytes + i] = table[payload[i]];
  }
  if (payload_type != kPayloadEvent || !any_sent_) {
    last_timestamp_ = timestamp;
    last_sent_ = runtime_.Now();
    any_sent_ = true;
  }
  // What the network does not take is lost, as in any network.
  static_cast<void>(socket_->Send(remote_, std::span(packet).first(kHeaderBytes + payload.size())));
  ++counters_.sent;
}

void RtpEndpoint::DigitBegin(char digit) {
  const int event = EventOfDigit(digit);
  if (event < 0 || !remote_.is_set()) return;
  if (sending_event_ >= 0) DigitEnd(kDigits[sending_event_], 0);
  sending_event_ = event;
  deaf_until_ = runtime_.Now() + kDeafAfterDigit;
  event_timestamp_ = TimestampNow();
  event_duration_ = kEventStep;
  SendEvent(false, true);
  event_timer_->Start(kEventInterval);
}

void RtpEndpoint::ContinueDigit() {
  if (sending_event_ < 0) return;
  event_duration_ += kEventStep;
  SendEvent(false, false);
  event_timer_->Start(kEventInterval);
}

void RtpEndpoint::DigitEnd(char digit, int duration_ms) {
  if (sending_event_ < 0 || EventOfDigit(digit) != sending_event_) return;
  event_timer_->Cancel();
  deaf_until_ = runtime_.Now() + kDeafAfterDigit;
  if (duration_ms > 0) {
    const uint32_t measured = static_cast<uint32_t>(duration_ms) * kSamplesPerMillisecond;
    if (measured > event_duration_) event_duration_ = measured;
  }
  for (int i = 0; i < kEndPackets; ++i) SendEvent(true, false);
  sending_event_ = -1;
}

void RtpEndpoint::SendEvent(bool end, bool marker) {
  // RFC 4733 2.3: event, end bit and volume, duration (which saturates here).
  const uint32_t duration = event_duration_ > 0xFFFF ? 0xFFFF : event_duration_;
  const std::array<uint8_t, 4> payload = {
      static_cast<uint8_t>(sending_event_), static_cast<uint8_t>((end ? 0x80 : 0) | kEventVolume),
      static_cast<uint8_t>(duration >> 8), static_cast<uint8_t>(duration)};
  SendPacket(kPayloadEvent, marker, event_timestamp_, payload, nullptr);
}

void RtpEndpoint::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  if (from != remote_) {
    ++counters_.foreign;
    return;
  }
  std::span<const uint8_t> payload;
  if (!PayloadOf(bytes, &payload)) {
    ++counters_.malformed;
    return;
  }
  ++counters_.received;
  const uint32_t timestamp = ReadU32(&bytes[4]);
  switch (bytes[1] & 0x7F) {
    case kPayloadG729: {
      const std::span<const uint8_t> decoded = g729_ == nullptr || codec_ != PBX_CODEC_G729
                                                   ? std::span<const uint8_t>()
                                                   : g729_->DecodeToUlaw(payload);
      if (!decoded.empty()) {
        owner_.OnRtpVoice({PBX_CODEC_ULAW, decoded, timestamp, ReadU32(&bytes[8])});
      }
      return;
    }
    case kPayloadUlaw:
    case kPayloadAlaw: {
      if (receiving_event_ >= 0 &&
          static_cast<int32_t>(timestamp - (received_event_timestamp_ + received_event_duration_ +
                                            kEventTimeout)) > 0) {
        EndReceivedDigit();
      }
      const pbx_codec codec = (bytes[1] & 0x7F) == kPayloadAlaw ? PBX_CODEC_ALAW : PBX_CODEC_ULAW;
      owner_.OnRtpVoice({codec, payload, timestamp, ReadU32(&bytes[8])});
      return;
    }
    case kPayloadEvent:
      ReceiveEvent(timestamp, payload);
      return;
    default:
      return;
  }
}

void RtpEndpoint::ReceiveEvent(uint32_t timestamp, std::span<const uint8_t> payload) {
  if (payload.size() < 4 || payload[0] > 15) {
    ++counters_.malformed;
    return;
  }
  const bool end = payload[1] & 0x80;
  const uint32_t duration = static_cast<uint32_t>(payload[2]) << 8 | payload[3];
  if (any_event_ended_ && timestamp == ended_event_timestamp_) return;  // told three times
  if (receiving_event_ >= 0 && timestamp != received_event_timestamp_) {
    // Late words about an event before this one are no news.
    if (static_cast<int32_t>(timestamp - received_event_timestamp_) < 0) return;
    EndReceivedDigit();
  }
  if (receiving_event_ < 0) {
    if (!end && runtime_.Now() < deaf_until_) return;  // its next packet may be heard
    receiving_event_ = payload[0];
    received_event_timestamp_ = timestamp;
    received_event_duration_ = 0;
    if (!end) owner_.OnRtpDigitBegin(kDigits[receiving_event_]);
  }
  if (duration > received_event_duration_) received_event_duration_ = duration;
  if (end) EndReceivedDigit();
}

void RtpEndpoint::EndReceivedDigit() {
  const char digit = kDigits[receiving_event_];
  receiving_event_ = -1;
  ended_event_timestamp_ = received_event_timestamp_;
  any_event_ended_ = true;
  owner_.OnRtpDigitEnd(digit, static_cast<int>(received_event_duration_ / kSamplesPerMillisecond));
}

}  // namespace sfa::harness
