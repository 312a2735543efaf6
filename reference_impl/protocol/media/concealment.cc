#include "protocol/media/concealment.h"

#include <spandsp.h>

#include <algorithm>

#include "protocol/media/g711.h"

namespace sfa::media {
namespace {

// spandsp fades to silence in 50 ms; from the fourth frame on there is nothing to compute.
constexpr int kAudibleFrames = 3;
constexpr size_t kGlideSamples = kFrameSamples / 2;  // 10 ms

using Samples = std::array<int16_t, kFrameSamples>;

}  // namespace

struct Concealment::Plc {
  plc_state_t state;
};

Concealment::Concealment(Codec codec) : codec_(codec), plc_(std::make_unique<Plc>()) {
  for (auto& frame : history_) frame.fill(SilenceByte(codec));
}

Concealment::~Concealment() = default;

FrameView Concealment::Remember(FrameView frame) {
  newest_ ^= 1;
  std::copy(frame.begin(), frame.end(), history_[newest_].begin());
  return history_[newest_];
}

FrameView Concealment::Play(FrameView frame) {
  if (missing_frames_ == 0) return Remember(frame);
  missing_frames_ = 0;
  Samples samples;
  Decode(codec_, frame, samples);
  plc_rx(&plc_->state, samples.data(), kFrameSamples);
  std::array<uint8_t, kFrameSamples> blended;
  Encode(codec_, samples, blended);
  return Remember(blended);
}

FrameView Concealment::Conceal() {
  std::array<uint8_t, kFrameSamples> encoded;
  if (missing_frames_ >= kAudibleFrames) {
    encoded.fill(SilenceByte(codec_));
    return Remember(encoded);
  }
  Samples samples;
  if (missing_frames_ == 0) {
    // Both frames in one piece: spandsp 0.0.6 copies within its history by overlapping memcpy()
    // unless that is filled from its very beginning.
    std::array<int16_t, 2 * kFrameSamples> past;
    Decode(codec_, history_[newest_ ^ 1], std::span(past).first<kFrameSamples>());
    Decode(codec_, history_[newest_], std::span(past).last<kFrameSamples>());
    plc_init(&plc_->state);
    plc_rx(&plc_->state, past.data(), static_cast<int>(past.size()));
  }
  ++missing_frames_;
  plc_fillin(&plc_->state, samples.data(), kFrameSamples);
  Encode(codec_, samples, encoded);
  return Remember(encoded);
}

FrameView Concealment::PlaySkipping(FrameView skipped, FrameView frame) {
  // Through Play(), so that a hole before the skipped frame is blended as well.
  const FrameView from = Play(skipped);
  Samples old_samples, new_samples;
  Decode(codec_, from, old_samples);
  Decode(codec_, frame, new_samples);
  for (size_t i = 0; i < kGlideSamples; ++i) {
    const int weight = static_cast<int>(i);
    const int length = static_cast<int>(kGlideSamples);
    new_samples[i] = static_cast<int16_t>(
        (old_samples[i] * (length - weight) + new_samples[i] * weight) / length);
  }
  newest_ ^= 1;  // the skipped frame was not played: what comes takes its place
  std::array<uint8_t, kFrameSamples> blended;
  Encode(codec_, new_samples, blended);
  return Remember(blended);
}

}  // namespace sfa::media
