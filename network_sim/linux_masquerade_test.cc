#include "network_sim/linux_masquerade.h"

#include <gtest/gtest.h>

#include <set>

#include "network_sim/nat_test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

NatSettings Masquerade() {
  NatSettings settings;
  settings.linux_masquerade = true;
  return settings;
}

const Endpoint kAlice = At("192.168.1.10:5000");
const Endpoint kBob = At("192.168.1.11:5000");
const Endpoint kServer = At("198.51.100.1:33033");
const Endpoint kOther = At("198.51.100.2:33033");
const Endpoint kKept = At("203.0.113.1:5000");
const Endpoint kNothing;

TEST(LinuxMasquerade, KeepsThePortAndTranslatesBothWays) {
  NatBench bench(Masquerade());
  const Packet out = bench.Send(Udp(kAlice, kServer, {9, 8, 7, 6, 5}));
  EXPECT_EQ(SourceOf(out), kKept);
  EXPECT_EQ(DestinationOf(out), kServer);
  EXPECT_EQ(out[8], kDefaultTtl - 1);
  EXPECT_EQ(Packet(out.begin() + 28, out.end()), (Packet{9, 8, 7, 6, 5}));
  const Packet in = bench.Come(Udp(kServer, kKept));
  EXPECT_EQ(SourceOf(in), kServer);
  EXPECT_EQ(DestinationOf(in), kAlice);
  EXPECT_EQ(bench.nat->counters().translated_out, 1u);
  EXPECT_EQ(bench.nat->counters().translated_in, 1u);
}

TEST(LinuxMasquerade, LooksEndpointIndependentButFiltersByAddressAndPort) {
  NatBench bench(Masquerade());
  EXPECT_EQ(bench.SendUdp(kAlice, kServer), kKept);
  EXPECT_EQ(bench.SendUdp(kAlice, kOther), kKept);
  EXPECT_EQ(bench.ComeUdp(At("198.51.100.3:33033"), 5000), kNothing);
  EXPECT_EQ(bench.ComeUdp(At("198.51.100.1:33034"), 5000), kNothing);
  EXPECT_EQ(bench.nat->counters().filtered, 2u);
  EXPECT_EQ(bench.ComeUdp(kOther, 5000), kAlice);
}

TEST(LinuxMasquerade, UnansweredMappingLivesThirtySeconds) {
  NatBench bench(Masquerade());
  bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(27));
  EXPECT_EQ(bench.nat->flows(), 1u);
  bench.Wait(seconds(3) - milliseconds(1));
  EXPECT_EQ(bench.nat->flows(), 1u);
  bench.Wait(milliseconds(1));
  EXPECT_EQ(bench.nat->flows(), 0u);
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kNothing);
}

TEST(LinuxMasquerade, StreamLivesTwoMinutes) {
  NatBench bench(Masquerade());
  bench.SendUdp(kAlice, kServer);
  bench.ComeUdp(kServer, 5000);
  bench.Wait(seconds(3));
  bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(110));
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kAlice);  // which refreshes it
  bench.Wait(seconds(119));
  EXPECT_EQ(bench.nat->flows(), 1u);
  bench.Wait(seconds(1));
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kNothing);
}

TEST(LinuxMasquerade, AnsweredWithinTwoSecondsIsNoStreamYet) {
  NatBench bench(Masquerade());
  bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(2));
  bench.ComeUdp(kServer, 5000);
  bench.Wait(seconds(30));
  EXPECT_EQ(bench.nat->flows(), 0u);
}

TEST(LinuxMasquerade, TheFirstAnswerMakesNoStreamHoweverLateItIs) {
  NatBench bench(Masquerade());
  bench.SendUdp(kAlice, kServer);
  bench.Wait(seconds(20));
  bench.ComeUdp(kServer, 5000);
  bench.Wait(seconds(30));
  EXPECT_EQ(bench.nat->flows(), 0u);
}

