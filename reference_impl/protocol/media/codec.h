// The codecs of a call.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_CODEC_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_CODEC_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sfa::media {

// The values are the static RTP payload types of RFC 3551 table 4.
enum class Codec : uint8_t { kPcmu = 0, kPcma = 8 };

// RFC 4733 events, by the dynamic number that Asterisk also uses.
inline constexpr uint8_t kTelephoneEventPayloadType = 101;

inline constexpr int kSampleRate = 8000;                        // RFC 3551 section 4.5.14
inline constexpr std::chrono::milliseconds kFrameDuration{20};  // RFC 3551 section 4.2
inline constexpr size_t kFrameSamples = 160;                    // per frame; one byte each in G.711

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_CODEC_H_
