// The audio that is played, with its holes mended.
//
// Invariants:
//  1. Frames pass through as they are, without decoding, as long as nothing is missing.
//  2. Every method gives exactly one frame, valid until the next call.
//  3. What follows a synthetic frame is blended with its continuation.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_CONCEALMENT_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_CONCEALMENT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "protocol/media/codec.h"

namespace sfa::media {

using FrameView = std::span<const uint8_t, kFrameSamples>;

class Concealment {
 public:
  // One of G.711's two.
  explicit Concealment(Codec codec);
  ~Concealment();
  Concealment(const Concealment&) = delete;
  Concealment& operator=(const Concealment&) = delete;

  // A frame in its turn.
  FrameView Play(FrameView frame);
  // Instead of a frame that is missing: repeats the pitch and fades to silence within 50 ms.
  FrameView Conceal();
  // `skipped` would have come next but is left out: glides from it into `frame`.
  FrameView PlaySkipping(FrameView skipped, FrameView frame);

 private:
  struct Plc;  // the concealer's state

  FrameView Remember(FrameView frame);

  const Codec codec_;
  std::unique_ptr<Plc> plc_;
  int missing_frames_ = 0;
  // The last two frames that were played: what a concealment starts from.
  std::array<std::array<uint8_t, kFrameSamples>, 2> history_;
  int newest_ = 0;
};

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_CONCEALMENT_H_
