#include "protocol/license/license_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sfa::license {
namespace {

using testing::HasSubstr;

const stream::SigningKey kAuthority = stream::SigningKeyOf({1, 2, 3});
const stream::SigningKey kStranger = stream::SigningKeyOf({3, 2, 1});

License Example() {
  License license;
  license.key = "S4A-5E1F00D2C0FFEE07";
  license.user = "Auric Goldfinger, Goldfinger Ltd";
  license.host_id = "59:af:d7:c5:36:8c:2f:a9:c3:bc:3e:99:d9:fb:e0:43:cd:37:d1:4f";
  license.channels = 5;
  license.expires = "2999-12-31";
  return license;
}

std::string Text(const License& license, const stream::SigningKey& by = kAuthority) {
  const Result<std::string> text = Write(license, by);
  return text.ok() ? *text : "not written: " + text.error().message;
}

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

bool Same(const License& a, const License& b) {
  return a.product == b.product && a.key == b.key && a.user == b.user && a.host_id == b.host_id &&
         a.channels == b.channels && a.expires == b.expires;
}

TEST(LicenseFile, IsReadAsItWasWritten) {
  const Reading reading = Read(Text(Example()), kAuthority.public_key);
  EXPECT_EQ(reading.authenticity, Authenticity::kGenuine) << reading.problem;
  EXPECT_TRUE(Same(reading.license, Example()));
  EXPECT_EQ(FileName(reading.license), "S4A-5E1F00D2C0FFEE07.lic");
}

TEST(LicenseFile, CutOffAnywhereItIsTruncated) {
  const std::string text = Text(Example());
  for (size_t size = 0; size < text.size(); ++size) {
    const Reading reading = Read(text.substr(0, size), kAuthority.public_key);
    EXPECT_EQ(reading.authenticity, Authenticity::kTruncated) << size;
    EXPECT_THAT(reading.problem, HasSubstr("cut off in line")) << size;
  }
}

TEST(LicenseFile, WithMoreChannelsItIsChanged) {
  const std::string text = Replaced(Text(Example()), "channels: 5", "channels: 500");
  const Reading reading = Read(text, kAuthority.public_key);
  EXPECT_EQ(reading.authenticity, Authenticity::kChanged);
  EXPECT_EQ(reading.license.channels, 0) << "nothing of it is shown";
}

TEST(LicenseFile, OfAnotherAuthority) {
  const Reading reading = Read(Text(Example(), kStranger), kAuthority.public_key);
  EXPECT_EQ(reading.authenticity, Authenticity::kOtherAuthority);
  // Naming the right one does not help.
  const std::string theirs = Text(Example(), kStranger);
  const std::string ours = Text(Example());
  const size_t at = theirs.find("authority: ") + 11;
  const Reading forged =
      Read(Replaced(theirs, theirs.substr(at, 16), ours.substr(at, 16)), kAuthority.public_key);
  EXPECT_EQ(forged.authenticity, Authenticity::kChanged);
}

TEST(LicenseFile, OfAnotherForm) {
  const std::string text = Text(Example());
  const std::pair<std::string, std::string> changes[] = {{"channels: 5", "channels: 05"},
                                                         {"channels: 5", "channels: 10001"},
                                                         {"channels: 5", "channels: -5"},
                                                         {"license-file: 1", "license-file: 2"},
                                                         {"product:", "Product:"},
                                                         {"user: ", "user: \x01"},
                                                         {"2999-12-31", "2999-13-31"},
                                                         {"2999-12-31", "2999-02-30"},
                                                         {"59:af", "59:AF"},
                                                         {"\nsignature", "\n\nsignature"},
                                                         {"S4A-5E1F00D2C0FFEE07", "S4A/../"}};
  for (const auto& [what, with] : changes) {
    const Reading reading = Read(Replaced(text, what, with), kAuthority.public_key);
    EXPECT_EQ(reading.authenticity, Authenticity::kMalformed) << with;
    EXPECT_THAT(reading.problem, HasSubstr("line ")) << with;
  }
  EXPECT_EQ(Read(text + "\n", kAuthority.public_key).authenticity, Authenticity::kMalformed);
  EXPECT_EQ(Read(text + text, kAuthority.public_key).authenticity, Authenticity::kMalformed);
  EXPECT_EQ(Read(std::string(5000, 'x'), kAuthority.public_key).authenticity,
            Authenticity::kMalformed);
}

TEST(LicenseFile, WhatCannotBeReadBackIsNotWritten) {
  const auto refused = [](auto change) {
    License license = Example();
    change(license);
    return !Write(license, kAuthority).ok();
  };
  EXPECT_TRUE(refused([](License& l) { l.key = "S4A-"; }));
  EXPECT_TRUE(refused([](License& l) { l.key = "S4A-5e1f00d2"; }));
  EXPECT_TRUE(refused([](License& l) { l.user = "two\nlines"; }));
  EXPECT_TRUE(refused([](License& l) { l.host_id = ""; }));
  EXPECT_TRUE(refused([](License& l) { l.channels = 0; }));
  EXPECT_TRUE(refused([](License& l) { l.channels = kMaxChannels + 1; }));
  EXPECT_TRUE(refused([](License& l) { l.expires = "never"; }));
}

TEST(LicenseFile, Names) {
  EXPECT_TRUE(IsFileName("S4A-5E1F00D2C0FFEE07.lic"));
  for (const char* other : {"S4A-.lic", "G729-5E1F.lic", "S4A-5E1F.lic.bak", "channels", ""}) {
    EXPECT_FALSE(IsFileName(other)) << other;
  }
}

RC_GTEST_PROP(LicenseFileProperty, AnyChangedByteMakesItInvalidOrMeansTheSame, ()) {
  License license = Example();
  license.channels = *rc::gen::inRange(1, kMaxChannels + 1);
  license.user = *rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
  if (license.user.size() > 200) license.user.resize(200);
  const std::string text = Text(license);
  RC_ASSERT(Same(Read(text, kAuthority.public_key).license, license));
  std::string changed = text;
  const auto at = *rc::gen::inRange<size_t>(0, text.size());
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      changed[at] = static_cast<char>(changed[at] ^ *rc::gen::inRange(1, 256));
      break;
    case 1:
      changed.erase(at, 1);
      break;
    default:
      changed.insert(at, 1, *rc::gen::arbitrary<char>());
  }
  if (changed == text) return;  // one of two equal bytes was taken out or doubled
  const Reading reading = Read(changed, kAuthority.public_key);
  RC_ASSERT(reading.authenticity != Authenticity::kGenuine || Same(reading.license, license));
}

}  // namespace
}  // namespace sfa::license
