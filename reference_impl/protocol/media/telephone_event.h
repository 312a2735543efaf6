// Digits as RTP telephone events (RFC 4733).
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_TELEPHONE_EVENT_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_TELEPHONE_EVENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "runtime/time.h"

namespace sfa::media {

inline constexpr size_t kEventBytes = 4;  // RFC 4733 section 2.3

struct TelephoneEvent {
  uint8_t event = 0;
  bool end = false;
  uint8_t volume = 10;    // -dBm0, 6 bits
  uint16_t duration = 0;  // in samples
};

std::optional<TelephoneEvent> ParseEvent(std::span<const uint8_t> payload);
void WriteEvent(const TelephoneEvent& event, std::span<uint8_t, kEventBytes> into);

// "0".."9", "*", "#", "A".."D" (RFC 4733 section 3.2); nothing for other events and characters.
std::optional<char> DigitOf(uint8_t event);
std::optional<uint8_t> EventOf(char digit);

// Decides which event packets to send. The caller sends every packet it is given at once and calls
// OnTick() every kFrameDuration while active().
//
// Each digit goes in kLeastPackets packets or more, any of which tells it: with one packet in ten
// lost independently, one digit in 10^12 is not heard. The end is sent again up to three seconds
// later, unless another digit begins, so that a digit outlives the change of a path.
class DigitSender {
 public:
  static constexpr int kLeastPackets = 12;

  struct Packet {
    bool marker = false;
    uint32_t timestamp = 0;
    TelephoneEvent event;
  };
  // What one call gives to send, in order; as a fixed array, because nothing here allocates.
  struct Packets {
    std::array<Packet, kLeastPackets + 4> packet;
    size_t count = 0;
    void Add(const Packet& added) { packet[count++] = added; }
  };

  bool active() const { return phase_ != Phase::kIdle; }

  // A digit that still sounds is ended first. `timestamp` is the media clock now.
  Packets Begin(char digit, uint32_t timestamp);
  // `duration` zero: as long as it has sounded so far. Nothing when no digit sounds.
  Packets End(Duration duration, uint32_t timestamp);
  Packets OnTick(uint32_t timestamp);

 private:
  enum class Phase { kIdle, kSounding, kEnding };

  void Add(const Packet& packet, Packets& packets);
  void AddUpdate(uint32_t now, Packets& packets);
  bool EndIsSafe() const;
  void FlushEnd(Packets& packets);
  void AddEnd(Packets& packets);

  Phase phase_ = Phase::kIdle;
  uint8_t event_ = 0;
  uint32_t begun_at_ = 0;       // the whole digit's
  uint32_t segment_start_ = 0;  // of the part that the duration field counts
  uint16_t final_duration_ = 0;
  int sent_ = 0;  // packets of this digit
  int ends_ = 0;  // those that end it
  int ticks_since_end_ = 0;
  bool used_ = false;       // `next_free_` is valid
  uint32_t next_free_ = 0;  // no event may begin before: time stamps tell events apart
};

// Tells each digit once, in order, from event packets that are lost, doubled and out of order: as
// long as no packet is overtaken by the next digit's first one together with all others of its
// digit.
class DigitReceiver {
 public:
  struct Report {
    char digit = 0;
    bool ended = false;
    Duration duration{};  // of an ended one
  };
  struct Reports {
    std::array<Report, 3> report;
    size_t count = 0;
    void Add(const Report& added) { report[count++] = added; }
  };

  Reports OnPacket(bool marker, uint32_t timestamp, const TelephoneEvent& event, MonotonicTime now);
  // When a digit sounds: the instant at which it counts as ended unless a packet comes before.
  std::optional<MonotonicTime> timeout() const;
  Reports OnTimeout(MonotonicTime now);
  bool sounding() const { return sounding_; }
  // The source has restarted: its time stamps start anew.
  Reports Reset();

 private:
  bool Continues(bool marker, char digit, int32_t step) const;
  void EndCurrent(Reports& reports);

  bool has_event_ = false;  // there has been one; the fields below are its
  bool sounding_ = false;
  bool end_taken_for_granted_ = false;
  char digit_ = 0;
  uint32_t segment_start_ = 0;
  uint32_t before_segment_ = 0;  // samples in the segments before
  uint16_t duration_ = 0;
  MonotonicTime last_packet_{};
};

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_TELEPHONE_EVENT_H_
