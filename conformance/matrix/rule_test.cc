#include "conformance/matrix/rule.h"

#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

CallPath Between(const char* a, const char* b) {
  return ExpectedPath(*FindNetworkKind(a), *FindNetworkKind(b));
}

// The published table of punchable pairs; EIM and EDM are RFC 4787's words.
TEST(MatrixRule, IsThePublishedTable) {
  const char* const kKinds[] = {"full-cone", "address-restricted", "port-restricted", "symmetric"};
  const bool kPunchable[4][4] = {{true, true, true, true},
                                 {true, true, true, true},
                                 {true, true, true, false},
                                 {true, true, false, false}};
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 4; ++column) {
      EXPECT_EQ(CanPunch(*FindNetworkKind(kKinds[row]), *FindNetworkKind(kKinds[column])),
                kPunchable[row][column])
          << kKinds[row] << " and " << kKinds[column];
    }
  }
}

TEST(MatrixRule, SequentialPortsCanBeForetold) {
  EXPECT_EQ(Between("symmetric-sequential", "port-restricted"), CallPath::kDirect);
  EXPECT_EQ(Between("symmetric-sequential", "symmetric"), CallPath::kRelay);
  EXPECT_EQ(Between("symmetric-sequential", "symmetric-sequential"), CallPath::kRelay);
}

TEST(MatrixRule, WithoutUdpOneEndMustTakeConnections) {
  EXPECT_EQ(Between("udp-blocked", "public"), CallPath::kTcp);
  EXPECT_EQ(Between("public", "web-only"), CallPath::kTcp);
  EXPECT_EQ(Between("udp-blocked", "stateful"), CallPath::kRelay);
  EXPECT_EQ(Between("udp-blocked", "full-cone"), CallPath::kRelay);
  EXPECT_EQ(Between("web-only", "web-only"), CallPath::kRelay);
}

TEST(MatrixRule, NothingComesOutOfAClosedNetwork) {
  for (const NetworkKind& kind : NetworkKinds()) {
    if (!kind.shared) {
      EXPECT_EQ(Between("all-blocked", kind.name.c_str()), CallPath::kNone);
    }
  }
}

TEST(MatrixRule, BehindOneBox) {
  EXPECT_EQ(Between("one-nat", "one-nat"), CallPath::kDirect);
  EXPECT_EQ(Between("one-nat-hairpin", "one-nat-hairpin"), CallPath::kDirect);
  EXPECT_EQ(Between("one-provider", "one-provider"), CallPath::kRelay);
  EXPECT_EQ(Between("one-provider-hairpin", "one-provider-hairpin"), CallPath::kDirect);
}

TEST(MatrixRule, IsTheSameBothWays) {
  for (const NetworkKind& a : NetworkKinds()) {
    for (const NetworkKind& b : NetworkKinds()) {
      if (a.shared || b.shared) continue;
      EXPECT_EQ(ExpectedPath(a, b), ExpectedPath(b, a)) << a.name << " and " << b.name;
    }
  }
}

}  // namespace
}  // namespace sfa::conformance
