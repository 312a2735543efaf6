// The only source of randomness. In a world: one generator per process, from seed and host name.
#ifndef REFERENCE_IMPL_RUNTIME_RANDOM_H_
#define REFERENCE_IMPL_RUNTIME_RANDOM_H_

#include <array>
#include <cstdint>
#include <span>

namespace sfa {

class Random {
 public:
  virtual ~Random() = default;

  // Fills `bytes`; good enough for keys.
  virtual void Fill(std::span<uint8_t> bytes) = 0;

  template <size_t kSize>
  std::array<uint8_t, kSize> Bytes() {
    std::array<uint8_t, kSize> bytes;
    Fill(bytes);
    return bytes;
  }
  uint64_t Next64();
  // Uniform in [0, bound); bound > 0. Without modulo bias.
  uint64_t Below(uint64_t bound);
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_RANDOM_H_
