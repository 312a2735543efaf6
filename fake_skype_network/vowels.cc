#include "fake_skype_network/vowels.h"

#include <algorithm>
#include <array>

namespace sfa::community {
namespace {

// 2 r cos(2 pi f / 8000) and -r^2, times 2^14. A throat's first resonance at 300 to 800 Hz with r =
// 0.96, its second one at 900 to 2200 Hz with r = 0.93.
constexpr std::array<int, 8> kLowPoles = {30588, 30208, 29680, 29063, 28357, 27566, 26560, 25449};
constexpr int kLowDamping = -15099;
constexpr std::array<int, 8> kHighPoles = {23173, 20686, 17912, 14890, 11662, 7114, 1196, -4767};
constexpr int kHighDamping = -14171;

// SplitMix64's output function.
uint64_t Mix(uint64_t z) {
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ z >> 27) * 0x94D049BB133111EBull;
  return z ^ z >> 31;
}

}  // namespace

// Mixed, because neighbouring states are the same sequence a few steps apart.
Vowels::Vowels(uint64_t seed) : state_(Mix(seed ^ 0xD1B54A32D192ED03ull)) {}

uint64_t Vowels::Next() { return Mix(state_ += 0x9E3779B97F4A7C15ull); }

// Of 80 to 240 ms, at 90 to 200 Hz.
void Vowels::BeginVowel() {
  const uint64_t random = Next();
  until_next_vowel_ = 640 + static_cast<int>(random % 1280);
  period_ = 40 + static_cast<int>(random >> 16 & 0xFF) * 50 / 256;
  loudness_ = 300 + static_cast<int>(random >> 24 & 0xFF) * 3;
  low_pole_ = kLowPoles[random >> 32 & 7];
  high_pole_ = kHighPoles[random >> 35 & 7];
}

void Vowels::Say(std::span<int16_t> samples) {
  for (int16_t& sample : samples) {
    if (until_next_vowel_-- == 0) BeginVowel();
    int64_t pulse = 0;
    if (until_next_pulse_-- == 0) {
      pulse = loudness_;
      // No two periods of a throat are alike, and nothing that is said repeats itself.
      until_next_pulse_ = period_ - 2 + static_cast<int>(Next() % 5);
    }
    const int64_t said =
        high_.Ring(low_.Ring(pulse, low_pole_, kLowDamping), high_pole_, kHighDamping);
    sample = static_cast<int16_t>(std::clamp<int64_t>(said, -32000, 32000));
  }
}

}  // namespace sfa::community