TEST(LinuxMasquerade, TwoHostsShareAPortTowardsDifferentRemotes) {
  NatBench bench(Masquerade());
  EXPECT_EQ(bench.SendUdp(kAlice, kServer), kKept);
  EXPECT_EQ(bench.SendUdp(kBob, kOther), kKept);
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kAlice);
  EXPECT_EQ(bench.ComeUdp(kOther, 5000), kBob);
  // Towards the same one the second is moved, and keeps to its new port where it can.
  const Endpoint moved = bench.SendUdp(kBob, kServer);
  EXPECT_NE(moved, kKept);
  EXPECT_GE(moved.port, 1024);
  EXPECT_EQ(bench.SendUdp(kBob, At("198.51.100.3:1")), moved);
  EXPECT_EQ(bench.ComeUdp(kServer, moved.port), kBob);
}

TEST(LinuxMasquerade, MovedPortsStayInTheirRange) {
  for (const auto& [port, first, last] :
       {std::tuple(100, 1, 511), std::tuple(600, 600, 1023), std::tuple(1024, 1024, 65535)}) {
    std::set<uint16_t> seen;
    for (uint64_t seed = 1; seed <= 50; ++seed) {
      NatBench bench(Masquerade(), seed);
      bench.SendUdp({kAlice.address, static_cast<uint16_t>(port)}, kServer);
      const Endpoint moved = bench.SendUdp({kBob.address, static_cast<uint16_t>(port)}, kServer);
      EXPECT_GE(moved.port, first);
      EXPECT_LE(moved.port, last);
      EXPECT_NE(moved.port, port);
      seen.insert(moved.port);
    }
    EXPECT_GT(seen.size(), 20u);
  }
}

TEST(LinuxMasquerade, GivesUpWhenNoPortIsFree) {
  NatBench bench(Masquerade());
  // Hosts with the same low source port towards one remote: 511 of them would fit.
  int sent = 0;
  for (uint32_t host = 1; host <= 600; ++host) {
    const Endpoint from{{Ipv4Address::Of(192, 168, 0, 0).value + host}, 500};
    if (bench.SendUdp(from, kServer).is_set()) ++sent;
  }
  EXPECT_LE(sent, 511);
  EXPECT_GT(sent, 400);
  EXPECT_EQ(bench.nat->counters().no_port, static_cast<uint64_t>(600 - sent));
}

TEST(LinuxMasquerade, EarlyPacketOfThePeerDoesNoHarm) {
  NatBench bench(Masquerade());
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kNothing);
  EXPECT_EQ(bench.nat->flows(), 0u);
  EXPECT_EQ(bench.SendUdp(kAlice, kServer), kKept);
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kAlice);
}

TEST(LinuxMasquerade, EarlyPacketSpoilsThePunchWhereInputAccepts) {
  NatSettings settings = Masquerade();
  settings.input_accepts = true;
  NatBench bench(settings);
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kNothing);
  EXPECT_EQ(bench.nat->flows(), 1u);
  const Endpoint moved = bench.SendUdp(kAlice, kServer);
  EXPECT_NE(moved, kKept);
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kNothing);
  EXPECT_EQ(bench.ComeUdp(kServer, moved.port), kAlice);
  // Others are not in the way, and in the end nor is the early one.
  EXPECT_EQ(bench.SendUdp(kBob, kOther), kKept);
  bench.Wait(seconds(30));
  EXPECT_EQ(bench.nat->flows(), 0u);
  EXPECT_EQ(bench.SendUdp(kAlice, kServer), kKept);
  // An error about what nobody inside has sent is for the router too.
  bench.ComeUdp(kOther, 6000);
  EXPECT_TRUE(
      bench
          .Come(IcmpError(kOther.address, NatBench::kExternal, Udp(At("203.0.113.1:6000"), kOther)))
          .empty());
}

