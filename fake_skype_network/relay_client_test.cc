// A media port's way through a relay, against the relay of our supernodes: UDP, TCP, port 443.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_skype_network/node_ports.h"
#include "fake_skype_network/relay_credentials.h"
#include "fake_skype_network/relay_server.h"
#include "fake_skype_network/tcp_door.h"
#include "protocol/path/check_port.h"
#include "protocol/path/media_port.h"
#include "protocol/stream/test_world.h"

namespace sfa::community {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const RelaySecret kSecret = {1, 2, 3};

// A supernode without the rest.
class Node final : private AcceptHandler {
 public:
  Node(stream::TestWorld& world, const Endpoint& at)
      : runtime_(world, at.address, at.address.value),
        relay(std::make_unique<RelayServer>(runtime_, Settings(at))) {
    relay->Learn(kSecret);
    udp = std::move(OpenUdpDoors(runtime_, at, 1, *relay)).value();
    AcceptHandler& signalling = *this;
    tcp = std::make_unique<TcpDoor>(runtime_, 1000, *relay, signalling);
    EXPECT_TRUE(tcp->Listen(at).ok());
  }
  // As if it had been switched off.
  void Die() {
    tcp.reset();
    udp.clear();
    relay.reset();
  }

 private:
  static RelaySettings Settings(const Endpoint& at) {
    RelaySettings settings;
    settings.address = at.address;
    return settings;
  }
  void OnAccept(std::unique_ptr<ByteStream> stream) override { stream->Abort(); }
  stream::TestRuntime runtime_;

 public:
  std::unique_ptr<RelayServer> relay;
  std::vector<std::unique_ptr<UdpDoor>> udp;
  std::unique_ptr<TcpDoor> tcp;
};

// One end of a call, relayed.
class End final : private path::CheckUser, private path::MediaReceiver {
 public:
  End(stream::TestWorld& world, Ipv4Address address, bool udp, const std::vector<Endpoint>& nodes)
      : runtime(world, address, address.value) {
    path::PortSettings settings;
    settings.udp = udp;
    settings.listen_tcp = false;
    port = path::NewMediaPort(runtime, settings).value();
    const auto credential =
        IssueRelayCredential(kSecret, "anna", runtime.WallNow() + RelaySecrets::kValidity);
    port->SetRelays({nodes, credential.name(), credential.password()});
    EXPECT_TRUE(port->checks()->AddUser("user", this, true));
    port->AddReceiver(7, this);
  }
  std::optional<path::LocalCandidate> relayed() const {
    for (const auto& each : port->checks()->LocalCandidates()) {
      if (each.candidate.kind == path::CandidateKind::kRelayed) return each;
    }
    return std::nullopt;
  }
  void Send(const Endpoint& to) {
    std::vector<uint8_t> packet(100, 0x11);
    packet[0] = 0x80;
    packet[8] = packet[9] = packet[10] = 0;
    packet[11] = 7;
    EXPECT_TRUE(port->SendMedia({relayed()->way, to}, packet).ok());
  }

  stream::TestRuntime runtime;
  std::unique_ptr<path::MediaPort> port;
  int heard = 0;
  int closed = 0;
  path::Route last;

 private:
  void OnRequest(const path::Route&, const stun::Message&) override {}
  void OnAnswer(const path::Route&, const stun::Message&) override {}
  void OnLocalCandidates() override {}
  void OnWayClosed(path::WayId) override { ++closed; }
  void OnMedia(const path::Route& from, std::span<const uint8_t>) override {
    ++heard;
    last = from;
  }
};

class RelayClientTest : public ::testing::TestWithParam<bool> {
 protected:
  const Endpoint first_at_ = *Endpoint::Parse("198.51.100.1:33033");
  const Endpoint second_at_ = *Endpoint::Parse("198.51.100.2:33033");
  stream::TestWorld world_;
  Node first_{world_, first_at_};
  Node second_{world_, second_at_};
};

INSTANTIATE_TEST_SUITE_P(OverUdpAndTcp, RelayClientTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "Udp" : "Tcp"; });

TEST_P(RelayClientTest, TwoEndsMeetAtOneNode) {
  End anna(world_, Ipv4Address::Of(192, 0, 2, 1), GetParam(), {first_at_, second_at_});
  End bert(world_, Ipv4Address::Of(192, 0, 2, 2), GetParam(), {first_at_, second_at_});
  world_.RunFor(milliseconds(100));
  ASSERT_TRUE(anna.relayed());
  ASSERT_TRUE(bert.relayed());
  EXPECT_EQ(first_.relay->allocations(), 2u);
  // Both relayed, half an hour long: allocations, permissions and channels outlive their times.
  for (int i = 0; i < 1800; ++i) {
    anna.Send(bert.relayed()->candidate.endpoint);
    bert.Send(anna.relayed()->candidate.endpoint);
    world_.RunFor(seconds(1));
  }
  // What came before the other end's permission is lost.
  EXPECT_GE(anna.heard, 1798);
  EXPECT_GE(bert.heard, 1798);
  EXPECT_EQ(anna.last.remote, bert.relayed()->candidate.endpoint);
  EXPECT_EQ(anna.closed + bert.closed, 0);
  anna.port->checks()->RemoveUser("user");
  bert.port->checks()->RemoveUser("user");
  world_.RunFor(seconds(1));
  EXPECT_EQ(first_.relay->allocations(), 0u);
}

TEST_P(RelayClientTest, ADeadNodeIsReplaced) {
  End anna(world_, Ipv4Address::Of(192, 0, 2, 1), GetParam(), {first_at_, second_at_});
  world_.RunFor(milliseconds(100));
  ASSERT_EQ(first_.relay->allocations(), 1u);
  if (GetParam()) anna.port->UseStunServer(second_at_);
  first_.Die();
  anna.port->checks()->Suspect();
  world_.RunFor(milliseconds(700));
  EXPECT_EQ(anna.closed, 1);
  ASSERT_TRUE(anna.relayed());
  EXPECT_EQ(second_.relay->allocations(), 1u);
}

TEST_P(RelayClientTest, AWrongPasswordOpensNothing) {
  End anna(world_, Ipv4Address::Of(192, 0, 2, 1), GetParam(), {});
  anna.port->SetRelays({{first_at_, second_at_}, "9999999999:anna", "guessed"});
  world_.RunFor(minutes(1));
  EXPECT_FALSE(anna.relayed());
  EXPECT_EQ(first_.relay->allocations() + second_.relay->allocations(), 0u);
}

}  // namespace
}  // namespace sfa::community
