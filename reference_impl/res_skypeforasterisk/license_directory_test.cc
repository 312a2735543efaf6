#include "res_skypeforasterisk/license_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/license/host_id.h"
#include "protocol/license/license_file.h"
#include "res_skypeforasterisk/fake_runtime.h"

namespace sfa::res {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const stream::SigningKey kAuthority = stream::SigningKeyOf({1, 2, 3});

class LicenseDirectoryTest : public testing::Test {
 protected:
  LicenseDirectoryTest() {
    NetworkInterface ethernet;
    ethernet.mac = {0x02, 0x00, 0x0a, 0x00, 0x00, 0x02};
    runtime.devices = {ethernet};
    runtime.date = WallTime(std::chrono::hours(24 * 14761));  // 2010-06-01
    runtime.directories.insert("/licenses");
  }

  license::License Of(const std::string& key, int channels) {
    license::License of;
    of.key = key;
    of.host_id = license::HostId(runtime.devices);
    of.channels = channels;
    of.expires = "2010-06-01";
    return of;
  }
  std::string& Put(const license::License& put, const std::string& as = "") {
    std::string& content =
        runtime.contents["/licenses/" + (as.empty() ? license::FileName(put) : as)];
    content = *license::Write(put, kAuthority);
    return content;
  }
  LicenseReport Read() {
    runtime.log_lines.clear();
    return ReadLicenses(runtime, "/licenses", kAuthority.public_key);
  }
  // The status of the only file, which does not count, and the line of the log about it.
  std::string Refusal() {
    const LicenseReport report = Read();
    EXPECT_EQ(report.channels, 0);
    EXPECT_EQ(runtime.log_lines.size(), 2U);
    if (report.licenses.size() != 1) return "not one file";
    EXPECT_FALSE(report.licenses[0].good);
    EXPECT_THAT(runtime.log_lines[0], HasSubstr("/licenses/" + report.licenses[0].file));
    EXPECT_THAT(runtime.log_lines[1], HasSubstr("no licensed channels"));
    return report.licenses[0].status + ": " + runtime.log_lines[0];
  }

  FakeRuntime runtime;
};

TEST_F(LicenseDirectoryTest, ChannelsOfSeveralLicencesAddUp) {
  Put(Of("S4A-00000001", 5));
  Put(Of("S4A-00000002", 3));
  runtime.contents["/licenses/G729-0001.lic"] = "of another product";
  runtime.contents["/licenses/S4A-00000003.lic.bak"] = "of nobody";
  const LicenseReport report = Read();
  EXPECT_EQ(report.channels, 8);
  EXPECT_EQ(report.host_id, license::HostId(runtime.devices));
  ASSERT_EQ(report.licenses.size(), 2U);
  EXPECT_EQ(report.licenses[1].file, "S4A-00000002.lic");
  EXPECT_EQ(report.licenses[1].key, "S4A-00000002");
  EXPECT_EQ(report.licenses[1].channels, 3);
  EXPECT_EQ(report.licenses[1].expires, "2010-06-01");
  EXPECT_EQ(report.licenses[1].status, "OK");
  EXPECT_THAT(runtime.log_lines, ElementsAre("license: 8 licensed channels"));
}

TEST_F(LicenseDirectoryTest, AKeyCountsOnce) {
  Put(Of("S4A-00000001", 5));
  Put(Of("S4A-00000001", 5), "S4A-restored.lic");
  const LicenseReport report = Read();
  EXPECT_EQ(report.channels, 5);
  EXPECT_EQ(report.licenses[1].status, "Same key");
  EXPECT_THAT(runtime.log_lines[0], HasSubstr("S4A-restored.lic"));
}

TEST_F(LicenseDirectoryTest, WithoutALicenceThereIsNoChannel) {
  runtime.contents["/licenses/channels"] = "4\n";
  EXPECT_EQ(Read().channels, 0);
  EXPECT_THAT(runtime.log_lines, ElementsAre(AllOf(HasSubstr("no licensed channels"),
                                                   HasSubstr(license::HostId(runtime.devices)))));
}

TEST_F(LicenseDirectoryTest, OfAnotherHost) {
  Put(Of("S4A-00000001", 5));
  runtime.devices.push_back({"eth1", {2, 0, 0, 0, 0, 9}, true, false, {}});
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("Other host: "), HasSubstr("another host"),
                               HasSubstr("Ethernet device")));
  runtime.devices.clear();
  EXPECT_THAT(Refusal(), HasSubstr("without an Ethernet device"));
}