TEST(LinuxMasquerade, RandomPortsDifferForEachRemoteAndEachHost) {
  NatSettings settings = Masquerade();
  settings.linux_random = true;
  NatBench bench(settings);
  const Endpoint first = bench.SendUdp(kAlice, kServer);
  EXPECT_NE(first, kKept);
  EXPECT_EQ(bench.SendUdp(kAlice, kServer), first);
  EXPECT_NE(bench.SendUdp(kAlice, kOther), first);
  EXPECT_EQ(bench.ComeUdp(kServer, first.port), kAlice);
  EXPECT_EQ(bench.ComeUdp(kOther, first.port), kNothing);
}

TEST(LinuxMasquerade, NoHairpin) {
  NatBench bench(Masquerade());
  bench.SendUdp(kBob, kServer);
  EXPECT_TRUE(bench.Send(Udp(kAlice, kKept)).empty());
  EXPECT_TRUE(bench.lan.packets.empty());
  EXPECT_EQ(bench.nat->counters().filtered, 1u);
}

TEST(LinuxMasquerade, EchoIsToldApartByItsIdentifier) {
  NatBench bench(Masquerade());
  const Packet first = bench.Send(Icmp(kAlice.address, kServer.address, kIcmpEchoRequest, 77));
  EXPECT_EQ(ReadU16(&first[24]), 77);
  const Packet second = bench.Send(Icmp(kBob.address, kServer.address, kIcmpEchoRequest, 77));
  const uint16_t moved = ReadU16(&second[24]);
  EXPECT_NE(moved, 77);
  Packet back = bench.Come(Icmp(kServer.address, NatBench::kExternal, kIcmpEchoReply, moved));
  EXPECT_EQ(DestinationOf(back).address, kBob.address);
  EXPECT_EQ(ReadU16(&back[24]), 77);
  EXPECT_TRUE(bench.Come(Icmp(kServer.address, NatBench::kExternal, kIcmpEchoRequest, 77)).empty());
  bench.Wait(seconds(30));
  EXPECT_EQ(bench.nat->flows(), 0u);
}

TEST(LinuxMasquerade, ErrorsAreTranslatedWithWhatTheyQuote) {
  NatBench bench(Masquerade());
  const Ipv4Address router = Ipv4Address::Of(198, 51, 100, 254);
  const Packet sent = bench.Send(Udp(kAlice, kServer));
  const Packet in = bench.Come(IcmpError(router, NatBench::kExternal, sent));
  ASSERT_EQ(in.size(), 56u);
  EXPECT_EQ(SourceOf(in).address, router);
  EXPECT_EQ(DestinationOf(in).address, kAlice.address);
  const Packet quoted(in.begin() + 28, in.end());
  EXPECT_EQ(SourceOf(quoted), kAlice);
  EXPECT_EQ(InternetChecksum(std::span(quoted).first(20)), 0);
  // The quoted UDP checksum is that of the datagram as Alice sent it.
  EXPECT_EQ(ReadU16(&quoted[26]), ReadU16(&Udp(kAlice, kServer)[26]));

  const Packet received = bench.Come(Udp(kServer, kKept));
  const Packet out = bench.Send(IcmpError(kAlice.address, kServer.address, received));
  ASSERT_EQ(out.size(), 56u);
  EXPECT_EQ(SourceOf(out).address, NatBench::kExternal);
  const Packet quoted_out(out.begin() + 28, out.end());
  EXPECT_EQ(DestinationOf(quoted_out), kKept);

  // About nothing that was sent: refused. And no error ends a flow.
  EXPECT_TRUE(bench.Come(IcmpError(router, NatBench::kExternal, Udp(At("203.0.113.1:1"), kServer)))
                  .empty());
  EXPECT_EQ(bench.ComeUdp(kServer, 5000), kAlice);
}

