#include "protocol/turn/allocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "protocol/stream/test_world.h"
#include "protocol/turn/tcp_transport.h"
#include "protocol/turn/test_server.h"

namespace sfa::turn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Endpoint kServer = *Endpoint::Parse("198.51.100.1:33033");
const Endpoint kPeer = *Endpoint::Parse("203.0.113.9:7000");
constexpr Ipv4Address kClientAddress = Ipv4Address::Of(192, 0, 2, 1);

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// A client's end: UDP, or TCP to the server's port, with what it hears as text.
class Client final : public AllocationUser, private Transport, private UdpReceiver {
 public:
  Client(Runtime& runtime, bool tcp, Credential credential = {kTestName, kTestPassword},
         std::optional<Challenge> challenge = {}) {
    if (tcp) {
      tcp_.emplace(
          runtime, Ipv4Address(), kServer,
          [this](std::span<const uint8_t> message) { Take(message); },
          [this] { heard.push_back("closed"); });
    } else {
      socket_ = runtime.OpenUdp({kClientAddress, 5000}, *this).value();
    }
    Transport& transport = *this;
    allocation.emplace(runtime, transport, std::move(credential), std::move(challenge),
                       kUsualPatience, *this);
  }

  std::optional<Allocation> allocation;
  std::vector<std::string> heard;
  int strange = 0;  // messages that were none of ours
  std::function<void(std::vector<uint8_t>&)> garble;

  void Take(std::span<const uint8_t> bytes) {
    if (!allocation->OnMessage(bytes)) ++strange;
  }

 private:
  void OnAllocated() override { heard.push_back("allocated"); }
  void OnAllocationLost(int error) override { heard.push_back("lost " + std::to_string(error)); }
  void OnRelayed(const Endpoint& peer, std::span<const uint8_t> data) override {
    heard.push_back(peer.ToString() + " " + std::string(data.begin(), data.end()));
  }
  void Send(std::span<const uint8_t> header, std::span<const uint8_t> payload,
            bool urgent) override {
    if (tcp_) {
      tcp_->Send(header, payload, urgent);
      return;
    }
    std::vector<uint8_t> bytes(header.begin(), header.end());
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    static_cast<void>(socket_->Send(kServer, bytes));
  }
  bool reliable() const override { return tcp_.has_value(); }
  void OnDatagram(const Endpoint&, std::span<const uint8_t> bytes) override {
    std::vector<uint8_t> copy(bytes.begin(), bytes.end());
    if (garble) garble(copy);
    Take(copy);
  }

  std::unique_ptr<UdpSocket> socket_;
  std::optional<TcpTransport> tcp_;
};

class AllocationTest : public ::testing::TestWithParam<bool> {
 protected:
  stream::TestWorld world_;
  stream::TestRuntime node_{world_, kServer.address, 1};
  stream::TestRuntime host_{world_, kClientAddress, 2};
  TestServer server_{node_, kServer, {kServer.port}};
};

INSTANTIATE_TEST_SUITE_P(OverUdpAndTcp, AllocationTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "Tcp" : "Udp"; });

TEST_P(AllocationTest, ComesAfterTheChallengeAndGoesBack) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(GetParam() ? 60 : 40));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
  EXPECT_EQ(client.allocation->relayed(), server_.relayed);
  EXPECT_EQ(server_.count(stun::kAllocate), 2);  // without and with credentials
  EXPECT_EQ(server_.allocations(), 1u);
  bool done = false;
  client.allocation->Release([&] { done = true; });
  world_.RunFor(milliseconds(20));
  EXPECT_TRUE(done);
  EXPECT_EQ(server_.allocations(), 0u);
  world_.RunFor(seconds(60));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
}

TEST_P(AllocationTest, AKnownChallengeSavesARoundTrip) {
  Client client(host_, GetParam(), {kTestName, kTestPassword}, Challenge{kTestRealm, "n1"});
  world_.RunFor(milliseconds(GetParam() ? 40 : 20));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
  EXPECT_EQ(server_.count(stun::kAllocate), 1);
}

TEST_P(AllocationTest, StaleNoncesAreReplaced) {
  Client client(host_, GetParam(), {kTestName, kTestPassword}, Challenge{kTestRealm, "old"});
  world_.RunFor(milliseconds(100));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
  server_.nonce = "n2";
  world_.RunFor(seconds(31));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
  EXPECT_EQ(server_.count(stun::kRefresh), 3);  // one of the two again
}

