#include "protocol/media/telephone_event.h"

#include <algorithm>
#include <string_view>

#include "protocol/media/codec.h"
#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";  // RFC 4733 section 3.2: events 0 to 15
constexpr int kEndPackets = 3;                            // RFC 4733 section 2.5.1.4, at least
constexpr uint32_t kLongestSegment = 0xFFFF;              // RFC 4733 section 2.5.1.3
constexpr uint32_t kShortestDigit = kFrameSamples;        // nothing shorter is heard as a digit

// When a digit's end is sent once more, in ticks since it ended: 0.5, 1, 2 and 3 s.
constexpr std::array<int, 4> kLateEnds = {25, 50, 100, 150};

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

void DigitSender::Add(const Packet& packet, Packets& packets) {
  packets.Add(packet);
  ++sent_;
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
  sent_ = ends_ = 0;
  // The first packet already covers the frame that begins now (RFC 4733 section 2.5.1.2).
  Add({true, timestamp, {event_, false, 10, kShortestDigit}}, packets);
  return packets;
}

void DigitSender::AddUpdate(uint32_t now, Packets& packets) {
  if (Distance(segment_start_, now) > static_cast<int32_t>(kLongestSegment)) {
    Add({false, segment_start_, {event_, false, 10, kLongestSegment}}, packets);
    segment_start_ += kLongestSegment;
  }
  const auto sounded = static_cast<uint32_t>(std::max(0, Distance(segment_start_, now)));
  Add({false,
       segment_start_,
       {event_, false, 10, static_cast<uint16_t>(std::min(sounded, kLongestSegment))}},
      packets);
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
  ticks_since_end_ = 0;
  used_ = true;
  next_free_ = segment_start_ + final_duration_ + 1;
  AddEnd(packets);
  return packets;
}

bool DigitSender::EndIsSafe() const { return ends_ >= kEndPackets && sent_ >= kLeastPackets; }

void DigitSender::AddEnd(Packets& packets) {
  Add({false, segment_start_, {event_, true, 10, final_duration_}}, packets);
  ++ends_;
}

void DigitSender::FlushEnd(Packets& packets) {
  if (phase_ != Phase::kEnding) return;
  while (!EndIsSafe()) AddEnd(packets);
  phase_ = Phase::kIdle;
}

DigitSender::Packets DigitSender::OnTick(uint32_t timestamp) {
  Packets packets;
  if (phase_ == Phase::kSounding) {
    AddUpdate(timestamp, packets);
  } else if (phase_ == Phase::kEnding) {
    ++ticks_since_end_;
    const bool late =
        std::find(kLateEnds.begin(), kLateEnds.end(), ticks_since_end_) != kLateEnds.end();
    if (!EndIsSafe() || late) AddEnd(packets);
    if (ticks_since_end_ >= kLateEnds.back()) phase_ = Phase::kIdle;
  }
  return packets;
}

void DigitReceiver::EndCurrent(Reports& reports) {
  if (!sounding_) return;
  sounding_ = false;
  end_taken_for_granted_ = false;
  reports.Add({digit_, true, ToDuration(uint64_t{before_segment_} + duration_)});
}

// Whether an event that begins `step` later is but the next part of the same digit, the parts
// between being lost (RFC 4733 section 2.5.1.3).
bool DigitReceiver::Continues(bool marker, char digit, int32_t step) const {
  return (sounding_ || end_taken_for_granted_) && !marker && digit == digit_ &&
         step % static_cast<int32_t>(kLongestSegment) == 0;
}

DigitReceiver::Reports DigitReceiver::OnPacket(bool marker, uint32_t timestamp,
                                               const TelephoneEvent& event, MonotonicTime now) {
  Reports reports;
  const std::optional<char> digit = DigitOf(event.event);
  if (!digit) return reports;
  if (has_event_ && !sounding_ && now - last_packet_ > kForgetAfter) has_event_ = false;

  const int32_t step = has_event_ ? Distance(segment_start_, timestamp) : 1;
  if (step < 0) return reports;  // of an event that is over
  if (step == 0 && !sounding_) {
    if (event.end) end_taken_for_granted_ = false;
    return reports;  // a late copy
  }
  if (step > 0) {
    if (Continues(marker, *digit, step)) {
      before_segment_ += static_cast<uint32_t>(step);
    } else {
      EndCurrent(reports);
      digit_ = *digit;
      before_segment_ = 0;
      sounding_ = true;
      end_taken_for_granted_ = false;
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
    end_taken_for_granted_ = false;
  }
  return reports;
}

std::optional<MonotonicTime> DigitReceiver::timeout() const {
  if (!sounding_) return std::nullopt;
  return last_packet_ + kReceiverTimeout;
}

DigitReceiver::Reports DigitReceiver::OnTimeout(MonotonicTime now) {
  Reports reports;
  if (sounding_ && now >= last_packet_ + kReceiverTimeout) {
    EndCurrent(reports);
    end_taken_for_granted_ = true;
  }
  return reports;
}

DigitReceiver::Reports DigitReceiver::Reset() {
  Reports reports;
  EndCurrent(reports);
  has_event_ = end_taken_for_granted_ = false;
  return reports;
}

}  // namespace sfa::media
