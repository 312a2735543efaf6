// TURN over TCP: how messages are found in a stream, and what slow, silent and hostile clients get.
#include "fake_skype_network/turn_stream.h"

#include <gtest/gtest.h>

#include "fake_skype_network/tcp_door.h"
#include "fake_skype_network/test_relay_client.h"
#include "protocol/stream/test_world.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;
using stun::AttributeType;

// A client's end of a connection.
class Client final : public StreamHandler {
 public:
  Client(stream::TestRuntime& runtime, const Endpoint& node)
      : stream_(runtime.ConnectTcp({}, node, *this)) {}
  void OnData(std::span<const uint8_t> bytes) override {
    heard.insert(heard.end(), bytes.begin(), bytes.end());
  }
  void OnEndOfStream() override { over = true; }
  void OnError(const Error&) override { over = true; }
  void Write(const ByteVector& bytes) { stream_->Write(bytes); }
  ByteStream& stream() { return *stream_; }

  ByteVector heard;
  bool over = false;

 private:
  std::unique_ptr<ByteStream> stream_;
};

// Keeps signalling streams, with what came over them.
class Signalling final : public AcceptHandler, public StreamHandler {
 public:
  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    accepted->SetHandler(this);
    streams.push_back(std::move(accepted));
  }
  void OnData(std::span<const uint8_t> bytes) override {
    heard.insert(heard.end(), bytes.begin(), bytes.end());
  }
  void OnEndOfStream() override {}
  void OnError(const Error&) override {}
  std::vector<std::unique_ptr<ByteStream>> streams;
  ByteVector heard;
};

class TurnStreamTest : public testing::Test {
 protected:
  static constexpr Endpoint kNode = {Ipv4Address::Of(198, 51, 100, 1), 33033};
  static constexpr Endpoint kPeer = {Ipv4Address::Of(203, 0, 113, 5), 5000};

  TurnStreamTest() {
    relay_.Learn({1});
    peer_ = std::move(*peer_runtime_.OpenUdp(kPeer, peer_log_));
    EXPECT_TRUE(door_.Listen(kNode).ok());
  }
  static RelaySettings Settings() {
    RelaySettings settings;
    settings.address = kNode.address;
    return settings;
  }
  std::unique_ptr<Client> Connect(uint16_t port = kNode.port) {
    auto client = std::make_unique<Client>(client_runtime_, Endpoint{kNode.address, port});
    world_.RunFor(seconds(1));
    return client;
  }
  // Asks over `client`, with what a client without socket would say.
  ByteVector Ask(Client& client, const ByteVector& request) {
    client.heard.clear();
    client.Write(request);
    world_.RunFor(seconds(1));
    return client.heard;
  }
  // An allocation over `client`, with a channel 0x4000 to the peer; the relayed address.
  Endpoint Allocate(Client& client) {
    const auto credential =
        IssueRelayCredential({1}, "bond", client_runtime_.WallNow() + std::chrono::hours(1));
    TestWay unused(9999, true);
    words_.emplace(relay_, unused, client.stream().local(), credential);
    const stun::Builder first(stun::MessageClass::kRequest, stun::kAllocate, {1});
    const ByteVector challenge = Ask(client, {first.bytes().begin(), first.bytes().end()});
    const auto parsed = stun::Message::Parse(challenge);
    if (!parsed) return {};
    words_->nonce = *parsed->FindText(AttributeType::kNonce);
    const ByteVector granted =
        Ask(client, words_->Request(stun::kAllocate, [](stun::Builder& request) {
          request.Add32(AttributeType::kRequestedTransport, 17u << 24);
        }));
    const auto answer = stun::Message::Parse(granted);
    if (!answer) return {};
    const Endpoint relayed = answer->XorAddress(AttributeType::kXorRelayedAddress).value();
    bind_ = words_->Request(stun::kChannelBind, [](stun::Builder& request) {
      request.Add32(AttributeType::kChannelNumber, 0x40000000);
      request.AddXorAddress(AttributeType::kXorPeerAddress, kPeer);
    });
    Ask(client, bind_);
    return relayed;
  }

