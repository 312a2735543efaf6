// codec_g729a.so as a PBX has it while it is loaded: translations, as many as channels are
// licensed.
#ifndef ASTERISK_HARNESS_SIMULATED_G729_CODEC_H_
#define ASTERISK_HARNESS_SIMULATED_G729_CODEC_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "asterisk_harness/simulated/frame.h"
#include "protocol/media/g729_coder.h"

namespace sfa::harness {

// One channel's, both ways; gives its licensed channel back at its end. It may outlive the codec.
class G729Translation {
 public:
  explicit G729Translation(std::shared_ptr<int> in_use);
  ~G729Translation() { --*in_use_; }
  G729Translation(const G729Translation&) = delete;
  G729Translation& operator=(const G729Translation&) = delete;

  // 20 ms of G.711, or of G.729; what is not 20 ms becomes nothing. Valid until the next call.
  std::span<const uint8_t> Encode(const VoiceFrame& g711);
  std::span<const uint8_t> DecodeToUlaw(std::span<const uint8_t> g729);

 private:
  const std::shared_ptr<int> in_use_;
  const std::unique_ptr<media::G729Encoder> encoder_ = media::NewG729Encoder();
  const std::unique_ptr<media::G729Decoder> decoder_ = media::NewG729Decoder();
  std::array<uint8_t, media::kG729FrameBytes> encoded_;
  std::array<uint8_t, media::kFrameSamples> decoded_;
};

class G729Codec {
 public:
  // `licensed`: how many channels there are now.
  explicit G729Codec(std::function<int()> licensed) : licensed_(std::move(licensed)) {}

  // nullptr when all licensed channels are in use.
  std::unique_ptr<G729Translation> Take();
  int in_use() const { return *in_use_; }
  // The answer to `g729 show licenses`.
  std::string Licenses() const;

 private:
  const std::function<int()> licensed_;
  const std::shared_ptr<int> in_use_ = std::make_shared<int>(0);
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_G729_CODEC_H_
