#include "protocol/path/media_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "protocol/path/check_port.h"
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

// UDP alone, at port 5000.
PortSettings UdpOnly() {
  PortSettings settings;
  settings.bind = *Endpoint::Parse("0.0.0.0:5000");
  settings.listen_tcp = false;
  return settings;
}

class StunServerNode final : private UdpReceiver {
 public:
  explicit StunServerNode(Runtime& runtime, const Endpoint& at = kServer)
      : socket_(runtime.OpenUdp(at, *this).value()) {}
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
  void OnMedia(const Route& from, std::span<const uint8_t> packet) override {
    sources.push_back(from);
    sizes.push_back(packet.size());
  }
  std::vector<Route> sources;
  std::vector<size_t> sizes;
};

// Keeps what happens to it as text.
class User final : public CheckUser {
 public:
  void OnRequest(const Route& from, const stun::Message&) override {
    told.push_back("request from " + from.remote.ToString());
  }
  void OnAnswer(const Route& from, const stun::Message&) override {
    told.push_back("answer from " + from.remote.ToString());
  }
  void OnLocalCandidates() override {
    told.push_back("candidates");
    if (on_candidates) on_candidates();
  }
  void OnWayClosed(WayId) override { told.push_back("closed"); }
  std::vector<std::string> told;
  std::function<void()> on_candidates;
};

std::vector<std::string> Texts(const std::vector<LocalCandidate>& candidates) {
  std::vector<std::string> texts;
  for (const LocalCandidate& each : candidates) {
    texts.push_back(std::string(ToString(each.candidate.kind)) + " " +
                    each.candidate.endpoint.ToString());
  }
  return texts;
}

TEST(MediaPort, LearnsItsMappingAndKeepsItAlive) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestHost& host = world.AddHost("192.168.1.10", &world.AddNat("203.0.113.5"));
  const auto port = NewMediaPort(host, UdpOnly()).value();
  EXPECT_TRUE(port->uses_udp());
  EXPECT_THAT(port->host_endpoints(), ElementsAre(*Endpoint::Parse("192.168.1.10:5000")));
  User user;
  ASSERT_TRUE(port->checks()->AddUser("anna", &user, false));
  port->UseStunServer(kServer);
  EXPECT_THAT(user.told, IsEmpty());
  world.RunFor(milliseconds(20));
  EXPECT_THAT(user.told, ElementsAre("candidates"));
  EXPECT_EQ(port->mapped(), Endpoint::Parse("203.0.113.5:20000"));
  EXPECT_THAT(Texts(port->checks()->LocalCandidates()),
              ElementsAre("host 192.168.1.10:5000", "server-reflexive 203.0.113.5:20000"));
  EXPECT_EQ(server.requests(), 1);
  world.RunFor(seconds(61));
  EXPECT_EQ(server.requests(), 5);  // every 15 s
  EXPECT_EQ(user.told.size(), 1u);
  server.lie = *Endpoint::Parse("203.0.113.5:7");
  world.RunFor(seconds(16));
  EXPECT_EQ(user.told.size(), 2u);
  EXPECT_EQ(port->mapped(), Endpoint::Parse("203.0.113.5:7"));
}

TEST(MediaPort, GoesOnAskingASilentServer) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  const auto port = NewMediaPort(host, UdpOnly()).value();
  port->UseStunServer(kServer);
  world.RunFor(stun::kTransactionTimeout - milliseconds(1));
  EXPECT_EQ(world.sent(), 7u);
  world.RunFor(seconds(120));
  EXPECT_FALSE(port->mapped());
  StunServerNode server(world.AddHost("198.51.100.1"));
  world.RunFor(seconds(60));
  EXPECT_EQ(port->mapped(), Endpoint::Parse("192.0.2.1:5000"));
}

TEST(MediaPort, AsksAnyNodeOnceAndTellsHowLongItTook) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestHost& host = world.AddHost("192.0.2.1");
  const auto port = NewMediaPort(host, UdpOnly()).value();
  std::vector<std::string> told;
  const auto note = [&](const MediaPort::Sighting& sighting) {
    told.push_back(sighting.node.ToString() + " " +
                   (sighting.mapped ? sighting.mapped->ToString() : "nothing") + " " +
                   std::to_string(sighting.round_trip / milliseconds(1)));
  };
  port->AskMapping(kServer, seconds(1), note);
  port->AskMapping(*Endpoint::Parse("198.51.100.2:33033"), milliseconds(300), note);
  EXPECT_THAT(told, IsEmpty());
  world.RunFor(seconds(2));
  EXPECT_THAT(
      told, ElementsAre("198.51.100.1:33033 192.0.2.1:5000 20", "198.51.100.2:33033 nothing 300"));
  EXPECT_EQ(server.requests(), 1);
}