TEST_P(AllocationTest, WrongCredentialsAreSaidOnce) {
  Client client(host_, GetParam(), {kTestName, "wrong"});
  world_.RunFor(seconds(60));
  EXPECT_THAT(client.heard, ElementsAre("lost 401"));
  EXPECT_EQ(server_.count(stun::kAllocate), 2);
}

TEST_P(AllocationTest, ANonceThatIsAlwaysStaleEnds) {
  server_.refused[stun::kAllocate] = stun::kErrorStaleNonce;
  Client client(host_, GetParam());
  world_.RunFor(seconds(60));
  EXPECT_THAT(client.heard, ElementsAre("lost 438"));
  EXPECT_EQ(server_.count(stun::kAllocate), 2 + Session::kMaxStaleNonces);
}

TEST_P(AllocationTest, SilenceIsALoss) {
  server_.answers = false;
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(3999));
  EXPECT_THAT(client.heard, IsEmpty());
  world_.RunFor(milliseconds(2));
  EXPECT_THAT(client.heard, ElementsAre("lost 0"));
}

TEST_P(AllocationTest, IsRefreshedAndLostWithTheServersMemory) {
  Client client(host_, GetParam());
  world_.RunFor(seconds(50));
  EXPECT_EQ(server_.count(stun::kRefresh), 3);  // every 15 s
  server_.Forget();
  world_.RunFor(seconds(15));
  EXPECT_THAT(client.heard, ElementsAre("allocated", "lost 437"));
}

TEST_P(AllocationTest, RelaysBothWays) {
  stream::TestRuntime far(world_, kPeer.address, 3);
  struct Echo final : UdpReceiver {
    std::unique_ptr<UdpSocket> socket;
    void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
      static_cast<void>(socket->Send(from, bytes));
    }
  } echo;
  echo.socket = far.OpenUdp(kPeer, echo).value();
  Client client(host_, GetParam());
  client.allocation->Send(kPeer, Bytes("too early"), false);
  world_.RunFor(milliseconds(100));
  client.allocation->Send(kPeer, Bytes("one"), false);
  client.allocation->Send(kPeer, Bytes("two"), false);
  world_.RunFor(milliseconds(100));
  const std::string from = kPeer.ToString() + " ";
  EXPECT_THAT(client.heard, ElementsAre("allocated", from + "one", from + "two"));
  EXPECT_EQ(server_.count(stun::kCreatePermission), 1);
  EXPECT_EQ(server_.count(stun::kSend), 2);
  client.heard.clear();
  // Media goes by a channel after the first three.
  for (int i = 0; i < 6; ++i) {
    client.allocation->Send(kPeer, Bytes("media" + std::to_string(i)), true);
    world_.RunFor(milliseconds(50));
  }
  EXPECT_THAT(client.heard, ElementsAre(from + "media0", from + "media1", from + "media2",
                                        from + "media3", from + "media4", from + "media5"));
  EXPECT_EQ(server_.count(stun::kChannelBind), 1);
  EXPECT_EQ(server_.count(0), 3);
  // Six bytes, padded over TCP only (RFC 8656 section 12.5).
  EXPECT_EQ(server_.last_channel_data.size(), GetParam() ? 12u : 10u);
  EXPECT_EQ(client.strange, 0);
}

TEST_P(AllocationTest, OnlyAFewPacketsWaitForAPermission) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  for (int i = 0; i < 50; ++i) client.allocation->Send(kPeer, Bytes("x"), true);
  world_.RunFor(milliseconds(100));
  EXPECT_EQ(server_.to_peers.size(), Relaying::kMaxWaiting);
  EXPECT_EQ(server_.count(stun::kCreatePermission), 1);
}

TEST_P(AllocationTest, ARefusedPermissionIsNotAskedForWithEveryPacket) {
  server_.refused[stun::kCreatePermission] = stun::kErrorForbidden;
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  for (int i = 0; i < 200; ++i) {  // 4 s
    client.allocation->Send(kPeer, Bytes("x"), true);
    world_.RunFor(milliseconds(20));
  }
  EXPECT_EQ(server_.count(stun::kCreatePermission), 1);
  EXPECT_THAT(server_.to_peers, IsEmpty());
  server_.refused.clear();
  world_.RunFor(seconds(2));
  client.allocation->Send(kPeer, Bytes("x"), true);
  world_.RunFor(milliseconds(100));
  EXPECT_EQ(server_.to_peers.size(), 1u);
}

