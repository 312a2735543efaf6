#include "asterisk_harness/simulated/g729_codec.h"

#include "protocol/media/g711.h"

namespace sfa::harness {

G729Translation::G729Translation(std::shared_ptr<int> in_use) : in_use_(std::move(in_use)) {
  ++*in_use_;
}

std::span<const uint8_t> G729Translation::Encode(const VoiceFrame& g711) {
  if (g711.payload.size() != media::kFrameSamples || g711.codec == PBX_CODEC_G729) return {};
  std::array<int16_t, media::kFrameSamples> samples;
  media::Decode(g711.codec == PBX_CODEC_ALAW ? media::Codec::kPcma : media::Codec::kPcmu,
                g711.payload, samples);
  encoder_->Encode(samples, encoded_);
  return encoded_;
}

std::span<const uint8_t> G729Translation::DecodeToUlaw(std::span<const uint8_t> g729) {
  if (g729.size() != media::kG729FrameBytes) return {};
  std::array<int16_t, media::kFrameSamples> samples;
  decoder_->Decode(g729.first<media::kG729FrameBytes>(), samples);
  media::Encode(media::Codec::kPcmu, samples, decoded_);
  return decoded_;
}

std::unique_ptr<G729Translation> G729Codec::Take() {
  if (!media::CanCodeG729() || *in_use_ >= licensed_()) return nullptr;
  return std::make_unique<G729Translation>(in_use_);
}

std::string G729Codec::Licenses() const {
  const std::string used = std::to_string(*in_use_);
  return used + "/" + used + " encoders/decoders of " + std::to_string(licensed_()) +
         " licensed channels are currently in use\n";
}

}  // namespace sfa::harness
