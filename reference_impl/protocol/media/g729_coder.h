// G.729 Annex A between 20 ms of linear samples and their 20 bytes, for whoever speaks and listens:
// people at their clients, and a PBX that is simulated. The engine never does either.
//
// A library of its own, sfa_g729, over Belledonne's bcg729. Where that was not installed when this
// was built, there are no coders, and CanCodeG729() says so.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_G729_CODER_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_G729_CODER_H_

#include <cstdint>
#include <memory>
#include <span>

#include "protocol/media/codec.h"

namespace sfa::media {

class G729Encoder {
 public:
  virtual ~G729Encoder() = default;
  // The bytes tell of samples that end 5 ms before the last one (ITU-T G.729, 2.2: look-ahead).
  virtual void Encode(std::span<const int16_t, kFrameSamples> samples,
                      std::span<uint8_t, kG729FrameBytes> bytes) = 0;
};

class G729Decoder {
 public:
  virtual ~G729Decoder() = default;
  virtual void Decode(std::span<const uint8_t, kG729FrameBytes> bytes,
                      std::span<int16_t, kFrameSamples> samples) = 0;
};

bool CanCodeG729();
// nullptr unless CanCodeG729().
std::unique_ptr<G729Encoder> NewG729Encoder();
std::unique_ptr<G729Decoder> NewG729Decoder();

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_G729_CODER_H_
