#include "protocol/path/candidate.h"

#include <gtest/gtest.h>

namespace sfa::path {
namespace {

TEST(Candidate, PriorityIsTheFormula) {
  // 2^24 * 126 + 2^8 * 65535 + 255, as in RFC 8445 section 5.1.2.1.
  EXPECT_EQ(CandidatePriority(CandidateKind::kHost, 65535), 0x7EFFFFFFu);
  EXPECT_EQ(CandidatePriority(CandidateKind::kServerReflexive, 65535), 0x64FFFFFFu);
  EXPECT_EQ(CandidatePriority(CandidateKind::kPeerReflexive, 0), 0x6E0000FFu);
  EXPECT_EQ(CandidatePriority(CandidateKind::kRelayed, 1), 0x000001FFu);
}

TEST(Candidate, PairPriorityBreaksTheTieForTheControllingEnd) {
  EXPECT_EQ(PairPriority(5, 3), (3ull << 32) + 11);
  EXPECT_EQ(PairPriority(3, 5), (3ull << 32) + 10);
  EXPECT_EQ(PairPriority(0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFFull * 0x100000002ull);
}

TEST(Candidate, UsableAddresses) {
  const auto usable = [](const char* text, bool loopback = false) {
    return IsUsable(*Endpoint::Parse(text), loopback);
  };
  EXPECT_TRUE(usable("192.168.1.10:5000"));
  EXPECT_TRUE(usable("223.255.255.255:1"));
  EXPECT_FALSE(usable("192.168.1.10:0"));
  EXPECT_FALSE(usable("0.0.0.0:5000"));
  EXPECT_FALSE(usable("0.1.2.3:5000"));
  EXPECT_FALSE(usable("224.0.0.1:5000"));
  EXPECT_FALSE(usable("239.255.255.250:1900"));
  EXPECT_FALSE(usable("255.255.255.255:5000"));
  EXPECT_FALSE(usable("127.0.0.1:5038"));
  EXPECT_TRUE(usable("127.0.0.1:5038", true));
}

TEST(Candidate, PrivateAddresses) {
  for (const char* text : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1",
                           "100.127.255.255", "169.254.1.1", "127.0.0.1"}) {
    EXPECT_TRUE(IsPrivate(*Ipv4Address::Parse(text))) << text;
  }
  for (const char* text : {"9.255.255.255", "11.0.0.0", "172.15.0.1", "172.32.0.1", "192.167.0.1",
                           "192.169.0.1", "100.63.255.255", "100.128.0.0", "203.0.113.1"}) {
    EXPECT_FALSE(IsPrivate(*Ipv4Address::Parse(text))) << text;
  }
}

TEST(Candidate, KindsHaveNames) {
  EXPECT_STREQ(ToString(CandidateKind::kHost), "host");
  EXPECT_STREQ(ToString(CandidateKind::kServerReflexive), "server-reflexive");
  EXPECT_STREQ(ToString(CandidateKind::kPeerReflexive), "peer-reflexive");
  EXPECT_STREQ(ToString(CandidateKind::kRelayed), "relayed");
}

}  // namespace
}  // namespace sfa::path
