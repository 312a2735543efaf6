#include "network_sim/nat.h"

#include <gtest/gtest.h>

#include "network_sim/nat_test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Endpoint kAlice = At("192.168.1.10:5000");
const Endpoint kBob = At("192.168.1.11:5000");
const Endpoint kServer = At("198.51.100.1:7000");
const Endpoint kSameAddress = At("198.51.100.1:7001");
const Endpoint kOther = At("198.51.100.2:7000");
const Endpoint kKept = At("203.0.113.1:5000");
const Endpoint kNothing;

NatSettings Kind(NatMapping mapping, NatFiltering filtering,
                 NatPortAssignment ports = NatPortAssignment::kPreservation) {
  NatSettings settings;
  settings.mapping = mapping;
  settings.filtering = filtering;
  settings.ports = ports;
  return settings;
}

constexpr auto kEim = NatMapping::kEndpointIndependent;
constexpr auto kApdf = NatFiltering::kAddressAndPortDependent;

TEST(Rfc4787Nat, MappingDependsOnWhatItsKindSays) {
  NatBench eim(Kind(kEim, kApdf));
  EXPECT_EQ(eim.SendUdp(kAlice, kServer), kKept);
  EXPECT_EQ(eim.SendUdp(kAlice, kSameAddress), kKept);
  EXPECT_EQ(eim.SendUdp(kAlice, kOther), kKept);

  NatBench adm(Kind(NatMapping::kAddressDependent, kApdf));
  EXPECT_EQ(adm.SendUdp(kAlice, kServer), kKept);
  EXPECT_EQ(adm.SendUdp(kAlice, kSameAddress), kKept);
  EXPECT_NE(adm.SendUdp(kAlice, kOther), kKept);

  NatBench apdm(Kind(NatMapping::kAddressAndPortDependent, kApdf));
  EXPECT_EQ(apdm.SendUdp(kAlice, kServer), kKept);
  EXPECT_NE(apdm.SendUdp(kAlice, kSameAddress), kKept);
  EXPECT_NE(apdm.SendUdp(kAlice, kOther), kKept);
}

TEST(Rfc4787Nat, FilterAdmitsWhatItsKindSays) {
  const auto admitted = [](NatFiltering filtering, const Endpoint& from) {
    NatBench bench(Kind(kEim, filtering));
    bench.SendUdp(kAlice, kServer);
    return bench.ComeUdp(from, 5000) == kAlice;
  };
  EXPECT_TRUE(admitted(NatFiltering::kEndpointIndependent, kServer));
  EXPECT_TRUE(admitted(NatFiltering::kEndpointIndependent, kSameAddress));
  EXPECT_TRUE(admitted(NatFiltering::kEndpointIndependent, kOther));
  EXPECT_TRUE(admitted(NatFiltering::kAddressDependent, kServer));
  EXPECT_TRUE(admitted(NatFiltering::kAddressDependent, kSameAddress));
  EXPECT_FALSE(admitted(NatFiltering::kAddressDependent, kOther));
  EXPECT_TRUE(admitted(kApdf, kServer));
  EXPECT_FALSE(admitted(kApdf, kSameAddress));
  EXPECT_FALSE(admitted(kApdf, kOther));
}

TEST(Rfc4787Nat, NoTwoHostsShareAPortAndAClashKeepsTheParity) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    NatBench bench(Kind(kEim, kApdf), seed);
    EXPECT_EQ(bench.SendUdp(kAlice, kServer), kKept);
    const Endpoint moved = bench.SendUdp(kBob, kOther);
    EXPECT_NE(moved, kKept);
    EXPECT_EQ(moved.port % 2, 0);
    EXPECT_GE(moved.port, 1024);
  }
}