TEST_F(LicenseDirectoryTest, ExpiredTheDayAfterItsLast) {
  Put(Of("S4A-00000001", 5));
  runtime.date += std::chrono::hours(24) - std::chrono::microseconds(1);
  EXPECT_EQ(Read().channels, 5);
  runtime.date += std::chrono::microseconds(1);
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("Expired: "), HasSubstr("2010-06-01, and today is "
                                                                 "2010-06-02")));
}

TEST_F(LicenseDirectoryTest, OfAnotherProduct) {
  license::License other = Of("G729-0001", 5);
  other.product = "G.729 codec";
  Put(other, "S4A-00000001.lic");
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("Other product: "), HasSubstr("of G.729 codec")));
}

TEST_F(LicenseDirectoryTest, WhatIsNotGenuine) {
  std::string& content = Put(Of("S4A-00000001", 5));
  const std::string good = content;
  content.resize(content.size() / 2);
  EXPECT_THAT(Refusal(),
              AllOf(HasSubstr("Truncated: "), HasSubstr("cut off"), HasSubstr("backup")));
  content = good;
  content.replace(content.find("channels: 5"), 11, "channels: 9");
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("Changed: "), HasSubstr("changed since it was issued")));
  content = "channels=9\n";
  EXPECT_THAT(Refusal(), HasSubstr("Not a licence: "));
  content = std::string(4097, 'x');
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("Too large: "), HasSubstr("4096")));
  content = *license::Write(Of("S4A-00000001", 5), stream::SigningKeyOf({9}));
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("Unknown authority: "), HasSubstr("another authority")));
}

TEST_F(LicenseDirectoryTest, WhatCannotBeRead) {
  const std::string path = "/licenses/S4A-00000001.lic";
  Put(Of("S4A-00000001", 5));
  runtime.unreadable.emplace(path, Error{ErrorCode::kInvalid, path + " is a directory"});
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("Not a file: "), HasSubstr("directory")));
  runtime.unreadable.clear();
  runtime.unreadable.emplace(
      path, Error{ErrorCode::kPermissionDenied, "cannot open " + path + ": permission denied"});
  EXPECT_THAT(Refusal(),
              AllOf(HasSubstr("Unreadable: "), HasSubstr("permission denied"), HasSubstr("user")));
}

TEST_F(LicenseDirectoryTest, NamesMakeNoLines) {
  Put(Of("S4A-00000001", 5), "S4A-\r\nEvent: x.lic");
  EXPECT_EQ(Read().licenses.at(0).file, "S4A-??Event: x.lic");
}

TEST_F(LicenseDirectoryTest, TooManyFilesAreBoundedAndSaid) {
  for (int i = 10000; i < 20000; ++i) {
    runtime.contents["/licenses/S4A-000" + std::to_string(i) + ".lic"] = "x";
  }
  Put(Of("S4A-00000000", 5));
  Put(Of("S4A-FFFFFFFF", 5));
  const LicenseReport report = Read();
  EXPECT_EQ(report.licenses.size(), kMaxLicenseFiles);
  EXPECT_EQ(report.channels, 5) << "the first by name";
  EXPECT_EQ(runtime.log_lines.size(), kMaxRefusalsTold + 3);
  EXPECT_THAT(runtime.log_lines.front(), AllOf(HasSubstr("10002"), HasSubstr("first 1000")));
  EXPECT_THAT(runtime.log_lines[kMaxRefusalsTold + 1], HasSubstr("949 further"));
}

TEST(DateOf, DaysOfManyYears) {
  const auto date = [](int64_t days) { return DateOf(WallTime(std::chrono::hours(24 * days))); };
  EXPECT_EQ(date(0), "1970-01-01");
  EXPECT_EQ(date(-1), "1969-12-31");
  EXPECT_EQ(date(11016), "2000-02-29");
  EXPECT_EQ(date(14761), "2010-06-01");
  EXPECT_EQ(date(47481), "2099-12-31");
  EXPECT_EQ(date(47541), "2100-03-01");
}

}  // namespace
}  // namespace sfa::res
