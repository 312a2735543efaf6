#include "network_sim/tcp_gate.h"

#include <gtest/gtest.h>

#include <vector>

#include "network_sim/random_streams.h"

namespace sfa::sim {
namespace {

constexpr Ipv4Address kFrom{0x0A000001}, kTo{0x0A000002};

// A datagram with a TCP segment that is right except for what the caller has made of it.
struct Crafted {
  explicit Crafted(std::vector<uint8_t> options = {}, uint8_t flags = kTcpSyn, size_t data = 0)
      : bytes(kTcpHeaderBytes + options.size() + data) {
    WriteU16(&bytes[0], 1000);
    WriteU16(&bytes[2], 2000);
    bytes[12] = static_cast<uint8_t>((kTcpHeaderBytes + options.size()) / 4 << 4);
    bytes[13] = flags;
    std::copy(options.begin(), options.end(), bytes.begin() + kTcpHeaderBytes);
  }
  bool Admitted() {
    WriteU16(&bytes[16], 0);
    WriteU16(&bytes[16], TransportChecksum(kFrom, kTo, kProtocolTcp, bytes));
    return AdmittedAsIs();
  }
  bool AdmittedAsIs() const {
    return AdmitTcp(
               {.source = kFrom, .destination = kTo, .protocol = kProtocolTcp, .payload = bytes})
        .has_value();
  }
  std::vector<uint8_t> bytes;
};

TEST(TcpGate, AdmitsWhatRealKernelsSend) {
  EXPECT_TRUE(Crafted().Admitted());
  // Linux' SYN: MSS, SACK permitted, timestamps, padding, window scale.
  EXPECT_TRUE(Crafted({2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7}).Admitted());
  EXPECT_TRUE(Crafted({1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2}, kTcpAck, 5).Admitted());
  EXPECT_TRUE(Crafted({200, 4, 1, 2}).Admitted()) << "unknown, but well-formed";
  EXPECT_TRUE(Crafted({0, 200, 0, 0}).Admitted()) << "what follows the end is not read";
}

TEST(TcpGate, RefusesOptionsThatAreLethal) {
  EXPECT_FALSE(Crafted({200, 0, 1, 1}).Admitted());
  EXPECT_FALSE(Crafted({200, 1, 1, 1}).Admitted());
  EXPECT_FALSE(Crafted({2, 0, 5, 0xB4}).Admitted());
  EXPECT_FALSE(Crafted({2, 3, 5, 1}).Admitted());
  EXPECT_FALSE(Crafted({3, 4, 7, 1}).Admitted());
  EXPECT_FALSE(Crafted({5, 4, 0, 0}).Admitted());
  EXPECT_FALSE(Crafted({8, 4, 0, 0}).Admitted());
  EXPECT_FALSE(Crafted({1, 1, 1, 200}).Admitted()) << "length missing";
  EXPECT_FALSE(Crafted({200, 5, 1, 1}).Admitted()) << "longer than the header";
}

TEST(TcpGate, RefusesBadHeaders) {
  Crafted corrupt;
  ASSERT_TRUE(corrupt.Admitted());
  corrupt.bytes[16] ^= 1;
  EXPECT_FALSE(corrupt.AdmittedAsIs()) << "checksum";
  Crafted small;
  small.bytes[12] = 4 << 4;
  EXPECT_FALSE(small.Admitted());
  Crafted large;
  large.bytes[12] = 6 << 4;
  EXPECT_FALSE(large.Admitted());
  Crafted truncated;
  truncated.bytes.resize(19);
  EXPECT_FALSE(truncated.Admitted());
  Crafted portless;
  portless.bytes[2] = portless.bytes[3] = 0;
  EXPECT_FALSE(portless.Admitted());
}

TEST(TcpGate, RefusesFlagsThatMeanNothing) {
  EXPECT_FALSE(Crafted({}, 0).Admitted());
  EXPECT_FALSE(Crafted({}, kTcpSyn | kTcpFin).Admitted());
  EXPECT_FALSE(Crafted({}, kTcpSyn | kTcpRst).Admitted());
  EXPECT_FALSE(Crafted({}, kTcpFin).Admitted());
  EXPECT_TRUE(Crafted({}, kTcpFin | kTcpAck).Admitted());
}

TEST(TcpGate, RandomOptionsNeverLeadOutsideTheHeader) {
  NoiseStream noise(1);
  int admitted = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::vector<uint8_t> options((noise.Next() % 11) * 4);
    for (uint8_t& byte : options) byte = static_cast<uint8_t>(noise.Next() % 12);
    admitted += Crafted(options).Admitted();
  }
  EXPECT_GT(admitted, 0);
  EXPECT_LT(admitted, 100'000);
}

}  // namespace
}  // namespace sfa::sim