TEST(Rfc4787Nat, SequentialPortsFollowEachOther) {
  NatBench bench(Kind(NatMapping::kAddressAndPortDependent, kApdf, NatPortAssignment::kSequential));
  EXPECT_EQ(bench.SendUdp(kAlice, kServer).port, 1024);
  EXPECT_EQ(bench.SendUdp(kAlice, kOther).port, 1025);
  EXPECT_EQ(bench.SendUdp(kBob, kOther).port, 1026);
}

TEST(Rfc4787Nat, RandomPortsDependOnTheSeedAlone) {
  const auto port = [](uint64_t seed) {
    NatBench bench(Kind(kEim, kApdf, NatPortAssignment::kRandom), seed);
    return bench.SendUdp(kAlice, kServer).port;
  };
  EXPECT_EQ(port(1), port(1));
  EXPECT_NE(port(1), port(2));
}

TEST(Rfc4787Nat, OnlyTheInsideRefreshes) {
  NatBench bench(Kind(kEim, kApdf));
  bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(200));
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kAlice);
  bench.Wait(seconds(100));
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kNothing);
  bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(200));
  bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(299));
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kAlice);
}

TEST(Rfc4787Nat, MappingOutlivesTheFlowThatMadeIt) {
  NatBench bench(Kind(kEim, kApdf, NatPortAssignment::kRandom));
  const Endpoint mapped = bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(200));
  EXPECT_EQ(bench.SendUdp(kAlice, kOther), mapped);
  bench.Wait(seconds(200));
  EXPECT_EQ(bench.ComeUdp(kServer, mapped.port), kNothing);
  EXPECT_EQ(bench.SendUdp(kAlice, kServer), mapped);
}

TEST(Rfc4787Nat, HairpinShowsTheExternalSource) {
  NatSettings settings = Kind(kEim, NatFiltering::kEndpointIndependent);
  settings.hairpin = true;
  NatBench bench(settings);
  const Endpoint bob_outside = bench.SendUdp(kBob, kServer);
  EXPECT_TRUE(bench.Send(Udp(kAlice, bob_outside)).empty());
  const Packet packet = NatBench::Taken(bench.lan);
  ASSERT_FALSE(packet.empty());
  EXPECT_EQ(DestinationOf(packet), kBob);
  EXPECT_EQ(SourceOf(packet).address, NatBench::kExternal);
}

TEST(Rfc4787Nat, WithoutHairpinNothingComesBack) {
  NatBench bench(Kind(kEim, NatFiltering::kEndpointIndependent));
  const Endpoint bob_outside = bench.SendUdp(kBob, kServer);
  EXPECT_TRUE(bench.Send(Udp(kAlice, bob_outside)).empty());
  EXPECT_TRUE(bench.lan.packets.empty());
}

TEST(Rfc4787Nat, TcpFromAStrangerWhereTheFilterIsOpen) {
  constexpr uint8_t kSyn = 2, kAck = 16;
  NatBench bench(Kind(kEim, NatFiltering::kEndpointIndependent));
  EXPECT_FALSE(bench.Send(Tcp(kAlice, kServer, kSyn)).empty());
  EXPECT_FALSE(bench.Come(Tcp(kOther, kKept, kSyn)).empty());
  EXPECT_FALSE(bench.Send(Tcp(kAlice, kOther, kSyn | kAck)).empty());
  EXPECT_FALSE(bench.Come(Tcp(kOther, kKept, kAck)).empty());
  EXPECT_FALSE(bench.Send(Tcp(kAlice, kOther, kAck)).empty());
  bench.Wait(seconds(7439));  // RFC 5382 REQ-5
  EXPECT_EQ(bench.nat->flows(), 1u);
  bench.Wait(seconds(1));
  EXPECT_EQ(bench.nat->flows(), 0u);
}

class EveryBox : public ::testing::TestWithParam<bool> {
 protected:
  static NatSettings Settings() {
    NatSettings settings;
    settings.linux_masquerade = GetParam();
    return settings;
  }
  NatBench bench{Settings()};
};

