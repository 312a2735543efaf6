#include "runtime/random.h"

#include <cassert>
#include <limits>

namespace sfa {

uint64_t Random::Next64() {
  const auto bytes = Bytes<8>();
  uint64_t value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

uint64_t Random::Below(uint64_t bound) {
  assert(bound > 0);
  // Values at or above the largest multiple of `bound` would favour small results.
  const uint64_t limit = std::numeric_limits<uint64_t>::max() / bound * bound;
  uint64_t value = Next64();
  while (value >= limit) value = Next64();
  return value % bound;
}

}  // namespace sfa
