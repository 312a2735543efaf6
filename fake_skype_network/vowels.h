// What a person says into a codec that models a throat, as G.729 does: vowels, one after another.
// Noise, which `voice.h` makes, such a codec turns into other noise.
#ifndef FAKE_SKYPE_NETWORK_VOWELS_H_
#define FAKE_SKYPE_NETWORK_VOWELS_H_

#include <cstdint>
#include <span>

namespace sfa::community {

// As Voice: the same seed says the same, different seeds have nothing in common. Found again by
// correlation after G.729 twice.
class Vowels {
 public:
  explicit Vowels(uint64_t seed);

  // The next samples, 8 kHz linear.
  void Say(std::span<int16_t> samples);

 private:
  // Two poles: an echo of the past at one frequency. In 2^-14.
  struct Resonance {
    int64_t near = 0, far = 0;  // the last two samples
    int64_t Ring(int64_t in, int first, int second) {
      const int64_t out = in + (near * first + far * second) / 16384;
      far = near;
      near = out;
      return out;
    }
  };

  uint64_t Next();
  void BeginVowel();

  uint64_t state_;
  int until_next_vowel_ = 0;  // samples
  int until_next_pulse_ = 0;
  int period_ = 0;
  int loudness_ = 0;
  int low_pole_ = 0, high_pole_ = 0;
  Resonance low_, high_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_VOWELS_H_
