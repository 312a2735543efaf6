// Sites behind sites, and what happens to networks while they run.
#include <gtest/gtest.h>

#include "network_sim/firewall.h"
#include "network_sim/nat_kinds.h"
#include "network_sim/test_support.h"

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SiteSettings Behind(const std::string& name, const char* nat, const std::string& outer = "") {
  SiteSettings site;
  site.name = name;
  site.nat = NatByName(nat);
  site.behind = outer;
  return site;
}

// A world with a public server that answers every datagram with where it came from.
class AccidentsTest : public testing::Test {
 protected:
  class Server final : public UdpReceiver {
   public:
    void Open(Runtime& runtime) { socket_ = std::move(*runtime.OpenUdp({{}, 7000}, *this)); }
    void OnDatagram(const Endpoint& from, std::span<const uint8_t>) override {
      seen.push_back(from);
      static_cast<void>(socket_->Send(from, BytesOf(from.ToString())));
    }
    void SendTo(const Endpoint& to) { static_cast<void>(socket_->Send(to, BytesOf("knock"))); }
    std::vector<Endpoint> seen;

   private:
    std::unique_ptr<UdpSocket> socket_;
  };

  // A host with one socket, on port 5000.
  struct Node {
    Node(AccidentsTest& test, Host& the_host)
        : host(the_host), process(test.machine.Start(the_host, "node")) {
      socket = std::move(*process->OpenUdp({Ipv4Address::Any(), 5000}, log));
    }
    Host& host;
    UdpLog log;
    std::unique_ptr<Runtime> process;
    std::unique_ptr<UdpSocket> socket;
  };

  AccidentsTest() {
    server_host = &network.AddPublicHost("server", Ipv4Address::Of(198, 51, 100, 9));
    server_process = machine.Start(*server_host, "server");
    server.Open(*server_process);
  }

  void Wait(Duration duration) { simulation.RunUntil(simulation.Now() + duration); }
  Endpoint ServerAt() const { return {server_host->address(), 7000}; }

  // Where the server sees the node; nothing (all zero) when no answer comes back.
  Endpoint Ask(Node& node) {
    const size_t before = node.log.datagrams.size();
    EXPECT_TRUE(node.socket->Send(ServerAt(), BytesOf("?")).ok());
    Wait(seconds(1));
    if (node.log.datagrams.size() == before) return {};
    return *Endpoint::Parse(node.log.datagrams.back().text);
  }
  // Whether a datagram from one to the other arrives.
  bool Reaches(Node& from, const Endpoint& to, Node& other) {
    const size_t before = other.log.datagrams.size();
    EXPECT_TRUE(from.socket->Send(to, BytesOf("hello")).ok());
    Wait(seconds(1));
    return other.log.datagrams.size() > before;
  }

  Simulation simulation{SimulationSettings{}};
  Network network{simulation, ""};
  Machine machine;
  Host* server_host;
  std::unique_ptr<Runtime> server_process;
  Server server;
};

TEST_F(AccidentsTest, TwoHomesBehindOneCarrier) {
  for (const bool hairpin : {false, true}) {
    const std::string isp = hairpin ? "isp2" : "isp1", a = isp + "a", b = isp + "b";
    SiteSettings carrier = Behind(isp, "full-cone");
    carrier.carrier = true;
    carrier.nat->hairpin = hairpin;
    network.AddSite(carrier);
    network.AddSite(Behind(a, "full-cone", isp));
    network.AddSite(Behind(b, "full-cone", isp));
    Node first(*this, network.AddHost(a, "pc")), second(*this, network.AddHost(b, "pc"));
    EXPECT_TRUE(first.host.address().ToString().starts_with("192.168."));
    const Endpoint outside = Ask(first);
    EXPECT_TRUE(outside.address.ToString().starts_with("203.0.113.")) << outside.ToString();
    EXPECT_EQ(Ask(second).address, outside.address) << "both share the carrier's address";
    EXPECT_EQ(Reaches(second, outside, first), hairpin);
  }
}

