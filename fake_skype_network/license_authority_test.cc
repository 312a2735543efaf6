#include "fake_skype_network/license_authority.h"

#include <gtest/gtest.h>

namespace sfa::community {
namespace {

license::License Example() {
  license::License license;
  license.key = KeyOf("goldfinger", 1);
  license.host_id = "59:af:d7:c5:36:8c:2f:a9:c3:bc:3e:99:d9:fb:e0:43:cd:37:d1:4f";
  license.channels = 5;
  license.expires = kNoExpiry;
  return license;
}

TEST(LicenseAuthority, IsTheOneThatTheModulesKnow) {
  const LicenseAuthority authority;
  EXPECT_EQ(authority.public_key(), license::SimulatedAuthority());
  const Result<std::string> text = authority.Issue(Example());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(license::Read(*text, license::SimulatedAuthority()).license.key, Example().key);
}

TEST(LicenseAuthority, AnotherOneIsNot) {
  const Result<std::string> text = LicenseAuthority(stream::Key{7}).Issue(Example());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(license::Read(*text, license::SimulatedAuthority()).authenticity,
            license::Authenticity::kOtherAuthority);
}

TEST(LicenseAuthority, EveryPurchaseHasAKeyOfItsOwn) {
  EXPECT_EQ(KeyOf("goldfinger", 1), KeyOf("goldfinger", 1));
  EXPECT_NE(KeyOf("goldfinger", 1), KeyOf("goldfinger", 2));
  EXPECT_NE(KeyOf("goldfinger", 1), KeyOf("drax", 1));
}

}  // namespace
}  // namespace sfa::community
