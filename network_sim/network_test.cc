#include <gtest/gtest.h>

#include "network_sim/test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Two public sites with a host each, 10 ms from site to Internet and 10 ms from there.
class TwoSites : public testing::Test {
 protected:
  TwoSites() {
    network.AddSite({.name = "east"});
    network.AddSite({.name = "west"});
    east = &network.AddHost("east", "pbx");
    west = &network.AddHost("west", "pbx");
    a = machine.Start(*east, "a");
    b = machine.Start(*west, "b");
  }

  std::unique_ptr<UdpSocket> Open(Runtime& process, const Endpoint& local, UdpLog& log) {
    auto socket = process.OpenUdp(local, log);
    EXPECT_TRUE(socket.ok()) << socket.error().message;
    return std::move(*socket);
  }

  Simulation simulation{SimulationSettings{}};
  Network network{simulation, ""};
  Machine machine;
  Host* east;
  Host* west;
  std::unique_ptr<Runtime> a, b;
};

TEST_F(TwoSites, AddressesAreAssignedInOrderOfCreation) {
  EXPECT_EQ(east->address().ToString(), "203.0.113.10");
  EXPECT_EQ(west->address().ToString(), "203.0.113.11");
  EXPECT_EQ(east->name(), "east/pbx");
}

TEST_F(TwoSites, DatagramTakesTheDelayOfBothLinks) {
  UdpLog sent, heard;
  const auto socket_b = Open(*b, {Ipv4Address::Any(), 5060}, heard);
  const auto socket_a = Open(*a, {}, sent);
  ASSERT_TRUE(socket_a->Send({west->address(), 5060}, BytesOf("hello")).ok());
  simulation.RunUntil(At(milliseconds(20)) - Duration(1));
  EXPECT_TRUE(heard.datagrams.empty());
  simulation.RunUntil(At(milliseconds(20)));
  ASSERT_EQ(heard.datagrams.size(), 1u);
  EXPECT_EQ(heard.datagrams[0].text, "hello");
  EXPECT_EQ(heard.datagrams[0].from.address, east->address());
  EXPECT_EQ(heard.datagrams[0].from.port, socket_a->local().port);
  EXPECT_EQ(network.ledger().packets_delivered, 1u);
  EXPECT_EQ(network.ledger().packets_dropped, 0u);
}

TEST_F(TwoSites, ClosedPortIsReportedToTheSender) {
  UdpLog sent;
  const auto socket = Open(*a, {}, sent);
  ASSERT_TRUE(socket->Send({west->address(), 9}, BytesOf("x")).ok());
  simulation.RunUntil(At(seconds(1)));
  ASSERT_EQ(sent.unreachable.size(), 1u);
  EXPECT_EQ(sent.unreachable[0], (Endpoint{west->address(), 9}));
}

TEST_F(TwoSites, UnknownAddressIsABlackHole) {
  UdpLog sent;
  const auto socket = Open(*a, {}, sent);
  ASSERT_TRUE(socket->Send({Ipv4Address::Of(192, 0, 2, 1), 9}, BytesOf("x")).ok());
  simulation.RunUntil(At(seconds(1)));
  EXPECT_TRUE(sent.unreachable.empty());
  EXPECT_EQ(network.ledger().packets_dropped, 1u);
}

TEST_F(TwoSites, ProcessesOfOneHostShareItsPorts) {
  const auto other = machine.Start(*east, "other");
  UdpLog first, second;
  const auto socket = Open(*a, {Ipv4Address::Any(), 5060}, first);
  const auto taken = other->OpenUdp({Ipv4Address::Loopback(), 5060}, second);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, ErrorCode::kAddressInUse);
  const auto loopback = Open(*other, {Ipv4Address::Loopback(), 5061}, second);
  ASSERT_TRUE(socket->Send({Ipv4Address::Loopback(), 5061}, BytesOf("local")).ok());
  simulation.RunUntil(At(milliseconds(1)));
  ASSERT_EQ(second.datagrams.size(), 1u);
  EXPECT_EQ(second.datagrams[0].from, (Endpoint{Ipv4Address::Loopback(), 5060}));
}

TEST_F(TwoSites, PortIsFreeAgainWhenTheProcessHasEnded) {
  UdpLog log;
  auto other = machine.Start(*east, "other");
  const auto held = Open(*other, {Ipv4Address::Any(), 5060}, log);
  other.reset();
  EXPECT_EQ(held->Send({west->address(), 1}, BytesOf("x")).error().code, ErrorCode::kClosed);
  Open(*a, {Ipv4Address::Any(), 5060}, log);
}

TEST_F(TwoSites, TimersOfOneInstantRunInTheOrderOfTheirStarts) {
  std::string order;
  const auto first = a->NewTimer([&] { order += '1'; });
  const auto second = b->NewTimer([&] { order += '2'; });
  second->Start(milliseconds(5));
  first->Start(milliseconds(5));
  second->Start(milliseconds(5));
  second->Cancel();
  second->Start(milliseconds(5));
  simulation.RunUntil(At(milliseconds(5)));
  EXPECT_EQ(order, "12");
}

TEST_F(TwoSites, RunEndsAtTheEventThatFulfilsThePredicate) {
  int count = 0;
  const auto timer = a->NewTimer([&] { ++count; });
  const auto other = a->NewTimer([&] { ++count; });
  timer->Start(milliseconds(7));
  other->Start(milliseconds(7));
  EXPECT_TRUE(simulation.RunUntilOrTimeout([&] { return count == 1; }, At(seconds(1))));
  EXPECT_EQ(count, 1);
  EXPECT_EQ(simulation.Now(), At(milliseconds(7)));
  EXPECT_FALSE(simulation.RunUntilOrTimeout([&] { return count == 3; }, At(seconds(1))));
  EXPECT_EQ(count, 2);
  EXPECT_EQ(simulation.Now(), At(seconds(1)));
}

}  // namespace
}  // namespace sfa::sim
