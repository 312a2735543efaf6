#include "asterisk_harness/simulated/g729_codec.h"

#include <gtest/gtest.h>

#include <vector>

namespace sfa::harness {
namespace {

TEST(G729Codec, HasAsManyTranslationsAsChannelsAreLicensed) {
  if (!media::CanCodeG729()) GTEST_SKIP() << "built without bcg729";
  int licensed = 2;
  G729Codec codec([&] { return licensed; });
  auto first = codec.Take();
  const auto second = codec.Take();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(codec.Take(), nullptr);
  EXPECT_EQ(codec.Licenses(),
            "2/2 encoders/decoders of 2 licensed channels are currently in use\n");
  first.reset();
  licensed = 1;
  EXPECT_EQ(codec.Take(), nullptr) << "fewer are licensed than when it was taken";
  EXPECT_EQ(codec.in_use(), 1);
}

TEST(G729Codec, ATranslationMayOutliveIt) {
  if (!media::CanCodeG729()) GTEST_SKIP() << "built without bcg729";
  auto codec = std::make_unique<G729Codec>([] { return 1; });
  auto translation = codec->Take();
  codec.reset();
  translation.reset();
}

TEST(G729Codec, TranslatesTwentyMillisecondsAndNothingElse) {
  if (!media::CanCodeG729()) GTEST_SKIP() << "built without bcg729";
  G729Codec codec([] { return 1; });
  const auto translation = codec.Take();
  const std::vector<uint8_t> ulaw(160, 0x80), odd(159, 0x80);
  const auto bytes = translation->Encode({PBX_CODEC_ULAW, ulaw});
  EXPECT_EQ(bytes.size(), 20u);
  EXPECT_EQ(translation->DecodeToUlaw(bytes).size(), 160u);
  EXPECT_TRUE(translation->Encode({PBX_CODEC_ULAW, odd}).empty());
  EXPECT_TRUE(translation->DecodeToUlaw(std::span(odd).first(19)).empty());
}

}  // namespace
}  // namespace sfa::harness
