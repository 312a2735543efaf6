// G.711 samples to linear ones and back.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_G711_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_G711_H_

#include <cstdint>
#include <span>

#include "protocol/media/codec.h"

namespace sfa::media {

// Of kPcmu and kPcma only. `into` is at least as long as `samples` in all three.
void Decode(Codec codec, std::span<const uint8_t> samples, std::span<int16_t> into);
void Encode(Codec codec, std::span<const int16_t> samples, std::span<uint8_t> into);
// By the tables of G.711, without a detour over linear samples. Between equal codecs a copy.
void Transcode(Codec from, Codec to, std::span<const uint8_t> samples, std::span<uint8_t> into);

// The encoding of zero.
uint8_t SilenceByte(Codec codec);

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_G711_H_
