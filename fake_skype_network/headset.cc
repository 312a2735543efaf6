#include "fake_skype_network/headset.h"

#include <utility>

#include "protocol/media/g711.h"

namespace sfa::community {
Headset::Headset(Runtime& runtime, media::Codec codec, uint64_t voice_seed, AudioRecord* record,
                 std::function<void(std::span<const uint8_t> encoded_20ms)> say)
    : runtime_(runtime),
      codec_(codec),
      voice_(voice_seed),
      vowels_(voice_seed),
      encoder_(media::IsG711(codec) ? nullptr : media::NewG729Encoder()),
      decoder_(media::IsG711(codec) ? nullptr : media::NewG729Decoder()),
      record_(record),
      say_(std::move(say)),
      next_(runtime.Now() + media::kFrameDuration),
      timer_(runtime.NewTimer([this] { SayFrame(); })) {
  // A frame can be sent when its last sample has been said.
  if (record_ != nullptr) record_->sent_start = runtime.Now();
  timer_->StartAt(next_);
}

void Headset::SayFrame() {
  next_ += media::kFrameDuration;
  timer_->StartAt(next_);
  if (!CanSpeak()) return;
  std::array<int16_t, media::kFrameSamples> samples;
  if (encoder_) {
    vowels_.Say(samples);
  } else {
    voice_.Say(samples);
  }
  if (muted_) samples.fill(0);
  std::array<uint8_t, media::kFrameSamples> bytes;
  const std::span encoded = std::span(bytes).first(media::FrameBytes(codec_));
  Encode(samples, encoded);
  if (record_ != nullptr && record_->sent.size() < kMaxRecordedSamples) {
    record_->sent.insert(record_->sent.end(), samples.begin(), samples.end());
  }
  if (!muted_) say_(encoded);
}

void Headset::Encode(std::span<const int16_t, media::kFrameSamples> samples,
                     std::span<uint8_t> bytes) {
  if (encoder_) {
    encoder_->Encode(samples, bytes.first<media::kG729FrameBytes>());
  } else {
    media::Encode(codec_, samples, bytes);
  }
}

void Headset::Decode(std::span<const uint8_t> bytes, std::span<int16_t> samples) {
  if (decoder_) {
    decoder_->Decode(bytes.first<media::kG729FrameBytes>(), samples.first<media::kFrameSamples>());
  } else {
    media::Decode(codec_, bytes, samples);
  }
}

void Headset::Hear(std::span<const uint8_t> encoded_20ms) {
  if (record_ == nullptr || muted_ || !CanSpeak() ||
      encoded_20ms.size() != media::FrameBytes(codec_)) {
    return;
  }
  std::vector<int16_t>& heard = record_->heard;
  if (heard.size() >= kMaxRecordedSamples) return;
  const MonotonicTime now = runtime_.Now();
  if (heard.empty()) record_->heard_start = now;
  // Where nothing was played there was silence.
  const auto frame = static_cast<size_t>((now - record_->heard_start + media::kFrameDuration / 2) /
                                         media::kFrameDuration);
  const size_t begin = std::max(heard.size(), frame * media::kFrameSamples);
  if (begin >= kMaxRecordedSamples) return;
  heard.resize(begin + media::kFrameSamples);
  Decode(encoded_20ms, std::span(heard).subspan(begin));
}

}  // namespace sfa::community
