#include "protocol/media/telephone_event.h"

#include <algorithm>
#include <string_view>

#include "protocol/media/codec.h"
#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";  // RFC 4733 section 3.2: events 0 to 15
constexpr int kEndPackets = 3;                            // RFC 4733 section 2.5.1.4
constexpr uint32_t kLongestSegment = 0xFFFF;              // RFC 4733 section 2.5.1.3
constexpr uint32_t kShortestDigit = kFrameSamples;        // nothing shorter is heard as a digit

// A sender updates every 50 ms or more often (RFC 4733 section 2.5.1.2): this bridges the loss of
// three updates in a row, and ends before a person can press the next key.
constexpr std::chrono::milliseconds kReceiverTimeout{200};
// Half a circle of time stamps is 74 hours: long before, an old event stops being a reference.
constexpr std::chrono::seconds kForgetAfter{60};

Duration ToDuration(uint64_t samples) {
  return std::chrono::nanoseconds(samples * (1000000000 / kSampleRate));
}

}  // namespace

std::optional<TelephoneEvent> ParseEvent(std::span<const uint8_t> payload) {
  if (payload.size() < kEventBytes) return std::nullopt;
  TelephoneEvent event;
  event.event = payload[0];
  event.end = payload[1] & 0x80;
  event.volume = payload[1] & 0x3F;
  event.duration = ReadU16(&payload[2]);
  return event;
}

void WriteEvent(const TelephoneEvent& event, std::span<uint8_t, kEventBytes> into) {
  into[0] = event.event;
  into[1] = static_cast<uint8_t>((event.end ? 0x80 : 0) | (event.volume & 0x3F));
  WriteU16(event.duration, &into[2]);
}

std::optional<char> DigitOf(uint8_t event) {
  if (event >= kDigits.size()) return std::nullopt;
  return kDigits[event];
}

std::optional<uint8_t> EventOf(char digit) {
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  const size_t position = kDigits.find(digit);
  if (position == std::string_view::npos) return std::nullopt;
  return static_cast<uint8_t>(position);
}

DigitSender::Packets DigitSender::Begin(char digit, uint32_t timestamp) {
  Packets packets;
  const std::optional<uint8_t> event = EventOf(digit);
  if (!event) return packets;
  if (phase_ == Phase::kSounding) packets = End(Duration::zero(), timestamp);
  FlushEnd(packets);
  if (used_ && Distance(next_free_, timestamp) < 0) timestamp = next_free_;
  event_ = *event;
  begun_at_ = segment_start_ = timestamp;
  phase_ = Phase::kSounding;
  // The first packet already covers the frame that begins now (RFC 4733 section 2.5.1.2).
  packets.Add({true, timestamp, {event_, false, 10, kShortestDigit}});
  return packets;
}

void DigitSender::AddUpdate(uint32_t now, Packets& packets) {
  if (Distance(segment_start_, now) > static_cast<int32_t>(kLongestSegment)) {
    packets.Add({false, segment_start_, {event_, false, 10, kLongestSegment}});
    segment_start_ += kLongestSegment;
  }
  const auto sounded = static_cast<uint32_t>(std::max(0, Distance(segment_start_, now)));
  packets.Add({false,
               segment_start_,
               {event_, false, 10, static_cast<uint16_t>(std::min(sounded, kLongestSegment))}});
}

DigitSender::Packets DigitSender::End(Duration duration, uint32_t timestamp) {
  Packets packets;
  if (phase_ != Phase::kSounding) return packets;
  // The clock decides when no duration is given, and for digits beyond one segment: what has been
  // announced cannot be taken back.
  int64_t samples = Distance(begun_at_, timestamp);
  if (duration > Duration::zero() && segment_start_ == begun_at_) {
    samples = std::min<int64_t>(duration.count() / (1000000000 / kSampleRate), kLongestSegment);
  }
  samples = std::max<int64_t>(samples, kShortestDigit);
  const uint32_t end = begun_at_ + static_cast<uint32_t>(samples);
  if (Distance(segment_start_, end) > static_cast<int32_t>(kLongestSegment)) {
    AddUpdate(end, packets);
  }
  const int32_t left = std::max(0, Distance(segment_start_, end));
  final_duration_ = static_cast<uint16_t>(std::min<uint32_t>(left, kLongestSegment));
  phase_ = Phase::kEnding;
  ends_left_ = kEndPackets;
  AddEnd(packets);
  return packets;
}

void DigitSender::AddEnd(Packets& packets) {
  packets.Add({false, segment_start_, {event_, true, 10, final_duration_}});
  if (--ends_left_ > 0) return;
  phase_ = Phase::kIdle;
  used_ = true;
  next_free_ = segment_start_ + final_duration_ + 1;
}

void DigitSender::FlushEnd(Packets& packets) {
  while (phase_ == Phase::kEnding) AddEnd(packets);
}

DigitSender::Packets DigitSender::OnTick(uint32_t timestamp) {
  Packets packets;
  if (phase_ == Phase::kSounding) {
    AddUpdate(timestamp, packets);
  } else if (phase_ == Phase::kEnding) {
    AddEnd(packets);
  }
  return packets;
}

void DigitReceiver::EndCurrent(Reports& reports) {
  if (!sounding_) return;
  sounding_ = false;
  reports.Add({digit_, true, ToDuration(uint64_t{before_segment_} + duration_)});
}

DigitReceiver::Reports DigitReceiver::OnPacket(bool marker, uint32_t timestamp,
                                               const TelephoneEvent& event, MonotonicTime now) {
  Reports reports;
  const std::optional<char> digit = DigitOf(event.event);
  if (!digit) return reports;
  if (has_event_ && !sounding_ && now - last_packet_ > kForgetAfter) has_event_ = false;

  const int32_t step = has_event_ ? Distance(segment_start_, timestamp) : 1;
  if (step < 0) return reports;                 // of an event that is over
  if (step == 0 && !sounding_) return reports;  // a late copy
  if (step > 0) {
    const bool continues =
        sounding_ && !marker && *digit == digit_ && step == static_cast<int32_t>(kLongestSegment);
    if (continues) {
      before_segment_ += kLongestSegment;
    } else {
      EndCurrent(reports);
      digit_ = *digit;
      before_segment_ = 0;
      sounding_ = true;
      has_event_ = true;
      reports.Add({digit_, false, Duration::zero()});
    }
    segment_start_ = timestamp;
    duration_ = 0;
  }
  duration_ = std::max(duration_, event.duration);
  last_packet_ = now;
  if (event.end) {
    duration_ = event.duration;
    EndCurrent(reports);
  }
  return reports;
}

std::optional<MonotonicTime> DigitReceiver::timeout() const {
  if (!sounding_) return std::nullopt;
  return last_packet_ + kReceiverTimeout;
}

DigitReceiver::Reports DigitReceiver::OnTimeout(MonotonicTime now) {
  Reports reports;
  if (sounding_ && now >= last_packet_ + kReceiverTimeout) EndCurrent(reports);
  return reports;
}

DigitReceiver::Reports DigitReceiver::Reset() {
  Reports reports;
  EndCurrent(reports);
  has_event_ = false;
  return reports;
}

}  // namespace sfa::media