  stream::TestWorld world_;
  stream::TestRuntime node_runtime_{world_, kNode.address, 1};
  stream::TestRuntime client_runtime_{world_, Ipv4Address::Of(203, 0, 113, 9), 2};
  stream::TestRuntime peer_runtime_{world_, kPeer.address, 3};
  TestPeerLog peer_log_;
  std::unique_ptr<UdpSocket> peer_;
  RelayServer relay_{node_runtime_, Settings()};
  Signalling signalling_;
  TcpDoor door_{node_runtime_, 100, relay_, signalling_};
  std::optional<TestRelayClient> words_;
  ByteVector bind_;
};

TEST_F(TurnStreamTest, RelaysOnEveryPortHoweverTheStreamIsCut) {
  for (const uint16_t port : {uint16_t{33033}, uint16_t{80}, uint16_t{443}}) {
    for (const size_t piece :
         {size_t{1}, size_t{2}, size_t{3}, size_t{5}, size_t{7}, size_t{5000}}) {
      world_.piece = [piece](size_t) { return piece; };
      peer_log_.heard.clear();
      const auto client = Connect(port);
      const Endpoint relayed = Allocate(*client);
      ASSERT_EQ(relayed.address, kNode.address);
      client->heard.clear();
      // Three messages at once, each padded.
      client->Write(
          {0x40, 0, 0, 1, 'a', 0, 0, 0, 0x40, 0, 0, 0, 0x40, 0, 0, 4, 'b', 'c', 'd', 'e'});
      world_.RunFor(seconds(1));
      ASSERT_EQ(peer_log_.heard.size(), 3u) << port << " " << piece;
      EXPECT_EQ(peer_log_.heard[0].second, "a");
      EXPECT_EQ(peer_log_.heard[1].second, "");
      EXPECT_EQ(peer_log_.heard[2].second, "bcde");
      ASSERT_TRUE(peer_->Send(relayed, BytesOf("xyz")).ok());
      world_.RunFor(seconds(1));
      EXPECT_EQ(client->heard, (ByteVector{0x40, 0, 0, 3, 'x', 'y', 'z', 0}));
    }
  }
}

TEST_F(TurnStreamTest, ClosedConnectionEndsItsAllocation) {
  auto client = Connect();
  Allocate(*client);
  EXPECT_EQ(relay_.allocations(), 1u);
  client = nullptr;
  world_.RunFor(seconds(1));
  EXPECT_EQ(relay_.allocations(), 0u);
  EXPECT_EQ(door_.turn_streams(), 0u);
}

TEST_F(TurnStreamTest, WhatIsNoMessageEndsTheConnection) {
  const std::vector<ByteVector> nonsense = {
      {0x80, 0x00, 0x00, 0x00},  // neither STUN nor ChannelData
      {0x40, 0x00, 0xFF, 0xFF},  // longer than any datagram
      {0x00, 0x01, 0x00, 0x03},  // STUN, length no multiple of four
      {0x00, 0x01, 0xFF, 0xFC},  // STUN, too long
      {0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6}};  // no magic cookie
  for (const ByteVector& bytes : nonsense) {
    const auto client = Connect();
    Allocate(*client);
    ASSERT_EQ(relay_.allocations(), 1u);
    client->Write(bytes);
    world_.RunFor(seconds(1));
    EXPECT_TRUE(client->over);
    EXPECT_EQ(relay_.allocations(), 0u);
  }
}

