#include "network_sim/firewall.h"

#include <gtest/gtest.h>

#include "network_sim/nat_test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::seconds;

constexpr uint8_t kSyn = 2, kRst = 4, kAck = 16;
constexpr Ipv4Address kOwn = Ipv4Address::Of(203, 0, 113, 1);
const Endpoint kAlice = At("203.0.113.10:5000");
const Endpoint kServer = At("198.51.100.1:7000");
const Endpoint kWeb = At("198.51.100.1:80");
const Endpoint kSecureWeb = At("198.51.100.1:443");
const Endpoint kOther = At("198.51.100.2:7000");

class WallBench {
 public:
  explicit WallBench(FirewallKind kind, bool reject = false)
      : wall("office/firewall", kOwn, clock) {
    wall.Connect(&lan, &internet);
    wall.Set({kind, reject});
  }

  // Whether it came out on the other side, unchanged.
  bool Send(const Packet& packet) {
    NatBench::Give(wall.inside(), packet);
    return Took(internet, packet);
  }
  bool Come(const Packet& packet) {
    NatBench::Give(wall.outside(), packet);
    return Took(lan, packet);
  }
  bool Connects(const Endpoint& to) {
    return Send(Tcp(kAlice, to, kSyn, 1)) && Come(Tcp(to, kAlice, kSyn | kAck, 100)) &&
           Send(Tcp(kAlice, to, kAck, 2)) && Come(Tcp(to, kAlice, kAck, 101));
  }

  HandClock clock;
  Basket lan, internet;
  Firewall wall;

 private:
  static bool Took(Basket& basket, const Packet& packet) {
    const bool there = basket.packets.size() == 1 && basket.packets[0] == packet;
    EXPECT_TRUE(there || basket.packets.empty());
    basket.packets.clear();
    return there;
  }
};

TEST(FirewallTest, NoneLetsEverythingPassUnread) {
  WallBench bench(FirewallKind::kNone);
  EXPECT_TRUE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_TRUE(bench.Come(Tcp(kServer, kAlice, kSyn)));
  EXPECT_TRUE(bench.Send(Packet(40, 0xFF)));
  EXPECT_EQ(bench.wall.flows(), 0u);
}

TEST(FirewallTest, StatefulLetsInWhatTheInsideHasBegun) {
  WallBench bench(FirewallKind::kStateful);
  EXPECT_FALSE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_FALSE(bench.Come(Tcp(kServer, kAlice, kSyn)));
  EXPECT_TRUE(bench.Send(Udp(kAlice, kServer)));
  EXPECT_TRUE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_FALSE(bench.Come(Udp(kOther, kAlice)));
  EXPECT_FALSE(bench.Come(Udp(At("198.51.100.1:7001"), kAlice)));
  EXPECT_TRUE(bench.Connects(kServer));
  EXPECT_EQ(bench.wall.counters().refused_in, 4u);
  EXPECT_EQ(bench.wall.counters().refused_out, 0u);
}

TEST(FirewallTest, UdpBlockedLeavesTcpAndEcho) {
  WallBench bench(FirewallKind::kUdpBlocked);
  EXPECT_FALSE(bench.Send(Udp(kAlice, kServer)));
  EXPECT_FALSE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_TRUE(bench.Connects(kServer));
  EXPECT_FALSE(bench.Come(Tcp(kOther, kAlice, kSyn)));
  EXPECT_TRUE(bench.Send(Icmp(kAlice.address, kServer.address, kIcmpEchoRequest, 7)));
  EXPECT_TRUE(bench.Come(Icmp(kServer.address, kAlice.address, kIcmpEchoReply, 7)));
  EXPECT_FALSE(bench.Come(Icmp(kServer.address, kAlice.address, kIcmpEchoReply, 8)));
  EXPECT_EQ(bench.wall.counters().refused_out, 1u);
}

