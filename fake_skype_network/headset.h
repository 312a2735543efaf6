// A person's mouth and ears in one call: says something every 20 ms, remembers what was said and
// heard. In G.729 that is vowels, because noise does not come through it; where this was built
// without bcg729 it is a call without a word.
#ifndef FAKE_SKYPE_NETWORK_HEADSET_H_
#define FAKE_SKYPE_NETWORK_HEADSET_H_

#include <array>
#include <functional>
#include <memory>
#include <span>

#include "fake_skype_network/desktop_client.h"
#include "fake_skype_network/voice.h"
#include "fake_skype_network/vowels.h"
#include "protocol/media/codec.h"
#include "protocol/media/g729_coder.h"
#include "runtime/runtime.h"

namespace sfa::community {

class Headset {
 public:
  // A record longer than this keeps its beginning: an hour of both directions is 115 MB.
  static constexpr size_t kMaxRecordedSamples = 3600 * media::kSampleRate;

  // `say` takes each frame that is said. Writes into `record` when there is one.
  Headset(Runtime& runtime, media::Codec codec, uint64_t voice_seed, AudioRecord* record,
          std::function<void(std::span<const uint8_t> encoded_20ms)> say);

  void Hear(std::span<const uint8_t> encoded_20ms);
  // Says and hears nothing for a while.
  void SetMuted(bool muted) { muted_ = muted; }

 private:
  void SayFrame();
  bool CanSpeak() const { return media::IsG711(codec_) || encoder_; }
  void Encode(std::span<const int16_t, media::kFrameSamples> samples, std::span<uint8_t> bytes);
  void Decode(std::span<const uint8_t> bytes, std::span<int16_t> samples);

  Runtime& runtime_;
  const media::Codec codec_;
  Voice voice_;
  // For G.729 only.
  Vowels vowels_;
  std::unique_ptr<media::G729Encoder> encoder_;
  std::unique_ptr<media::G729Decoder> decoder_;
  bool muted_ = false;
  AudioRecord* const record_;
  const std::function<void(std::span<const uint8_t>)> say_;
  MonotonicTime next_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_HEADSET_H_
