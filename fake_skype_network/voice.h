// What a person says: noise in the telephone band whose loudness goes up and down in syllables.
#ifndef FAKE_SKYPE_NETWORK_VOICE_H_
#define FAKE_SKYPE_NETWORK_VOICE_H_

#include <cstdint>
#include <span>

namespace sfa::community {

// The same seed says the same; different seeds have nothing in common, so that each is found by
// correlation and no other is. Cheap: a few operations for each sample.
class Voice {
 public:
  explicit Voice(uint64_t seed);

  // The next samples, 8 kHz linear.
  void Say(std::span<int16_t> samples);

 private:
  uint64_t Next();

  uint64_t state_;
  int loudness_ = 256;  // of 1024
  int target_ = 256;
  int until_next_syllable_ = 0;  // samples
  int low_ = 0;                  // states of the filters
  int floor_ = 0;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_VOICE_H_