TEST(FirewallTest, WebOnlyLeavesTwoPorts) {
  WallBench bench(FirewallKind::kWebOnly);
  EXPECT_TRUE(bench.Connects(kWeb));
  EXPECT_TRUE(bench.Connects(kSecureWeb));
  EXPECT_FALSE(bench.Connects(kServer));
  EXPECT_FALSE(bench.Send(Udp(kAlice, kSecureWeb)));
  EXPECT_FALSE(bench.Send(Icmp(kAlice.address, kServer.address, kIcmpEchoRequest, 7)));
  EXPECT_FALSE(bench.Come(Tcp(kSecureWeb, kAlice, kSyn))) << "from such a port is not to it";
}

TEST(FirewallTest, ProxyOnlyLeavesItsPorts) {
  WallBench bench(FirewallKind::kProxyOnly);
  EXPECT_TRUE(bench.Connects({kServer.address, 1080}));
  EXPECT_TRUE(bench.Connects({kServer.address, 3128}));
  EXPECT_FALSE(bench.Connects(kSecureWeb));
  EXPECT_FALSE(bench.Send(Udp(kAlice, {kServer.address, 1080})));
}

TEST(FirewallTest, AllBlockedLeavesNothing) {
  WallBench bench(FirewallKind::kAllBlocked);
  EXPECT_FALSE(bench.Connects(kWeb));
  EXPECT_FALSE(bench.Send(Udp(kAlice, kServer)));
  EXPECT_FALSE(bench.Come(Udp(kServer, kAlice)));
}

TEST(FirewallTest, NewRulesHoldForOldFlows) {
  WallBench bench(FirewallKind::kStateful);
  EXPECT_TRUE(bench.Send(Udp(kAlice, kServer)));
  EXPECT_TRUE(bench.Connects(kServer));
  bench.wall.Set({FirewallKind::kUdpBlocked});
  EXPECT_FALSE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_TRUE(bench.Come(Tcp(kServer, kAlice, kAck, 102)));
  bench.wall.Set({FirewallKind::kWebOnly});
  EXPECT_FALSE(bench.Come(Tcp(kServer, kAlice, kAck, 102)));
  bench.wall.Set({FirewallKind::kStateful});
  EXPECT_TRUE(bench.Come(Udp(kServer, kAlice)));
}

TEST(FirewallTest, ARebootForgetsFlowsAndTheInsideTakesThemUpAgain) {
  WallBench bench(FirewallKind::kStateful);
  EXPECT_TRUE(bench.Send(Udp(kAlice, kServer)));
  EXPECT_TRUE(bench.Connects(kServer));
  bench.wall.Reboot(kOwn);
  EXPECT_EQ(bench.wall.flows(), 0u);
  EXPECT_FALSE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_FALSE(bench.Come(Tcp(kServer, kAlice, kAck, 102)));
  EXPECT_TRUE(bench.Send(Udp(kAlice, kServer)));
  EXPECT_TRUE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_TRUE(bench.Send(Tcp(kAlice, kServer, kAck, 3)));
  EXPECT_TRUE(bench.Come(Tcp(kServer, kAlice, kAck, 102)));
}

// nf_conntrack_udp_timeout and _udp_timeout_stream.
TEST(FirewallTest, UdpIsRememberedFor30AndThen120Seconds) {
  WallBench bench(FirewallKind::kStateful);
  EXPECT_TRUE(bench.Send(Udp(kAlice, kServer)));
  bench.clock.now += seconds(30);
  EXPECT_FALSE(bench.Come(Udp(kServer, kAlice)));
  EXPECT_TRUE(bench.Send(Udp(kAlice, kServer)));
  bench.clock.now += seconds(3);
  EXPECT_TRUE(bench.Come(Udp(kServer, kAlice)));
  bench.clock.now += seconds(119);
  EXPECT_TRUE(bench.Come(Udp(kServer, kAlice)));
  bench.clock.now += seconds(120);
  EXPECT_FALSE(bench.Come(Udp(kServer, kAlice)));
}