TEST_P(AllocationTest, ARefusedChannelLeavesIndications) {
  server_.refused[stun::kChannelBind] = stun::kErrorInsufficientCapacity;
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  for (int i = 0; i < 50; ++i) {
    client.allocation->Send(kPeer, Bytes("x"), true);
    world_.RunFor(milliseconds(50));
  }
  EXPECT_EQ(server_.to_peers.size(), 50u);
  EXPECT_EQ(server_.count(stun::kChannelBind), 1);
  EXPECT_EQ(server_.count(0), 0);
}

TEST_P(AllocationTest, WhatIsUsedIsRenewedInTimeTheRestLapses) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  const Endpoint other{Ipv4Address::Of(203, 0, 113, 10), 7000};
  client.allocation->Send(other, Bytes("x"), false);
  for (int i = 0; i < 1200; ++i) {  // 20 min
    client.allocation->Send(kPeer, Bytes("x"), true);
    world_.RunFor(seconds(1));
  }
  // Permissions after 210 to 240 s, channels after 510 to 540 s.
  EXPECT_EQ(server_.count(stun::kCreatePermission), 2 + 5);
  EXPECT_EQ(server_.count(stun::kChannelBind), 1 + 2);
  EXPECT_EQ(server_.to_peers.size(), 1u + 1200u);
  // The other's permission has lapsed: what it sends is nobody's, and to send there asks again.
  client.heard.clear();
  server_.FromPeer(other, Bytes("late"));
  world_.RunFor(milliseconds(50));
  EXPECT_THAT(client.heard, IsEmpty());
  EXPECT_EQ(client.strange, 1);
  client.allocation->Send(other, Bytes("x"), false);
  world_.RunFor(milliseconds(50));
  EXPECT_EQ(server_.count(stun::kCreatePermission), 2 + 5 + 1);
}

TEST_P(AllocationTest, StrangersDoNotGetThrough) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  client.heard.clear();
  server_.FromPeer(kPeer, Bytes("no permission"));
  server_.FromPeer(kPeer, Bytes("no channel"), 0x4000);
  server_.FromPeer(kPeer, Bytes("no such number"), 0x4FFF);
  world_.RunFor(milliseconds(50));
  EXPECT_THAT(client.heard, IsEmpty());
  EXPECT_EQ(client.strange, 3);
}

TEST_P(AllocationTest, PeersHaveALimit) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  for (uint8_t i = 0; i < 200; ++i) {
    client.allocation->Send({Ipv4Address::Of(203, 0, 113, i), 1}, Bytes("x"), false);
    world_.RunFor(milliseconds(50));
  }
  EXPECT_EQ(server_.count(stun::kCreatePermission), static_cast<int>(Relaying::kMaxPermissions));
}

TEST_P(AllocationTest, ACheckTellsWithinItsTime) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  const Patience patience{milliseconds(150), milliseconds(600)};
  std::vector<bool> alive;
  client.allocation->Check(patience, [&](bool answered) { alive.push_back(answered); });
  world_.RunFor(milliseconds(20));
  EXPECT_THAT(alive, ElementsAre(true));
  server_.answers = false;
  client.allocation->Check(patience, [&](bool answered) { alive.push_back(answered); });
  world_.RunFor(milliseconds(599));
  EXPECT_EQ(alive.size(), 1u);
  world_.RunFor(milliseconds(1));
  EXPECT_THAT(alive, ElementsAre(true, false));
  server_.answers = true;
  server_.Forget();
  client.allocation->Check(patience, [&](bool answered) { alive.push_back(answered); });
  world_.RunFor(milliseconds(20));
  EXPECT_THAT(client.heard, ElementsAre("allocated", "lost 437"));
}

TEST_P(AllocationTest, ACheckIsNotAnsweredAfterTheRelease) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  int answered = 0;
  client.allocation->Check(kUsualPatience, [&](bool) { ++answered; });
  client.allocation->Release([] {});
  world_.RunFor(seconds(10));
  EXPECT_EQ(answered, 0);
}

