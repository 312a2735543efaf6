// Nodes that die and come back, and what the others do meanwhile; relays opened by logging in.
#include <gtest/gtest.h>

#include <algorithm>

#include "fake_skype_network/community_bed.h"
#include "fake_skype_network/directory.h"
#include "fake_skype_network/neighbours.h"
#include "fake_skype_network/test_relay_client.h"
#include "protocol/peer/network.h"
#include "protocol/stream/message_stream.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;

using NodesTest = CommunityTest;

TEST_F(NodesTest, NodesServeOnWithoutALoginServerAndComeBackToIt) {
  TestPerson& bond = Bond(seconds(0));
  TestPerson& austin = Austin();
  login_server_ = nullptr;
  world_.RunFor(std::chrono::minutes(10));
  austin->CallUser("james_bond");
  world_.RunFor(seconds(3));
  EXPECT_EQ(austin.Calls(), (Diary{"ringing", "answered PCMU"}));
  austin->HangUp();
  world_.RunFor(seconds(1));
  austin->CallUser("nobody");
  world_.RunFor(seconds(8));
  EXPECT_EQ(austin.Calls().back(), "ended offline") << "who exists is known to the login server";
  // It starts again; what it kept is there, and nobody loses sight of anybody meanwhile.
  login_server_ = NewLogin();
  for (int i = 0; i < 30; ++i) {
    world_.RunFor(seconds(1));
    austin->CallUser("james_bond");
    world_.RunFor(seconds(1));
    EXPECT_EQ(austin.Calls().back(), "answered PCMU") << i;
    austin->HangUp();
  }
  world_.RunFor(seconds(1));
  austin->CallUser("nobody");
  world_.RunFor(seconds(2));
  EXPECT_EQ(austin.Calls().back(), "ended unknown user");
  LogIn("dr_evil", "million");
  EXPECT_TRUE(bond.LoggedIn());
}

TEST_F(NodesTest, UsersAreFoundWhicheverNodeDiesAndComesBack) {
  TestPerson& bond = Bond(seconds(0));
  TestPerson& austin = Austin();
  for (size_t round = 0; round < 2; ++round) {
    for (size_t dead = 0; dead < nodes_.size(); ++dead) {
      nodes_[dead] = nullptr;
      world_.RunFor(seconds(60));
      ASSERT_TRUE(bond.LoggedIn() && austin.LoggedIn());
      for (int i = 0; i < 2; ++i) {
        austin->CallUser("james_bond");
        world_.RunFor(seconds(3));
        EXPECT_EQ(austin.Calls().back(), "answered PCMU") << dead << " " << i;
        austin->HangUp();
        world_.RunFor(seconds(1));
        if (i == 0) nodes_[dead] = NewNode(dead);
        world_.RunFor(seconds(40));
      }
    }
  }
  EXPECT_EQ(UsersOnline(), 2u);
}

TEST_F(NodesTest, NodeThatStartsAnewAtOnceLearnsWhomItKeeps) {
  // Somebody whom two other nodes keep than the one where he is at home.
  const auto keepers = KeepersOf("james_bond", network_.bootstrap_nodes);
  const auto kept_at_home = [&] {
    const Endpoint home = network_.bootstrap_nodes.at(HomeOf("james_bond"));
    return std::find(keepers.begin(), keepers.end(), home) != keepers.end();
  };
  TestPerson* bond = &Bond(seconds(0));
  for (int i = 0; i < 30 && kept_at_home(); ++i) {
    (*bond)->LogOut();
    world_.RunFor(seconds(1));
    bond = &Bond(seconds(0));
  }
  ASSERT_FALSE(kept_at_home());
  // Both start anew, so fast that no list of nodes shows a gap to nodes that have just found the
  // login server again.
  login_server_ = nullptr;
  world_.RunFor(seconds(1));
  login_server_ = NewLogin();
  world_.RunFor(seconds(6));
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (i == HomeOf("james_bond")) continue;
    nodes_[i] = nullptr;
    nodes_[i] = NewNode(i);
  }
  world_.RunFor(seconds(8));
  ASSERT_TRUE(bond->LoggedIn());
  TestPerson& austin = Austin();
  austin->CallUser("james_bond");
  world_.RunFor(seconds(3));
  EXPECT_EQ(austin.Calls().back(), "answered PCMU");
}

TEST_F(NodesTest, CallThroughANodeThatIsGoneFailsWithinSeconds) {
  Bond();
  size_t home = HomeOf("james_bond");
  ASSERT_LT(home, nodes_.size());
  // Somebody at another home, however many it takes.
  TestPerson* caller = &Austin();
  for (int i = 0; i < 20 && HomeOf("austin_powers") == home; ++i) {
    (*caller)->LogOut();
    world_.RunFor(seconds(1));
    caller = &Austin();
  }
  ASSERT_NE(HomeOf("austin_powers"), home);
  // Neither the nodes nor the caller have been told yet when the call is placed.
  (*caller)->CallUser("james_bond");
  nodes_[home] = nullptr;
  persons_.front() = nullptr;
  runtimes_.front() = nullptr;
  world_.RunFor(seconds(8));
  EXPECT_EQ(caller->Calls(), (Diary{"ended offline"}));
}