TEST_F(AccidentsTest, ACarriersInsideHasSharedAddresses) {
  SiteSettings carrier = Behind("isp", "port-restricted");
  carrier.carrier = true;
  network.AddSite(carrier);
  SiteSettings open;
  open.name = "flat";
  open.behind = "isp";
  network.AddSite(open);
  Node inside(*this, network.AddHost("flat", "pc"));
  Node neighbour(*this, network.AddHost("isp", "customer"));
  EXPECT_EQ(inside.host.address().ToString(), "100.64.0.10");
  EXPECT_EQ(neighbour.host.address().ToString(), "100.64.0.11");
  EXPECT_TRUE(Ask(inside).address.ToString().starts_with("203.0.113."));
  EXPECT_TRUE(Reaches(inside, {neighbour.host.address(), 5000}, neighbour));
  EXPECT_TRUE(Reaches(neighbour, {inside.host.address(), 5000}, inside));
}

TEST_F(AccidentsTest, FourLevelsOfNat) {
  network.AddSite(Behind("a", "port-restricted"));
  network.AddSite(Behind("b", "symmetric", "a"));
  network.AddSite(Behind("c", "linux-masquerade", "b"));
  network.AddSite(Behind("d", "full-cone", "c"));
  Node deep(*this, network.AddHost("d", "pc"));
  const Endpoint outside = Ask(deep);
  EXPECT_TRUE(outside.address.ToString().starts_with("203.0.113.")) << outside.ToString();
  EXPECT_EQ(network.nat("a")->flows(), 1u);
  EXPECT_EQ(network.nat("d")->flows(), 1u);
}

TEST_F(AccidentsTest, TwoHostsOfOneSiteHairpinOrNot) {
  for (const bool hairpin : {false, true}) {
    SiteSettings site = Behind(hairpin ? "yes" : "no", "full-cone");
    site.nat->hairpin = hairpin;
    network.AddSite(site);
    Node first(*this, network.AddHost(site.name, "a")),
        second(*this, network.AddHost(site.name, "b"));
    const Endpoint outside = Ask(first);
    EXPECT_EQ(Reaches(second, outside, first), hairpin);
    EXPECT_TRUE(Reaches(second, {first.host.address(), 5000}, first)) << "as neighbours";
  }
}

TEST_F(AccidentsTest, ARebootLosesMappingsAndDrawsNewPorts) {
  for (const char* kind : {"symmetric", "symmetric-sequential", "linux-masquerade-random"}) {
    network.AddSite(Behind(kind, kind));
    Node node(*this, network.AddHost(kind, "pc"));
    const Endpoint before = Ask(node);
    EXPECT_EQ(Ask(node), before);
    network.RebootNat(kind);
    EXPECT_EQ(network.nat(kind)->flows(), 0u);
    const size_t heard = node.log.datagrams.size();
    server.SendTo(before);
    Wait(seconds(1));
    EXPECT_EQ(node.log.datagrams.size(), heard) << "the old port is closed";
    const Endpoint after = Ask(node);
    EXPECT_EQ(after.address, before.address);
    EXPECT_NE(after.port, before.port) << kind;
  }
}

TEST_F(AccidentsTest, ANewAddressAndNobodyAtTheOldOne) {
  network.AddSite(Behind("home", "full-cone"));
  Node node(*this, network.AddHost("home", "pc"));
  const Endpoint before = Ask(node);
  const Ipv4Address changed = network.ChangeAddress("home");
  EXPECT_NE(changed, before.address);
  const uint64_t dropped = network.ledger().packets_dropped;
  server.SendTo(before);
  Wait(seconds(1));
  EXPECT_EQ(network.ledger().packets_dropped, dropped + 1);
  EXPECT_EQ(Ask(node), (Endpoint{changed, 5000}));
}