TEST_P(AllocationTest, IsLostOnce) {
  Client client(host_, GetParam());
  world_.RunFor(milliseconds(100));
  server_.Forget();
  int answered = 0;
  for (int i = 0; i < 3; ++i) {
    client.allocation->Check(kUsualPatience, [&](bool) { ++answered; });
  }
  client.allocation->Send(kPeer, Bytes("x"), false);
  world_.RunFor(seconds(10));
  EXPECT_THAT(client.heard, ElementsAre("allocated", "lost 437"));
  EXPECT_EQ(answered, 0);
}

TEST(AllocationOverUdp, OneOfAnEarlierLifeMakesRoom) {
  stream::TestWorld world;
  stream::TestRuntime node(world, kServer.address, 1);
  stream::TestRuntime host(world, kClientAddress, 2);
  TestServer server(node, kServer);
  {
    Client crashed(host, false);
    world.RunFor(milliseconds(40));
  }
  EXPECT_EQ(server.allocations(), 1u);
  Client client(host, false);
  world.RunFor(milliseconds(100));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
  EXPECT_EQ(server.allocations(), 1u);
}

TEST(AllocationOverUdp, RequestsAreRepeated) {
  stream::TestWorld world;
  stream::TestRuntime node(world, kServer.address, 1);
  stream::TestRuntime host(world, kClientAddress, 2);
  TestServer server(node, kServer);
  world.udp_works = false;
  Client client(host, false);
  world.RunFor(milliseconds(600));
  world.udp_works = true;
  world.RunFor(milliseconds(899));  // again at 0.5 and 1.5 s
  EXPECT_THAT(client.heard, IsEmpty());
  world.RunFor(milliseconds(41));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
}

TEST(AllocationOverUdp, AnAnswerIsSignedWithOurKey) {
  stream::TestWorld world;
  stream::TestRuntime node(world, kServer.address, 1);
  stream::TestRuntime host(world, kClientAddress, 2);
  TestServer server(node, kServer);
  Client client(host, false, {kTestName, kTestPassword}, Challenge{kTestRealm, "n1"});
  client.garble = [&](std::vector<uint8_t>& bytes) {
    // The same answer from somebody who has seen the request and does not know the password.
    const auto id = stun::Message::Parse(bytes)->id();
    for (const bool with_a_key : {false, true}) {
      stun::Builder forged(stun::MessageClass::kSuccess, stun::kAllocate, id);
      forged.AddXorAddress(stun::AttributeType::kXorRelayedAddress, kPeer);
      if (with_a_key) forged.AddIntegrity(stun::LongTermKey(kTestName, kTestRealm, "guessed"));
      forged.AddFingerprint();
      client.Take(forged.bytes());
    }
    EXPECT_THAT(client.heard, IsEmpty());
  };
  world.RunFor(milliseconds(20));
  EXPECT_THAT(client.heard, ElementsAre("allocated"));
  EXPECT_EQ(client.allocation->relayed(), server.relayed);
  EXPECT_EQ(client.strange, 2);
}

TEST(AllocationOverUdp, ForgedAndGarbledAnswersDoNotCount) {
  stream::TestWorld world;
  stream::TestRuntime node(world, kServer.address, 1);
  stream::TestRuntime host(world, kClientAddress, 2);
  TestServer server(node, kServer);
  Client client(host, false, {kTestName, kTestPassword}, Challenge{kTestRealm, "n1"});
  // Each byte of the answer in turn.
  size_t at = 0;
  size_t size = 0;
  client.garble = [&](std::vector<uint8_t>& bytes) {
    size = bytes.size();
    for (at = 0; at < bytes.size(); ++at) {
      // Under another type than FINGERPRINT the last attribute is not looked at: all that is signed
      // is still there.
      if (at == bytes.size() - 8 || at == bytes.size() - 7) continue;
      std::vector<uint8_t> copy = bytes;
      copy[at] ^= 0x55;
      client.Take(copy);
      copy.resize(at);
      client.Take(copy);
    }
    bytes.clear();
  };
  world.RunFor(milliseconds(20));
  EXPECT_THAT(client.heard, IsEmpty());
  EXPECT_GT(size, 60u);
  EXPECT_EQ(client.strange, static_cast<int>(2 * (size - 2) + 1));
}

}  // namespace
}  // namespace sfa::turn
