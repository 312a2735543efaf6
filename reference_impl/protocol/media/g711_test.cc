#include "protocol/media/g711.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace sfa::media {
namespace {

std::array<uint8_t, 256> AllBytes() {
  std::array<uint8_t, 256> bytes;
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  return bytes;
}

TEST(G711, EveryCodeWordSurvivesDecodingAndEncoding) {
  for (const Codec codec : {Codec::kPcmu, Codec::kPcma}) {
    const auto words = AllBytes();
    std::array<int16_t, 256> linear;
    std::array<uint8_t, 256> again;
    Decode(codec, words, linear);
    Encode(codec, linear, again);
    for (size_t i = 0; i < words.size(); ++i) {
      // mu-law has a negative zero, 0x7F, which is encoded as the positive one.
      if (codec == Codec::kPcmu && i == 0x7F) continue;
      EXPECT_EQ(again[i], words[i]);
    }
  }
}

TEST(G711, KnownValues) {
  // ITU-T G.711 tables 1 and 2, scaled to 16 bits.
  const std::array<uint8_t, 4> ulaw{0xFF, 0x80, 0x00, 0xF0};
  std::array<int16_t, 4> linear;
  Decode(Codec::kPcmu, ulaw, linear);
  EXPECT_EQ(linear, (std::array<int16_t, 4>{0, 32124, -32124, 120}));
  const std::array<uint8_t, 4> alaw{0xD5, 0x55, 0xAA, 0x2A};
  Decode(Codec::kPcma, alaw, linear);
  EXPECT_EQ(linear, (std::array<int16_t, 4>{8, -8, 32256, -32256}));
}

TEST(G711, TranscodingStaysCloseToTheSample) {
  for (const auto& [from, to] :
       {std::pair(Codec::kPcmu, Codec::kPcma), std::pair(Codec::kPcma, Codec::kPcmu)}) {
    const auto words = AllBytes();
    std::array<uint8_t, 256> other;
    std::array<int16_t, 256> before, after;
    Transcode(from, to, words, other);
    Decode(from, words, before);
    Decode(to, other, after);
    for (size_t i = 0; i < words.size(); ++i) {
      EXPECT_NEAR(before[i], after[i], std::max(24, std::abs(before[i]) / 16)) << i;
    }
  }
}

TEST(G711, SilenceIsTheSmallestSample) {
  for (const Codec codec : {Codec::kPcmu, Codec::kPcma}) {
    const std::array<int16_t, 1> zero{0};
    std::array<uint8_t, 1> encoded;
    Encode(codec, zero, encoded);
    EXPECT_EQ(encoded[0], SilenceByte(codec));
  }
}

}  // namespace
}  // namespace sfa::media