// Sees what a node hears of the others.
class TestNeighbourhood final : public NeighboursHandler {
 public:
  void OnLoginServerMessage(const wire::Message&) override {}
  void OnNodeMessage(const Endpoint&, const wire::Message&) override {}
  void OnUnheard(const wire::Message&) override {}
  void OnNodesChanged(const std::vector<Endpoint>&) override { ++changes; }
  void OnNodeWasLost(const Endpoint&) override {}
  int changes = 0;
};

TEST_F(NodesTest, ListsOfALoginServerThatHasJustStartedRemoveNobody) {
  stream::TestRuntime runtime(world_, Ipv4Address::Of(198, 51, 100, 50), 50);
  const Endpoint self = {Ipv4Address::Of(198, 51, 100, 50), 33033};
  const Endpoint other = network_.bootstrap_nodes[0];
  const auto identity = stream::NewNodeIdentity(runtime.random(), kSeed, "x", wire::NODE_SUPERNODE);
  TestNeighbourhood seen;
  Neighbours neighbours(runtime, self, kLoginServer, network_.root_key, identity, seen);
  world_.RunFor(seconds(1));
  wire::NodeList both, alone;
  for (const Endpoint& node : {self, other}) *both.add_supernodes() = peer::ToWire(node);
  *alone.add_supernodes() = peer::ToWire(self);
  neighbours.OnNodeList(both);
  neighbours.OnNodeList(alone);
  EXPECT_EQ(neighbours.nodes(), (std::vector<Endpoint>{other, self}));
  world_.RunFor(Neighbours::kSettle);
  EXPECT_EQ(neighbours.nodes(), std::vector<Endpoint>{self});
  neighbours.OnNodeList(both);
  EXPECT_EQ(neighbours.nodes().size(), 2u);
  neighbours.OnNodeList(alone);
  EXPECT_EQ(neighbours.nodes(), std::vector<Endpoint>{self}) << "at once, when it is settled";
  EXPECT_EQ(seen.changes, 4);
}

// Somebody's stream to a node, message by message.
class TestClientStream final : public stream::MessageHandler {
 public:
  TestClientStream(Runtime& runtime, const Endpoint& to, const stream::Key& root_key,
                   const wire::NodeRole role)
      : stream_(runtime, to, root_key, role, *this) {}
  void OnOpen(stream::MessageStream&) override {}
  void OnMessage(stream::MessageStream&, const wire::Message& message) override {
    heard.push_back(message);
  }
  void OnClosed(stream::MessageStream&, const Error&) override {}
  stream::MessageStream& stream() { return stream_; }
  std::vector<wire::Message> heard;

 private:
  stream::MessageStream stream_;
};

TEST_F(NodesTest, LoginOpensTheRelayOfEveryNode) {
  stream::TestRuntime runtime(world_, Ipv4Address::Of(192, 0, 2, 80), 80);
  TestClientStream user(runtime, {kLoginServer.address, 443}, network_.root_key,
                        wire::NODE_LOGIN_SERVER);
  world_.RunFor(seconds(1));
  wire::Message login;
  login.mutable_login_request()->set_version(peer::kProtocolVersion);
  login.mutable_login_request()->set_user("james_bond");
  login.mutable_login_request()->set_password("shaken");
  login.mutable_login_request()->set_signing_key(std::string(32, 'k'));
  user.stream().Send(login);
  world_.RunFor(seconds(1));
  ASSERT_EQ(user.heard.size(), 1u);
  const wire::RelayCredential& relay = user.heard[0].login_reply().relay();
  EXPECT_EQ(relay.name(), "1275609602:james_bond") << "72 h after the login";
  const auto key = stun::LongTermKey(relay.name(), kRelayRealm, relay.password());

  for (size_t i = 0; i < nodes_.size(); ++i) {
    for (const uint16_t port : {uint16_t{33033}, uint16_t{80}, uint16_t{443}}) {
      TestPeerLog log;
      const auto socket = std::move(*runtime.OpenUdp({}, log));
      const Endpoint node = {network_.bootstrap_nodes[i].address, port};
      stun::Builder first(stun::MessageClass::kRequest, stun::kAllocate, {1});
      ASSERT_TRUE(socket->Send(node, first.bytes()).ok());
      world_.RunFor(seconds(1));
      ASSERT_EQ(log.heard.size(), 1u);
      const auto challenge = stun::Message::Parse(stun::ShortTermKey(log.heard[0].second));
      ASSERT_TRUE(challenge);
      stun::Builder second(stun::MessageClass::kRequest, stun::kAllocate, {2});
      second.Add32(stun::AttributeType::kRequestedTransport, 17u << 24);
      second.AddText(stun::AttributeType::kUsername, relay.name());
      second.AddText(stun::AttributeType::kRealm, kRelayRealm);
      second.AddText(stun::AttributeType::kNonce,
                     *challenge->FindText(stun::AttributeType::kNonce));
      second.AddIntegrity(key);
      ASSERT_TRUE(socket->Send(node, second.bytes()).ok());
      world_.RunFor(seconds(1));
      const auto granted = stun::Message::Parse(stun::ShortTermKey(log.heard.at(1).second));
      ASSERT_TRUE(granted);
      EXPECT_EQ(granted->message_class(), stun::MessageClass::kSuccess) << node.ToString();
    }
    EXPECT_EQ(nodes_[i]->relays_now(), 3u);
  }
  // A node dies with its relays, and is there again.
  nodes_[0] = nullptr;
  nodes_[0] = NewNode(0);
  EXPECT_EQ(nodes_[0]->relays_now(), 0u);
}

}  // namespace
}  // namespace sfa::community
