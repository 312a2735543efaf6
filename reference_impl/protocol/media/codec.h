// The codecs of a call.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_CODEC_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_CODEC_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sfa::media {

// The values are the static RTP payload types of RFC 3551 table 4.
// G.729 is passed on as it comes: a session does not decode it, so it cannot conceal a loss of it
// or translate it. A frame that is lost is simply not there.
enum class Codec : uint8_t { kPcmu = 0, kPcma = 8, kG729 = 18 };

constexpr bool IsG711(Codec codec) { return codec != Codec::kG729; }

// RFC 4733 events, by the dynamic number that Asterisk also uses.
inline constexpr uint8_t kTelephoneEventPayloadType = 101;

inline constexpr int kSampleRate = 8000;                        // RFC 3551 section 4.5.14
inline constexpr std::chrono::milliseconds kFrameDuration{20};  // RFC 3551 section 4.2
inline constexpr size_t kFrameSamples = 160;                    // per frame; one byte each in G.711
// RFC 3551 section 4.5.6: 10 ms are 10 bytes; comfort noise, at the end of a packet only, 2 bytes.
inline constexpr size_t kG729FrameBytes = 20;
inline constexpr size_t kG729NoiseBytes = 2;

constexpr size_t FrameBytes(Codec codec) { return IsG711(codec) ? kFrameSamples : kG729FrameBytes; }

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_CODEC_H_
