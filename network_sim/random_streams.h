// The two kinds of randomness of a world, both from a seed and nothing else.
#ifndef NETWORK_SIM_RANDOM_STREAMS_H_
#define NETWORK_SIM_RANDOM_STREAMS_H_

#include <array>
#include <cstdint>
#include <span>

#include "runtime/random.h"

namespace sfa::sim {

// For losses and jitter: xoshiro256** of Blackman and Vigna, seeded through splitmix64.
class NoiseStream {
 public:
  explicit NoiseStream(uint64_t seed);
  uint64_t Next();
  // Uniform in [0, 1).
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

 private:
  std::array<uint64_t, 4> state_;
};

// What a process gets: the ChaCha20 key stream (RFC 8439) of a key derived from the seed.
class ProcessRandom final : public Random {
 public:
  explicit ProcessRandom(uint64_t seed);
  void Fill(std::span<uint8_t> bytes) override;

 private:
  void Refill();

  std::array<uint8_t, 32> key_{};
  std::array<uint8_t, 512> block_;
  size_t used_ = block_.size();
  uint64_t blocks_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_RANDOM_STREAMS_H_
