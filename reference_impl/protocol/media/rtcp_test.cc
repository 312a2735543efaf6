#include "protocol/media/rtcp.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "protocol/media/test_runtime.h"

namespace sfa::media {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Write(const Report& report) {
  std::array<uint8_t, kMaxReportBytes> buffer;
  const size_t size = WriteReport(report, "abcdefghijklmnop", buffer);
  return Bytes(buffer.begin(), buffer.begin() + static_cast<long>(size));
}

TEST(Rtcp, ASenderReportIsReadAsWritten) {
  Report report;
  report.ssrc = 0x11223344;
  report.sender = SenderInfo{0x0102030405060708, 9, 10, 11};
  report.block = ReportBlock{0x55667788, 64, -5, 0x00010002, 77, 88, 99};
  const Bytes packet = Write(report);
  EXPECT_EQ(packet.size() % 4, 0u);
  EXPECT_EQ(packet[0], 0x81);
  EXPECT_EQ(packet[1], 200);
  EXPECT_EQ(packet[52 + 1], 202) << "the source description follows";
  const auto parsed = ParseReport(packet);
  ASSERT_TRUE(parsed && parsed->sender && parsed->block);
  EXPECT_EQ(parsed->ssrc, 0x11223344u);
  EXPECT_EQ(parsed->sender->ntp, 0x0102030405060708u);
  EXPECT_EQ(parsed->sender->bytes, 11u);
  EXPECT_EQ(parsed->block->ssrc, 0x55667788u);
  EXPECT_EQ(parsed->block->fraction_lost, 64);
  EXPECT_EQ(parsed->block->packets_lost, -5);
  EXPECT_EQ(parsed->block->highest_sequence, 0x00010002u);
  EXPECT_EQ(parsed->block->jitter, 77u);
  EXPECT_EQ(parsed->block->last_report, 88u);
  EXPECT_EQ(parsed->block->since_report, 99u);
}

TEST(Rtcp, AReceiverReportMayBeEmpty) {
  Report report;
  report.ssrc = 7;
  const auto parsed = ParseReport(Write(report));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->ssrc, 7u);
  EXPECT_FALSE(parsed->sender);
  EXPECT_FALSE(parsed->block);
}

TEST(Rtcp, RefusesBrokenCompounds) {
  Report report;
  report.sender = SenderInfo{};
  report.block = ReportBlock{};
  const Bytes good = Write(report);
  ASSERT_TRUE(ParseReport(good));
  for (size_t size = 0; size < good.size(); ++size) {
    // Cut at the border between its two packets it is whole again.
    EXPECT_EQ(ParseReport(std::span(good).first(size)).has_value(), size == 52) << size;
  }
  Bytes bad = good;
  bad[0] = 0x82;  // a second block that is not there
  EXPECT_FALSE(ParseReport(bad));
  bad = good;
  bad[1] = 202;  // does not begin with a report
  EXPECT_FALSE(ParseReport(bad));
  bad = good;
  bad[54] = 0x7F;  // the second packet's length
  EXPECT_FALSE(ParseReport(bad));
}

RC_GTEST_PROP(Rtcp, SurvivesAnyBytes, (const Bytes& bytes)) {
  Bytes packet = bytes;
  if (packet.size() >= 4) {
    packet[0] = static_cast<uint8_t>(0x80 | (packet[0] & 0x3F));
    packet[1] = static_cast<uint8_t>(200 + packet[1] % 2);
    packet[2] = 0;
    packet[3] = static_cast<uint8_t>(packet.size() / 4 - 1);
  }
  static_cast<void>(ParseReport(packet));
}

TEST(Rtcp, NtpTimeBeginsIn1900) {
  // RFC 868 names this pair of numbers for 1970-01-01.
  EXPECT_EQ(ToNtp(WallTime()) >> 32, 2208988800u);
  EXPECT_EQ(ToNtp(WallTime(std::chrono::milliseconds(500))) & 0xFFFFFFFF, 0x80000000u);
}

TEST(Rtcp, NamesAreRandom) {
  testing::TestRandom random(1);
  const std::string one = RandomCname(random);
  EXPECT_EQ(one.size(), 16u);
  EXPECT_NE(one, RandomCname(random));
}

}  // namespace
}  // namespace sfa::media
