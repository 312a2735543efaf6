// One call's audio between packets and 20 ms frames: RTP in SRTP, jitter buffer, loss concealment,
// RFC 4733 digits.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_MEDIA_SESSION_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_MEDIA_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "protocol/media/codec.h"
#include "protocol/media/srtp.h"
#include "runtime/runtime.h"

namespace sfa::media {

struct SrtpKeys {
  SrtpKey send, receive;
};

// OnAudio() and OnDigit() may destroy the session, SendPacket() may not.
class MediaObserver {
 public:
  // One protected packet (or a plain one, without keys) for the wire.
  virtual void SendPacket(std::span<const uint8_t> packet) = 0;
  // Every 20 ms from the first packet received on: 160 encoded samples out of the jitter buffer,
  // concealed where packets were lost. Without `playout` frames as they come. G.729 is passed on
  // as it came, 20 bytes a frame; where a packet was lost nothing comes.
  virtual void OnAudio(std::span<const uint8_t> encoded_20ms) = 0;
  // `ended` false when a digit begins, true when it ends; each digit exactly once, in order.
  virtual void OnDigit(char digit, bool ended, Duration duration) = 0;

 protected:
  ~MediaObserver() = default;
};

struct MediaSettings {
  Codec codec = Codec::kPcmu;
  uint32_t local_ssrc = 0;
  uint32_t remote_ssrc = 0;      // 0: whichever comes first (plain RTP from a PBX)
  std::optional<SrtpKeys> keys;  // none: plain RTP, on the PBX side of the engine
  bool playout = true;           // jitter buffer and concealment; false: frames as they come
};

struct MediaCounters {
  uint64_t packets_sent = 0;
  uint64_t packets_received = 0;
  uint64_t packets_lost = 0;
  uint64_t frames_concealed = 0;
  uint64_t rejected = 0;  // malformed, forged, replayed
  Duration jitter{};
  Duration playout_delay{};
};

class MediaSession {
 public:
  virtual ~MediaSession() = default;

  virtual void OnPacket(std::span<const uint8_t> packet) = 0;
  virtual void SendAudio(std::span<const uint8_t> encoded_20ms) = 0;
  virtual void BeginDigit(char digit) = 0;
  virtual void EndDigit(Duration duration) = 0;
  virtual MediaCounters counters() const = 0;
};

// Random initial sequence number and time stamp come from the runtime.
std::unique_ptr<MediaSession> NewMediaSession(Runtime& runtime, const MediaSettings& settings,
                                              MediaObserver& observer);

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_MEDIA_SESSION_H_
