#include "protocol/media/g711.h"

#include <spandsp.h>

#include <algorithm>
#include <cassert>

namespace sfa::media {

void Decode(Codec codec, std::span<const uint8_t> samples, std::span<int16_t> into) {
  assert(IsG711(codec) && into.size() >= samples.size());
  if (codec == Codec::kPcmu) {
    std::transform(samples.begin(), samples.end(), into.begin(), ulaw_to_linear);
  } else {
    std::transform(samples.begin(), samples.end(), into.begin(), alaw_to_linear);
  }
}

void Encode(Codec codec, std::span<const int16_t> samples, std::span<uint8_t> into) {
  assert(IsG711(codec) && into.size() >= samples.size());
  if (codec == Codec::kPcmu) {
    std::transform(samples.begin(), samples.end(), into.begin(), linear_to_ulaw);
  } else {
    std::transform(samples.begin(), samples.end(), into.begin(), linear_to_alaw);
  }
}

void Transcode(Codec from, Codec to, std::span<const uint8_t> samples, std::span<uint8_t> into) {
  assert((from == to || (IsG711(from) && IsG711(to))) && into.size() >= samples.size());
  if (from == to) {
    std::copy(samples.begin(), samples.end(), into.begin());
  } else if (from == Codec::kPcmu) {
    std::transform(samples.begin(), samples.end(), into.begin(), ulaw_to_alaw);
  } else {
    std::transform(samples.begin(), samples.end(), into.begin(), alaw_to_ulaw);
  }
}

uint8_t SilenceByte(Codec codec) { return codec == Codec::kPcmu ? 0xFF : 0xD5; }

}  // namespace sfa::media