TEST(LinuxMasquerade, TcpFollowsItsStates) {
  NatBench bench(Masquerade());
  const auto flows = [&] { return bench.nat->flows(); };
  constexpr uint8_t kFin = 1, kSyn = 2, kRst = 4, kAck = 16;
  EXPECT_FALSE(bench.Send(Tcp(kAlice, kServer, kSyn)).empty());
  EXPECT_FALSE(bench.Come(Tcp(kServer, kKept, kSyn | kAck)).empty());
  EXPECT_FALSE(bench.Send(Tcp(kAlice, kServer, kAck, 2)).empty());
  bench.Wait(seconds(431999));
  EXPECT_EQ(flows(), 1u);
  EXPECT_FALSE(bench.Send(Tcp(kAlice, kServer, kFin | kAck, 3)).empty());
  EXPECT_FALSE(bench.Come(Tcp(kServer, kKept, kFin | kAck, 2)).empty());
  EXPECT_FALSE(bench.Send(Tcp(kAlice, kServer, kAck, 4)).empty());
  bench.Wait(seconds(119));
  EXPECT_EQ(flows(), 1u);  // time-wait
  bench.Wait(seconds(1));
  EXPECT_EQ(flows(), 0u);

  EXPECT_FALSE(bench.Send(Tcp(kAlice, kServer, kSyn)).empty());
  EXPECT_FALSE(bench.Come(Tcp(kServer, kKept, kRst | kAck)).empty());
  bench.Wait(seconds(10));
  EXPECT_EQ(flows(), 0u);
  // An answer to nothing opens nothing.
  EXPECT_TRUE(bench.Send(Tcp(kAlice, kServer, kSyn | kAck)).empty());
  EXPECT_TRUE(bench.Come(Tcp(kServer, kKept, kSyn)).empty());
  EXPECT_EQ(flows(), 0u);
}

// What follows was found by playing generated packets to a kernel (conformance/judges/nat).
class LinuxMasqueradeTcp : public testing::Test {
 protected:
  static constexpr uint8_t kFin = 1, kSyn = 2, kRst = 4, kAck = 16;

  bool Send(uint8_t flags, uint32_t sequence, uint32_t acknowledged = 0) {
    return !bench_.Send(Segment(kAlice, kServer, flags, sequence, acknowledged)).empty();
  }
  bool Come(uint8_t flags, uint32_t sequence, uint32_t acknowledged = 0) {
    return !bench_.Come(Segment(kServer, kKept, flags, sequence, acknowledged)).empty();
  }
  void Establish() {
    EXPECT_TRUE(Send(kSyn, 1));
    EXPECT_TRUE(Come(kSyn | kAck, 101, 2));
    EXPECT_TRUE(Send(kAck, 2, 102));
  }
  size_t Flows() const { return bench_.nat->flows(); }

  NatBench bench_{Masquerade()};

 private:
  static Packet Segment(const Endpoint& from, const Endpoint& to, uint8_t flags, uint32_t sequence,
                        uint32_t acknowledged) {
    Packet packet = Tcp(from, to, flags, sequence);
    const std::span<uint8_t> segment = std::span(packet).subspan(kIpv4HeaderBytes);
    WriteU32(&segment[8], acknowledged);
    WriteU16(&segment[16], 0);
    WriteU16(&segment[16], TransportChecksum(from.address, to.address, kProtocolTcp, segment));
    return packet;
  }
};

TEST_F(LinuxMasqueradeTcp, ForgetsWhatWasRefusedAtOnce) {
  EXPECT_TRUE(Send(kSyn, 1));
  EXPECT_TRUE(Come(kRst | kAck, 0, 2));
  EXPECT_EQ(Flows(), 0u);
  EXPECT_FALSE(Come(kRst | kAck, 0, 2));
  // Likewise what the inside has given up before anybody answered.
  EXPECT_TRUE(Send(kSyn, 1));
  EXPECT_TRUE(Send(kRst, 2));
  EXPECT_EQ(Flows(), 0u);
}

