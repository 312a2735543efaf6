#include "protocol/path/media_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "protocol/path/test_world.h"
#include "protocol/stun/server.h"
#include "protocol/stun/transaction.h"

namespace sfa::path {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Endpoint kServer = *Endpoint::Parse("198.51.100.1:33033");
const Endpoint kAnyPort = *Endpoint::Parse("0.0.0.0:5000");

class StunServerNode final : private UdpReceiver {
 public:
  explicit StunServerNode(Runtime& runtime) : socket_(runtime.OpenUdp(kServer, *this).value()) {}
  int requests() const { return requests_; }
  // Answers as if it saw this instead.
  std::optional<Endpoint> lie;

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    ++requests_;
    const auto message = stun::Message::Parse(bytes);
    const auto answer = stun::AnswerBinding(*message, lie.value_or(from));
    ASSERT_TRUE(socket_->Send(from, answer->bytes()).ok());
  }
  std::unique_ptr<UdpSocket> socket_;
  int requests_ = 0;
};

class Recorder final : public MediaReceiver {
 public:
  void OnMedia(const Endpoint& from, std::span<const uint8_t> packet) override {
    sources.push_back(from);
    sizes.push_back(packet.size());
  }
  std::vector<Endpoint> sources;
  std::vector<size_t> sizes;
};

// The things that happened to a mapping, as text.
struct Mappings {
  std::function<void(std::optional<Endpoint>)> Listener() {
    return [this](std::optional<Endpoint> mapped) {
      told.push_back(mapped ? mapped->ToString() : "nothing");
    };
  }
  std::vector<std::string> told;
};

TEST(MediaPort, LearnsItsMappingAndKeepsItAlive) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestHost& host = world.AddHost("192.168.1.10", &world.AddNat("203.0.113.5"));
  const auto port = NewMediaPort(host, kAnyPort).value();
  EXPECT_THAT(port->host_endpoints(), ElementsAre(*Endpoint::Parse("192.168.1.10:5000")));
  Mappings mappings;
  port->UseStunServer(kServer, mappings.Listener());
  EXPECT_THAT(mappings.told, IsEmpty());
  world.RunFor(milliseconds(20));
  EXPECT_THAT(mappings.told, ElementsAre("203.0.113.5:20000"));
  EXPECT_EQ(port->mapped(), Endpoint::Parse("203.0.113.5:20000"));
  EXPECT_EQ(server.requests(), 1);
  world.RunFor(seconds(61));
  EXPECT_EQ(server.requests(), 5);  // every 15 s
  EXPECT_EQ(mappings.told.size(), 1u);
  server.lie = *Endpoint::Parse("203.0.113.5:7");
  world.RunFor(seconds(16));
  EXPECT_THAT(mappings.told, ElementsAre("203.0.113.5:20000", "203.0.113.5:7"));
}

TEST(MediaPort, TellsOnceThatTheServerIsSilent) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  const auto port = NewMediaPort(host, kAnyPort).value();
  Mappings mappings;
  port->UseStunServer(kServer, mappings.Listener());
  world.RunFor(stun::kTransactionTimeout - milliseconds(1));
  EXPECT_THAT(mappings.told, IsEmpty());
  EXPECT_EQ(world.sent(), 7u);
  world.RunFor(milliseconds(2));
  EXPECT_THAT(mappings.told, ElementsAre("nothing"));
  world.RunFor(seconds(120));
  EXPECT_THAT(mappings.told, ElementsAre("nothing"));
  StunServerNode server(world.AddHost("198.51.100.1"));
  world.RunFor(seconds(60));
  EXPECT_THAT(mappings.told, ElementsAre("nothing", "192.0.2.1:5000"));
}

TEST(MediaPort, AnotherServerMayBeUsedFromInsideTheAnswer) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestHost& host = world.AddHost("192.0.2.1");
  const auto port = NewMediaPort(host, kAnyPort).value();
  Mappings mappings;
  port->UseStunServer(*Endpoint::Parse("198.51.100.2:33033"), [&](std::optional<Endpoint> mapped) {
    EXPECT_FALSE(mapped);
    port->UseStunServer(kServer, mappings.Listener());
  });
  world.RunFor(seconds(41));
  EXPECT_THAT(mappings.told, ElementsAre("192.0.2.1:5000"));
}

TEST(MediaPort, BelievesOnlyTheServerThatWasAsked) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  // Sees the request, answers from another port.
  class Intruder final : public UdpReceiver {
   public:
    explicit Intruder(Runtime& runtime)
        : in_(runtime.OpenUdp(kServer, *this).value()),
          out_(runtime.OpenUdp({kServer.address, 9}, *this).value()) {}
    void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
      const auto answer = stun::AnswerBinding(*stun::Message::Parse(bytes), from);
      ASSERT_TRUE(out_->Send(from, answer->bytes()).ok());
    }

   private:
    std::unique_ptr<UdpSocket> in_, out_;
  } intruder(world.AddHost("198.51.100.1"));
  const auto port = NewMediaPort(host, kAnyPort).value();
  port->UseStunServer(kServer, {});
  world.RunFor(seconds(1));
  EXPECT_FALSE(port->mapped());
  EXPECT_GT(port->dropped(), 0u);
}

TEST(MediaPort, GivesMediaToItsReceiverBySsrc) {
  TestWorld world;
  TestHost& alice = world.AddHost("192.0.2.1");
  TestHost& bob = world.AddHost("192.0.2.2");
  const auto from = NewMediaPort(alice, kAnyPort).value();
  const auto to = NewMediaPort(bob, kAnyPort).value();
  Recorder first, second;
  to->AddReceiver(0x01020304, &first);
  to->AddReceiver(0x0A0B0C0D, &second);
  const Endpoint target{bob.address(), 5000};
  const auto send = [&](std::vector<uint8_t> packet) {
    ASSERT_TRUE(from->SendMedia(target, packet).ok());
    world.RunFor(milliseconds(10));
  };
  send({0x80, 0x00, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5});  // RTP
  send({0x80, 200, 0, 1, 0, 0, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D});
  EXPECT_THAT(first.sizes, ElementsAre(13u));
  EXPECT_THAT(first.sources, ElementsAre(Endpoint{alice.address(), 5000}));
  EXPECT_THAT(second.sizes, ElementsAre(12u));
  EXPECT_EQ(to->dropped(), 0u);
  send({0x80, 0x00, 0, 1, 0, 0, 0, 0, 1, 2, 3});    // no room for the SSRC
  send({0x80, 200, 0, 1, 0x0A, 0x0B, 0x0C, 0x0D});  // RTCP: there is none here
  send({0x80});
  send({});
  send({0x40, 1, 2, 3});                             // TURN channel data
  send({0x80, 0x00, 0, 1, 0, 0, 0, 0, 9, 9, 9, 9});  // unknown SSRC
  send({0x00, 0x01, 0, 0, 0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(to->dropped(), 7u);
  to->RemoveReceiver(0x01020304);
  send({0x80, 0x00, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5});
  EXPECT_THAT(first.sizes, ElementsAre(13u));
  EXPECT_EQ(to->dropped(), 8u);
}

TEST(MediaPort, SaysWhyItCannotOpen) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  const auto port = NewMediaPort(host, kAnyPort).value();
  const auto second = NewMediaPort(host, kAnyPort);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kAddressInUse);
}

}  // namespace
}  // namespace sfa::path