TEST_P(EveryBox, DropsAndCountsWhatIsBroken) {
  const Packet good = Udp(kAlice, kServer);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(bench.Send(Packet(good.begin(), good.begin() + static_cast<long>(size))).empty());
  }
  EXPECT_EQ(bench.nat->counters().malformed, good.size());
  Packet bad_header_sum = good;
  bad_header_sum[10] ^= 1;
  EXPECT_TRUE(bench.Send(bad_header_sum).empty());
  EXPECT_TRUE(bench.Send(Ip(kProtocolUdp, kAlice.address, kServer.address, {1, 2, 3})).empty());
  EXPECT_TRUE(bench.Send(Ip(kProtocolTcp, kAlice.address, kServer.address, Packet(20))).empty());
  EXPECT_TRUE(bench.Send(Ip(kProtocolIcmp, kAlice.address, kServer.address, {8, 0})).empty());
  EXPECT_TRUE(bench.Come(Icmp(kServer.address, NatBench::kExternal, kIcmpUnreachable, 0)).empty());
  EXPECT_EQ(bench.nat->counters().malformed, good.size() + 5);
  EXPECT_EQ(bench.nat->flows(), 0u);
}

TEST_P(EveryBox, DropsAndCountsFragmentsAndTheOld) {
  Packet fragment = Udp(kAlice, kServer);
  fragment[6] = 0x20;  // more fragments
  WriteU16(&fragment[10], 0);
  WriteU16(&fragment[10], InternetChecksum(std::span(fragment).first(20)));
  EXPECT_TRUE(bench.Send(fragment).empty());
  EXPECT_EQ(bench.nat->counters().fragments, 1u);
  Packet old = Udp(kAlice, kServer);
  old[8] = 1;
  WriteU16(&old[10], 0);
  WriteU16(&old[10], InternetChecksum(std::span(old).first(20)));
  EXPECT_TRUE(bench.Send(old).empty());
  EXPECT_EQ(bench.nat->counters().ttl_expired, 1u);
}

TEST_P(EveryBox, ADatagramWithoutChecksumStaysWithoutOne) {
  Packet packet = Udp(kAlice, kServer);
  WriteU16(&packet[26], 0);
  const Packet out = bench.Send(packet);
  EXPECT_EQ(ReadU16(&out[26]), 0);
}

TEST_P(EveryBox, TranslatesLargePacketsToo) {
  const Packet packet = Udp(kAlice, kServer, Packet(60000, 0x5A));
  EXPECT_EQ(bench.Send(packet).size(), packet.size());
}

TEST_P(EveryBox, OtherProtocolsAreToldApartByAddress) {
  constexpr uint8_t kGre = 47;
  const Packet out = bench.Send(Ip(kGre, kAlice.address, kServer.address, {1, 2, 3, 4}));
  EXPECT_EQ(SourceOf(out).address, NatBench::kExternal);
  EXPECT_TRUE(bench.Send(Ip(kGre, kBob.address, kServer.address, {1, 2, 3, 4})).empty());
  EXPECT_EQ(bench.nat->counters().no_port, 1u);
  const Packet in = bench.Come(Ip(kGre, kServer.address, NatBench::kExternal, {1, 2, 3, 4}));
  EXPECT_EQ(DestinationOf(in).address, kAlice.address);
}

TEST_P(EveryBox, IsBoundedInMemory) {
  uint64_t sent = 0;
  for (uint32_t i = 0; i < 70000; ++i) {
    const Endpoint remote{{Ipv4Address::Of(100, 64, 0, 0).value + i}, 53};
    if (bench.SendUdp(kAlice, remote).is_set()) ++sent;
  }
  EXPECT_EQ(sent, 65536u);
  EXPECT_EQ(bench.nat->counters().no_port, 70000 - sent);
}

INSTANTIATE_TEST_SUITE_P(Both, EveryBox, ::testing::Bool(), [](const auto& info) {
  return info.param ? "LinuxMasquerade" : "PortRestrictedCone";
});

}  // namespace
}  // namespace sfa::sim