TEST_F(LinuxMasqueradeTcp, RemembersForTenSecondsWhatWasAborted) {
  Establish();
  EXPECT_TRUE(Come(kRst, 102));
  EXPECT_EQ(Flows(), 1u);
  // The other end's abort is not believed enough for a new connection; its answer is.
  EXPECT_TRUE(Send(kSyn, 50));
  EXPECT_TRUE(Come(kSyn | kAck, 200, 51));
  EXPECT_TRUE(Send(kAck, 51, 201));
  bench_.Wait(seconds(3600));
  EXPECT_EQ(Flows(), 1u);
}

TEST_F(LinuxMasqueradeTcp, KeepsAConnectionThatADoubtfulResetMeant) {
  Establish();
  EXPECT_FALSE(Come(kRst, 90));   // of the past
  EXPECT_TRUE(Come(kRst, 5000));  // of the future: it may be answered by a challenge
  bench_.Wait(seconds(3600));
  EXPECT_EQ(Flows(), 1u);
  EXPECT_TRUE(Come(kRst, 102));
  bench_.Wait(seconds(10));
  EXPECT_EQ(Flows(), 0u);
}

TEST_F(LinuxMasqueradeTcp, ASynInTheMiddleIsNoSignOfLife) {
  EXPECT_TRUE(Send(kSyn, 1));
  EXPECT_TRUE(Come(kSyn | kAck, 101, 2));
  bench_.Wait(seconds(50));
  EXPECT_TRUE(Send(kSyn, 1));
  bench_.Wait(seconds(10));
  EXPECT_EQ(Flows(), 0u);  // 60 s after the SYN was answered
}

TEST_F(LinuxMasqueradeTcp, AskingAgainDoesNotKeepAFlow) {
  EXPECT_TRUE(Send(kSyn, 1));
  bench_.Wait(seconds(100));
  EXPECT_TRUE(Send(kSyn, 1));
  EXPECT_TRUE(Come(kSyn, 101));
  bench_.Wait(seconds(20));
  EXPECT_EQ(Flows(), 0u);
}

TEST_F(LinuxMasqueradeTcp, TheAnswerToASynDoesNotAnswerTheLastFin) {
  Establish();
  EXPECT_TRUE(Come(kFin | kAck, 102, 2));
  EXPECT_TRUE(Send(kFin | kAck, 2, 103));
  EXPECT_TRUE(Send(kSyn, 3));
  EXPECT_TRUE(Come(kAck, 103, 3));
  bench_.Wait(seconds(30));
  EXPECT_EQ(Flows(), 0u);  // last-ack, not time-wait
}

TEST_F(LinuxMasqueradeTcp, ASynFromOutsideEndsWhatIsOver) {
  Establish();
  EXPECT_TRUE(Send(kFin | kAck, 2, 102));
  EXPECT_TRUE(Come(kFin | kAck, 102, 3));
  EXPECT_TRUE(Send(kAck, 3, 103));
  EXPECT_EQ(Flows(), 1u);
  EXPECT_FALSE(Come(kSyn, 5000));
  EXPECT_EQ(Flows(), 0u);
}

TEST_F(LinuxMasqueradeTcp, BothEndsMayOpenAtOnce) {
  EXPECT_TRUE(Send(kSyn, 1));
  EXPECT_TRUE(Come(kSyn, 101));
  EXPECT_TRUE(Send(kSyn | kAck, 1, 102));
  EXPECT_TRUE(Come(kSyn | kAck, 101, 2));
  EXPECT_TRUE(Come(kAck, 102, 2));
  bench_.Wait(seconds(3600));
  EXPECT_EQ(Flows(), 1u);
}

TEST(LinuxMasquerade, ForgetsNoMoreThanItMust) {
  NatBench bench(Masquerade());
  for (uint16_t i = 0; i < 1000; ++i) {
    bench.SendUdp(kAlice, {kServer.address, static_cast<uint16_t>(1000 + i)});
    bench.Wait(milliseconds(10));
  }
  EXPECT_EQ(bench.nat->flows(), 1000u);
  bench.Wait(seconds(20));
  EXPECT_EQ(bench.nat->flows(), 999u);  // the first is 30 s old now
}

}  // namespace
}  // namespace sfa::sim
