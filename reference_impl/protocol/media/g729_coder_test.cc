#include "protocol/media/g729_coder.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "protocol/media/signal_match.h"

namespace sfa::media {
namespace {

constexpr int kFrames = 200;

// Pulses at irregular intervals that ring for a while, as a voice does; the codec is made for
// voices.
std::vector<int16_t> Hum(unsigned seed) {
  std::vector<int16_t> samples(kFrames * kFrameSamples);
  double near = 0, far = 0;
  size_t next = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    double pulse = 0;
    if (i == next) {
      seed = seed * 1103515245 + 12345;
      next += 55 + (seed >> 16) % 6;
      pulse = 3000;
    }
    const double now = pulse + 1.75 * near - 0.92 * far;
    far = near;
    near = now;
    samples[i] = static_cast<int16_t>(now);
  }
  return samples;
}

std::vector<int16_t> Through(G729Encoder& encoder, G729Decoder& decoder,
                             const std::vector<int16_t>& said) {
  std::vector<int16_t> heard(said.size());
  for (size_t begin = 0; begin < said.size(); begin += kFrameSamples) {
    std::array<uint8_t, kG729FrameBytes> bytes;
    encoder.Encode(std::span(said).subspan(begin).first<kFrameSamples>(), bytes);
    decoder.Decode(bytes, std::span(heard).subspan(begin).first<kFrameSamples>());
  }
  return heard;
}

TEST(G729Coder, WhatIsSaidIsHeardAgain) {
  if (!CanCodeG729()) GTEST_SKIP() << "built without bcg729";
  const std::vector<int16_t> said = Hum(1);
  const SignalMatch match = FindSignal(said, Through(*NewG729Encoder(), *NewG729Decoder(), said));
  EXPECT_TRUE(match.found);
  EXPECT_GT(match.correlation, 0.8);
  // ITU-T G.729, 2.2: a look-ahead of 5 ms; a sample more or less.
  EXPECT_NEAR(static_cast<double>(match.delay), 40, 4);
}

TEST(G729Coder, EachHasItsOwnPast) {
  if (!CanCodeG729()) GTEST_SKIP() << "built without bcg729";
  const std::vector<int16_t> said = Hum(1), other = Hum(2);
  const auto encoder = NewG729Encoder(), second_encoder = NewG729Encoder();
  const auto decoder = NewG729Decoder(), second_decoder = NewG729Decoder();
  const std::vector<int16_t> alone = Through(*encoder, *decoder, said);
  Through(*NewG729Encoder(), *NewG729Decoder(), other);
  EXPECT_EQ(Through(*second_encoder, *second_decoder, said), alone);
}

TEST(G729Coder, NoBytesAreTooBadToBeHeard) {
  if (!CanCodeG729()) GTEST_SKIP() << "built without bcg729";
  const auto decoder = NewG729Decoder();
  std::array<int16_t, kFrameSamples> samples;
  for (int value = 0; value < 256; ++value) {
    std::array<uint8_t, kG729FrameBytes> bytes;
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<uint8_t>(static_cast<size_t>(value) * (i + 7));
    }
    decoder->Decode(bytes, samples);
  }
}

TEST(G729Coder, WithoutTheLibraryThereAreNone) {
  EXPECT_EQ(NewG729Encoder() != nullptr, CanCodeG729());
  EXPECT_EQ(NewG729Decoder() != nullptr, CanCodeG729());
}

}  // namespace
}  // namespace sfa::media