TEST(MediaPort, QuestionsUnderWayHaveALimit) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  const auto port = NewMediaPort(host, UdpOnly()).value();
  int told = 0;
  for (int i = 0; i < 100; ++i) {
    port->AskMapping(kServer, seconds(5), [&](const MediaPort::Sighting&) { ++told; });
  }
  EXPECT_EQ(told, 0);
  world.RunFor(milliseconds(1));
  EXPECT_EQ(told, 36);
  EXPECT_EQ(world.sent(), 64u);
  world.RunFor(seconds(5));
  EXPECT_EQ(told, 100);
}

TEST(MediaPort, ForetellsThePortsOfASequentialNat) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestNat& nat = world.AddNat("203.0.113.5", true);
  TestHost& host = world.AddHost("192.168.1.10", &nat);
  const auto port = NewMediaPort(host, UdpOnly()).value();
  port->UseStunServer(kServer);
  world.RunFor(milliseconds(50));
  Surroundings surroundings;
  surroundings.mapping = Mapping::kSequential;
  surroundings.port_step = 1;
  surroundings.nodes = {{kServer, milliseconds(20)}};
  port->SetSurroundings(surroundings);
  User first, second;
  ASSERT_TRUE(port->checks()->AddUser("anna", &first, false));
  EXPECT_THAT(first.told, IsEmpty());
  world.RunFor(milliseconds(50));
  EXPECT_THAT(first.told, ElementsAre("candidates"));
  // The mapping is the first flow, the sample the second.
  EXPECT_THAT(
      Texts(port->checks()->LocalCandidates()),
      ElementsAre("host 192.168.1.10:5000", "server-reflexive 203.0.113.5:20000",
                  "server-reflexive 203.0.113.5:20002", "server-reflexive 203.0.113.5:20003",
                  "server-reflexive 203.0.113.5:20004", "server-reflexive 203.0.113.5:20005",
                  "server-reflexive 203.0.113.5:20006", "server-reflexive 203.0.113.5:20007",
                  "server-reflexive 203.0.113.5:20008", "server-reflexive 203.0.113.5:20009"));
  // A later call gets a sample of its own and does not disturb the earlier one.
  ASSERT_TRUE(port->checks()->AddUser("bert", &second, false));
  world.RunFor(milliseconds(50));
  EXPECT_THAT(first.told, ElementsAre("candidates"));
  EXPECT_THAT(second.told, ElementsAre("candidates"));
  EXPECT_EQ(Texts(port->checks()->LocalCandidates())[2], "server-reflexive 203.0.113.5:20003");
  port->checks()->RemoveUser("anna");
  port->checks()->RemoveUser("bert");
  EXPECT_EQ(port->checks()->LocalCandidates().size(), 2u);
}

TEST(MediaPort, SuspicionFindsTheNewMappingWithinASecond) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestHost& host = world.AddHost("192.168.1.10", &world.AddNat("203.0.113.5"));
  const auto port = NewMediaPort(host, UdpOnly()).value();
  User user;
  port->UseStunServer(kServer);
  world.RunFor(milliseconds(50));
  ASSERT_TRUE(port->checks()->AddUser("anna", &user, false));
  server.lie = *Endpoint::Parse("203.0.113.99:31000");
  port->checks()->Suspect();
  port->checks()->Suspect();
  EXPECT_THAT(user.told, IsEmpty());
  world.RunFor(milliseconds(21));
  EXPECT_THAT(user.told, ElementsAre("candidates"));
  EXPECT_EQ(port->mapped(), server.lie);
  world.RunFor(seconds(2));
  EXPECT_EQ(server.requests(), 1 + 3);
  EXPECT_EQ(user.told.size(), 1u);
}