TEST(FirewallTest, ErrorsPassWithTheFlowThatTheyAreAbout) {
  WallBench bench(FirewallKind::kStateful);
  const Packet sent = Udp(kAlice, kServer);
  const Packet error = IcmpError(kServer.address, kAlice.address, sent);
  EXPECT_FALSE(bench.Come(error));
  EXPECT_TRUE(bench.Send(sent));
  EXPECT_TRUE(bench.Come(error));
  EXPECT_TRUE(bench.Send(IcmpError(kAlice.address, kServer.address, Udp(kServer, kAlice))));
  EXPECT_FALSE(bench.Send(IcmpError(kAlice.address, kServer.address, Udp(kOther, kAlice))));
}

TEST(FirewallTest, SilentUnlessItRejects) {
  WallBench silent(FirewallKind::kUdpBlocked);
  silent.Send(Udp(kAlice, kServer));
  EXPECT_EQ(silent.wall.counters().rejected, 0u);

  WallBench bench(FirewallKind::kWebOnly, /*reject=*/true);
  NatBench::Give(bench.wall.inside(), Udp(kAlice, kServer));
  ASSERT_EQ(bench.lan.packets.size(), 1u);
  const Packet icmp = bench.lan.packets[0];
  EXPECT_TRUE(HasGoodChecksums(icmp));
  EXPECT_EQ(icmp[20], kIcmpUnreachable);
  EXPECT_EQ(icmp[21], 13);
  EXPECT_EQ(SourceOf(icmp).address, kOwn);
  bench.lan.packets.clear();

  NatBench::Give(bench.wall.inside(), Tcp(kAlice, kServer, kSyn, 41));
  ASSERT_EQ(bench.lan.packets.size(), 1u);
  const Packet reset = bench.lan.packets[0];
  EXPECT_TRUE(HasGoodChecksums(reset));
  EXPECT_EQ(SourceOf(reset), kServer);
  EXPECT_EQ(DestinationOf(reset), kAlice);
  EXPECT_EQ(reset[33], kRst | kAck);
  EXPECT_EQ(ReadU32(&reset[28]), 42u);
  bench.lan.packets.clear();

  // Neither a reset nor what comes from outside is answered.
  NatBench::Give(bench.wall.inside(), Tcp(kAlice, kServer, kRst, 41));
  NatBench::Give(bench.wall.outside(), Udp(kServer, kAlice));
  NatBench::Give(bench.wall.outside(), Tcp(kServer, kAlice, kSyn));
  EXPECT_TRUE(bench.lan.packets.empty());
  EXPECT_TRUE(bench.internet.packets.empty());
}

TEST(FirewallTest, WhatCannotBeReadIsRefused) {
  WallBench bench(FirewallKind::kStateful, /*reject=*/true);
  Packet fragment = Udp(kAlice, kServer);
  fragment[6] = 0x20;
  EXPECT_FALSE(bench.Send(fragment));
  EXPECT_FALSE(bench.Send(Packet(20, 0)));
  EXPECT_FALSE(bench.Come(Packet(20, 0)));
  for (size_t size = 1; size < 28; ++size) {
    Packet cut = Udp(kAlice, kServer);
    cut.resize(size);
    EXPECT_FALSE(bench.Send(cut));
  }
  EXPECT_EQ(bench.wall.flows(), 0u);
  EXPECT_EQ(bench.wall.counters().rejected, 0u);
}

TEST(FirewallTest, MemoryHasABound) {
  WallBench bench(FirewallKind::kStateful);
  for (uint32_t i = 0; i < FlowTable::kMaxFlows + 100; ++i) {
    NatBench::Give(bench.wall.inside(), Udp(kAlice, {{Ipv4Address::Of(10, 0, 0, 0).value + i}, 7}));
    bench.internet.packets.clear();
  }
  EXPECT_EQ(bench.wall.flows(), FlowTable::kMaxFlows);
  EXPECT_EQ(bench.wall.counters().refused_out, 100u);
}

}  // namespace
}  // namespace sfa::sim