TEST_F(TurnStreamTest, SlowReaderLosesMediaAndCostsLittle) {
  world_.window = 2000;
  const auto client = Connect();
  const Endpoint relayed = Allocate(*client);
  client->heard.clear();
  client->stream().PauseReading();
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(peer_->Send(relayed, ByteVector(1000, static_cast<uint8_t>(i))).ok());
    world_.RunFor(std::chrono::milliseconds(20));
  }
  client->stream().ResumeReading();
  world_.RunFor(seconds(5));
  EXPECT_FALSE(client->over);
  EXPECT_LE(client->heard.size(), TurnStream::kMaxMedia + 2 * world_.window + 2000);
  EXPECT_EQ(client->heard.size() % 1004, 0u) << "whole messages are dropped";
  EXPECT_GE(client->heard.size(), 10 * 1004u);
  for (size_t at = 0; at < client->heard.size(); at += 1004) EXPECT_EQ(client->heard[at], 0x40);
  // It goes on afterwards.
  client->heard.clear();
  ASSERT_TRUE(peer_->Send(relayed, BytesOf("fresh")).ok());
  world_.RunFor(seconds(1));
  EXPECT_EQ(client->heard.size(), 12u);
}

TEST_F(TurnStreamTest, WhoAsksAndDoesNotReadIsCutOff) {
  world_.window = 2000;
  const auto client = Connect();
  Allocate(*client);
  client->stream().PauseReading();
  for (int i = 0; i < 2000 && relay_.allocations() == 1; ++i) {
    client->Write(bind_);
    world_.RunFor(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(relay_.allocations(), 0u);
  EXPECT_EQ(door_.turn_streams(), 0u);
}

TEST_F(TurnStreamTest, IdleConnectionWithoutAllocationEnds) {
  const auto silent = Connect();
  const auto idle = Connect();
  const stun::Builder binding(stun::MessageClass::kRequest, stun::kBinding, {1});
  EXPECT_EQ(Ask(*idle, {binding.bytes().begin(), binding.bytes().end()}).size(), 32u);
  const auto busy = Connect();
  Allocate(*busy);
  world_.RunFor(seconds(11));
  EXPECT_TRUE(silent->over);
  EXPECT_FALSE(idle->over);
  world_.RunFor(seconds(120));
  EXPECT_TRUE(idle->over);
  EXPECT_FALSE(busy->over);
  EXPECT_EQ(door_.turn_streams(), 1u);
}

TEST_F(TurnStreamTest, SignallingArrivesWholeAndNonsenseNowhere) {
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{100}}) {
    world_.piece = [piece](size_t) { return piece; };
    signalling_.heard.clear();
    const auto client = Connect();
    const ByteVector hello = {0x00, 0x21, 1, 2, 3, 4, 5};
    client->Write(hello);
    world_.RunFor(seconds(1));
    EXPECT_EQ(signalling_.heard, hello);
    client->Write({6, 7});
    world_.RunFor(seconds(1));
    EXPECT_EQ(signalling_.heard.size(), 9u);
  }
  const size_t accepted = signalling_.streams.size();
  for (const ByteVector& bytes : {ByteVector{'G', 'E', 'T', ' '}, ByteVector{0x16, 0x03, 0x01, 0},
                                  ByteVector{0x40, 0, 0, 0}, ByteVector{0x00, 0x22}}) {
    const auto client = Connect();
    client->Write(bytes);
    world_.RunFor(seconds(1));
    EXPECT_TRUE(client->over);
  }
  EXPECT_EQ(signalling_.streams.size(), accepted);
  EXPECT_EQ(door_.turn_streams(), 0u);
}

TEST_F(TurnStreamTest, OfTooManyUndecidedConnectionsTheOldestMakesRoom) {
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i <= TcpDoor::kMaxUndecided; ++i) {
    clients.push_back(std::make_unique<Client>(client_runtime_, kNode));
  }
  world_.RunFor(seconds(1));
  EXPECT_TRUE(clients.front()->over);
  EXPECT_FALSE(clients[1]->over);
  EXPECT_FALSE(clients.back()->over);
}

}  // namespace
}  // namespace sfa::community