TEST(MediaPort, SuspicionTurnsToAnotherNodeWhenTheServerIsDead) {
  TestWorld world;
  auto server = std::make_unique<StunServerNode>(world.AddHost("198.51.100.1"));
  const Endpoint kOther = *Endpoint::Parse("198.51.100.2:33033");
  StunServerNode other(world.AddHost("198.51.100.2"), kOther);
  TestHost& host = world.AddHost("192.168.1.10", &world.AddNat("203.0.113.5"));
  const auto port = NewMediaPort(host, UdpOnly()).value();
  port->UseStunServer(kServer);
  RelaySettings relays;
  relays.nodes = {kServer, kOther};
  port->SetRelays(relays);
  User user;
  ASSERT_TRUE(port->checks()->AddUser("anna", &user, false));
  world.RunFor(milliseconds(50));
  user.told.clear();
  server.reset();
  other.lie = *Endpoint::Parse("203.0.113.99:31000");
  port->checks()->Suspect();
  world.RunFor(seconds(1));
  EXPECT_THAT(user.told, ElementsAre("candidates"));
  EXPECT_EQ(port->mapped(), other.lie);
  // And stays there.
  const int before = other.requests();
  world.RunFor(seconds(31));
  EXPECT_EQ(other.requests(), before + 2);
}

TEST(MediaPort, SuspicionGoesOnWhileTheLinkIsCut) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestHost& host = world.AddHost("192.168.1.10", &world.AddNat("203.0.113.5"));
  const auto port = NewMediaPort(host, UdpOnly()).value();
  port->UseStunServer(kServer);
  User user;
  ASSERT_TRUE(port->checks()->AddUser("anna", &user, false));
  world.RunFor(milliseconds(50));
  user.told.clear();
  world.SetLoss(100);
  port->checks()->Suspect();
  world.RunFor(seconds(5));
  world.SetLoss(0);
  server.lie = *Endpoint::Parse("203.0.113.99:31000");
  world.RunFor(milliseconds(550));
  EXPECT_THAT(user.told, ElementsAre("candidates"));
}

TEST(MediaPort, UsersMayLeaveWhileTheyAreTold) {
  TestWorld world;
  StunServerNode server(world.AddHost("198.51.100.1"));
  TestHost& host = world.AddHost("192.0.2.1");
  const auto port = NewMediaPort(host, UdpOnly()).value();
  User anna, bert;
  ASSERT_TRUE(port->checks()->AddUser("anna", &anna, false));
  EXPECT_FALSE(port->checks()->AddUser("anna", &bert, false));
  ASSERT_TRUE(port->checks()->AddUser("bert", &bert, false));
  anna.on_candidates = [&] {
    port->checks()->RemoveUser("anna");
    port->checks()->RemoveUser("bert");
  };
  server.lie = *Endpoint::Parse("203.0.113.99:31000");
  port->UseStunServer(kServer);
  world.RunFor(seconds(1));
  EXPECT_THAT(anna.told, ElementsAre("candidates"));
  EXPECT_THAT(bert.told, IsEmpty());
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
  const auto port = NewMediaPort(host, UdpOnly()).value();
  port->UseStunServer(kServer);
  bool answered = false;
  port->AskMapping(kServer, milliseconds(500), [&](const MediaPort::Sighting& sighting) {
    answered = true;
    EXPECT_FALSE(sighting.mapped);
  });
  world.RunFor(seconds(1));
  EXPECT_TRUE(answered);
  EXPECT_FALSE(port->mapped());
  EXPECT_GT(port->dropped(), 1u);
}

TEST(MediaPort, GivesMediaToItsReceiverBySsrc) {
  TestWorld world;
  TestHost& alice = world.AddHost("192.0.2.1");
  TestHost& bob = world.AddHost("192.0.2.2");
  const auto from = NewMediaPort(alice, UdpOnly()).value();
  const auto to = NewMediaPort(bob, UdpOnly()).value();
  Recorder first, second;
  to->AddReceiver(0x01020304, &first);
  to->AddReceiver(0x0A0B0C0D, &second);
  const Route target{kUdpWay, {bob.address(), 5000}};
  const auto send = [&](std::vector<uint8_t> packet) {
    ASSERT_TRUE(from->SendMedia(target, packet).ok());
    world.RunFor(milliseconds(10));
  };
  send({0x80, 0x00, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5});  // RTP
  send({0x80, 200, 0, 1, 0, 0, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D});
  EXPECT_THAT(first.sizes, ElementsAre(13u));
  EXPECT_THAT(first.sources, ElementsAre(Route{kUdpWay, {alice.address(), 5000}}));
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

TEST(MediaPort, ATakenPortIsOnlyASuggestion) {
  TestWorld world;
  TestHost& host = world.AddHost("192.0.2.1");
  const auto first = NewMediaPort(host, UdpOnly()).value();
  EXPECT_EQ(first->local().port, 5000);
  const auto second = NewMediaPort(host, UdpOnly());
  ASSERT_TRUE(second.ok());
  EXPECT_NE((*second)->local().port, 5000);
}

}  // namespace
}  // namespace sfa::path