TEST_F(AccidentsTest, ANewAddressInsideACarrier) {
  network.AddSite(Behind("isp", "full-cone"));
  network.AddSite(Behind("home", "full-cone", "isp"));
  Node node(*this, network.AddHost("home", "pc"));
  const Endpoint before = Ask(node);
  network.ChangeAddress("home");
  server.SendTo(before);
  Wait(seconds(1));
  EXPECT_EQ(node.log.datagrams.size(), 1u) << "the carrier's mapping leads to nobody";
  EXPECT_NE(Ask(node), Endpoint());
}

TEST_F(AccidentsTest, ACutLineAndAWholeOneAgain) {
  network.AddSite(Behind("home", "full-cone"));
  Node node(*this, network.AddHost("home", "pc"));
  EXPECT_NE(Ask(node), Endpoint());
  network.SetCut("home", true);
  EXPECT_EQ(Ask(node), Endpoint());
  network.SetCut("home", false);
  EXPECT_NE(Ask(node), Endpoint());
  network.SetCut("server", true);
  EXPECT_EQ(Ask(node), Endpoint());
  EXPECT_EQ(server.seen.size(), 2u);
}

TEST_F(AccidentsTest, AFirewallComesAndGoes) {
  for (const bool nat : {false, true}) {
    const std::string name = nat ? "nat" : "public";
    network.AddSite(Behind(name, nat ? "full-cone" : "none"));
    Node node(*this, network.AddHost(name, "pc"));
    const Endpoint outside = Ask(node);
    EXPECT_NE(outside, Endpoint());
    network.SetFirewall(name, {FirewallKind::kUdpBlocked});
    EXPECT_EQ(Ask(node), Endpoint());
    EXPECT_EQ(network.firewall(name)->counters().refused_out, 1u);
    network.SetFirewall(name, {FirewallKind::kUdpBlocked, /*reject=*/true});
    EXPECT_EQ(Ask(node), Endpoint());
    ASSERT_EQ(node.log.unreachable.size(), 1u) << name;
    EXPECT_EQ(node.log.unreachable[0], ServerAt());
    network.SetFirewall(name, {FirewallKind::kStateful});
    const size_t heard = node.log.datagrams.size();
    server.SendTo(outside);
    Wait(seconds(1));
    EXPECT_EQ(node.log.datagrams.size(), heard) << "nobody inside has asked yet";
    EXPECT_NE(Ask(node), Endpoint());
    network.RebootNat(name);
    server.SendTo(outside);
    Wait(seconds(1));
    EXPECT_EQ(node.log.datagrams.size(), heard + 1) << "the firewall has forgotten";
    network.SetFirewall(name, {FirewallKind::kNone});
    EXPECT_NE(Ask(node), Endpoint());
  }
}

TEST_F(AccidentsTest, ALineGetsWorse) {
  network.AddSite(Behind("home", "full-cone"));
  Node node(*this, network.AddHost("home", "pc"));
  EXPECT_NE(Ask(node), Endpoint());
  network.SetLine("home", {{.loss = 1}, {}});
  EXPECT_EQ(Ask(node), Endpoint());
  network.SetLine("home", {{.delay = milliseconds(1100)}, {}});
  EXPECT_EQ(Ask(node), Endpoint()) << "too late for this second";
  Wait(seconds(1));
  network.SetLine("home", {});
  EXPECT_NE(Ask(node), Endpoint());
}

TEST_F(AccidentsTest, WithoutPowerNothingIsSaid) {
  network.AddSite(Behind("home", "none"));
  Node node(*this, network.AddHost("home", "pc"));
  EXPECT_NE(Ask(node), Endpoint());
  node.host.SetPower(false);
  EXPECT_EQ(Ask(node), Endpoint());
  server.SendTo({node.host.address(), 9});
  Wait(seconds(1));
  EXPECT_EQ(server.seen.size(), 1u);
  node.host.SetPower(true);
  EXPECT_NE(Ask(node), Endpoint());
}

}  // namespace
}  // namespace sfa::sim
