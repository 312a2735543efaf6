#include "asterisk_harness/simulated/g711.h"

#include <cstddef>

namespace sfa::harness {
namespace {

// Decoded on a scale of 16 bits (G.711 tables 1a to 2b).
constexpr int DecodeUlaw(uint8_t octet) {
  const int inverted = ~octet & 0xFF;
  const int magnitude = (((inverted & 0x0F) << 3) + 0x84) << ((inverted & 0x70) >> 4);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

constexpr int DecodeAlaw(uint8_t octet) {
  const int inverted = octet ^ 0x55;
  const int segment = (inverted & 0x70) >> 4;
  int magnitude = ((inverted & 0x0F) << 4) + 8;
  if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
  return inverted & 0x80 ? magnitude : -magnitude;
}

template <int (*kFrom)(uint8_t), int (*kTo)(uint8_t)>
constexpr std::array<uint8_t, 256> NearestTable() {
  // Compared within one sign only: the two laws disagree about the sign of nothing.
  std::array<uint8_t, 256> table{};
  for (int from = 0; from < 256; ++from) {
    const int value = kFrom(static_cast<uint8_t>(from));
    int best = -1, best_distance = 1 << 20;
    for (int to = 0; to < 256; ++to) {
      if ((from & 0x80) != (to & 0x80)) continue;
      const int distance = value - kTo(static_cast<uint8_t>(to));
      const int absolute = distance < 0 ? -distance : distance;
      if (absolute < best_distance) {
        best = to;
        best_distance = absolute;
      }
    }
    table[static_cast<size_t>(from)] = static_cast<uint8_t>(best);
  }
  return table;
}

constexpr std::array<uint8_t, 256> kUlawToAlaw = NearestTable<DecodeUlaw, DecodeAlaw>();
constexpr std::array<uint8_t, 256> kAlawToUlaw = NearestTable<DecodeAlaw, DecodeUlaw>();

}  // namespace

const std::array<uint8_t, 256>& UlawToAlaw() { return kUlawToAlaw; }
const std::array<uint8_t, 256>& AlawToUlaw() { return kAlawToUlaw; }

}  // namespace sfa::harness
