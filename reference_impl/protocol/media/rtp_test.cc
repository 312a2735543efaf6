#include "protocol/media/rtp.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace sfa::media {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Rtp, WritesWhatItReads) {
  const RtpHeader header{true, 101, 0xFEDC, 0x01020304, 0xA1B2C3D4};
  Bytes packet(kRtpHeaderBytes);
  WriteRtpHeader(header, std::span<uint8_t, kRtpHeaderBytes>(packet.data(), kRtpHeaderBytes));
  EXPECT_EQ(packet, (Bytes{0x80, 0xE5, 0xFE, 0xDC, 1, 2, 3, 4, 0xA1, 0xB2, 0xC3, 0xD4}));
  packet.push_back(77);
  const auto parsed = ParseRtp(packet);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->header.marker);
  EXPECT_EQ(parsed->header.payload_type, 101);
  EXPECT_EQ(parsed->header.sequence, 0xFEDC);
  EXPECT_EQ(parsed->header.timestamp, 0x01020304u);
  EXPECT_EQ(parsed->header.ssrc, 0xA1B2C3D4u);
  ASSERT_EQ(parsed->payload.size(), 1u);
  EXPECT_EQ(parsed->payload[0], 77);
}

TEST(Rtp, StepsOverSourcesExtensionAndPadding) {
  // Two CSRCs, an extension of one word, a payload of two bytes, three bytes of padding.
  const Bytes packet{0xB2, 0,    0, 1, 0, 0, 0, 2, 0, 0, 0, 3,  //
                     9,    9,    9, 9, 9, 9, 9, 9,              //
                     0xBE, 0xDE, 0, 1, 5, 5, 5, 5,              //
                     42,   43,   0, 0, 3};
  const auto parsed = ParseRtp(packet);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(Bytes(parsed->payload.begin(), parsed->payload.end()), (Bytes{42, 43}));
}

TEST(Rtp, RefusesLengthsThatLeadOutOfThePacket) {
  const Bytes header{0x80, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3};
  EXPECT_TRUE(ParseRtp(header));
  EXPECT_FALSE(ParseRtp(std::span(header).first(11)));
  Bytes packet = header;
  packet[0] = 0x40;  // version 1
  EXPECT_FALSE(ParseRtp(packet));
  packet[0] = 0x81;  // a CSRC that is not there
  EXPECT_FALSE(ParseRtp(packet));
  packet[0] = 0xA0;  // padding without a byte
  EXPECT_FALSE(ParseRtp(packet));
  packet.push_back(2);  // more padding than payload
  EXPECT_FALSE(ParseRtp(packet));
  packet.back() = 0;
  EXPECT_FALSE(ParseRtp(packet));
  packet = header;
  packet[0] = 0x90;  // an extension that is longer than the packet
  packet.insert(packet.end(), {0, 0, 0xFF, 0xFF, 1, 2, 3, 4});
  EXPECT_FALSE(ParseRtp(packet));
}

RC_GTEST_PROP(Rtp, NeverReadsOutsideOfAnyPacket, (const Bytes& bytes)) {
  Bytes packet = bytes;
  if (!packet.empty()) packet[0] = static_cast<uint8_t>(0x80 | (packet[0] & 0x3F));
  const auto parsed = ParseRtp(packet);
  if (!parsed || parsed->payload.empty()) return;
  RC_ASSERT(parsed->payload.data() >= packet.data() + kRtpHeaderBytes);
  RC_ASSERT(parsed->payload.data() + parsed->payload.size() <= packet.data() + packet.size());
}

}  // namespace
}  // namespace sfa::media
