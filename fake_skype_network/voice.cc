#include "fake_skype_network/voice.h"

#include <algorithm>

namespace sfa::community {

namespace {

// SplitMix64's output function.
uint64_t Mix(uint64_t z) {
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ z >> 27) * 0x94D049BB133111EBull;
  return z ^ z >> 31;
}

}  // namespace

// Mixed, because neighbouring states are the same sequence a few steps apart.
Voice::Voice(uint64_t seed) : state_(Mix(seed ^ 0xD1B54A32D192ED03ull)) {}

uint64_t Voice::Next() { return Mix(state_ += 0x9E3779B97F4A7C15ull); }

void Voice::Say(std::span<int16_t> samples) {
  // Four samples of noise out of each random number.
  uint64_t noise = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (until_next_syllable_-- == 0) {
      // A syllable lasts 80 to 240 ms, and is between a whisper and full voice.
      const uint64_t random = Next();
      until_next_syllable_ = 640 + static_cast<int>(random % 1280);
      target_ = 64 + static_cast<int>(random >> 32 & 1023) * 15 / 16;
    }
    if (i % 8 == 0) loudness_ += (target_ - loudness_) / 8;
    noise = i % 4 == 0 ? Next() : noise >> 16;
    const int white = static_cast<int16_t>(noise);
    // One-pole filters in integers: below about 1 kHz, above about 170 Hz.
    low_ += (white - low_) / 2;
    floor_ += (low_ - floor_) / 8;
    const int band = (low_ - floor_) * loudness_ / 1024;
    samples[i] = static_cast<int16_t>(std::clamp(band, -32000, 32000));
  }
}

}  // namespace sfa::community
