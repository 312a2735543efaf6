// What a link promises about messages to nodes that are slow, dark, gone and there again.
#include "fake_skype_network/node_link.h"

#include <gtest/gtest.h>

#include "fake_skype_network/supernode.h"
#include "protocol/stream/test_world.h"

namespace sfa::community {
namespace {

using std::chrono::seconds;

class NodeLinkTest : public testing::Test, private NodeLinkHandler {
 protected:
  static constexpr stream::Key kSeed = {7};
  static constexpr Endpoint kSelf = {Ipv4Address::Of(198, 51, 100, 1), 33033};
  static constexpr Endpoint kNode = {Ipv4Address::Of(198, 51, 100, 2), 33033};

  NodeLinkTest() {
    NodeLinkHandler& handler = *this;
    link_ = std::make_unique<NodeLink>(runtime_, kSelf, kNode, wire::NODE_SUPERNODE,
                                       stream::SigningKeyOf(kSeed).public_key, identity_, false,
                                       handler);
  }
  std::unique_ptr<Supernode> NewNode() {
    SupernodeSettings settings;
    settings.name = "other";
    settings.listen = kNode;
    settings.login_server = {Ipv4Address::Of(198, 51, 100, 100), 33033};
    settings.root_seed = kSeed;
    return std::move(NewSupernode(node_runtime_, settings).value());
  }
  void SendLookup(uint32_t request) {
    wire::Message message;
    message.set_request(request);
    message.mutable_lookup()->set_user("nobody");
    EXPECT_TRUE(link_->Send(message));
  }

  void OnLinkOpen(NodeLink&) override { ++opened_; }
  void OnLinkMessage(NodeLink&, const wire::Message& message) override {
    answered_.push_back(message.request());
  }
  void OnLinkLost(NodeLink&, const std::deque<wire::Message>& unheard) override {
    ++lost_;
    for (const wire::Message& each : unheard) unheard_.push_back(each.request());
  }

  stream::TestWorld world_;
  stream::TestRuntime runtime_{world_, kSelf.address, 1};
  stream::TestRuntime node_runtime_{world_, kNode.address, 2};
  const stream::NodeIdentity identity_ =
      stream::NewNodeIdentity(runtime_.random(), kSeed, "self", wire::NODE_SUPERNODE);
  int opened_ = 0, lost_ = 0;
  std::vector<uint32_t> answered_, unheard_;
  std::unique_ptr<NodeLink> link_;
};

using Numbers = std::vector<uint32_t>;

TEST_F(NodeLinkTest, WhatArrivesDoesNotComeBack) {
  const auto node = NewNode();
  for (uint32_t i = 1; i <= 20; ++i) {
    SendLookup(i);
    world_.RunFor(std::chrono::milliseconds(7));
  }
  world_.RunFor(std::chrono::hours(1));
  EXPECT_EQ(answered_.size(), 20u);
  EXPECT_EQ(unheard_, Numbers());
  EXPECT_EQ(lost_, 0) << "a quiet link stays";
  EXPECT_EQ(opened_, 1);
}

TEST_F(NodeLinkTest, WhatIsSentToNobodyComesBack) {
  SendLookup(1);
  SendLookup(2);
  world_.RunFor(seconds(1));
  EXPECT_EQ(unheard_, (Numbers{1, 2}));
  const auto node = NewNode();
  SendLookup(3);
  world_.RunFor(seconds(1));
  EXPECT_EQ(answered_, Numbers{3});
}

TEST_F(NodeLinkTest, WhatIsSentIntoTheDarkComesBackWithinSeconds) {
  const auto node = NewNode();
  SendLookup(1);
  world_.RunFor(seconds(1));
  world_.on_the_way = [](bool, std::vector<uint8_t>& bytes) { bytes.clear(); };
  SendLookup(2);
  world_.RunFor(NodeLink::kPatience);
  EXPECT_EQ(lost_, 1);
  EXPECT_EQ(unheard_, Numbers{2});
  SendLookup(3);  // not even a connection comes about
  world_.RunFor(NodeLink::kPatience);
  EXPECT_EQ(unheard_, (Numbers{2, 3}));
  world_.on_the_way = [](bool, std::vector<uint8_t>&) {};
  SendLookup(4);
  world_.RunFor(seconds(1));
  EXPECT_EQ(answered_, (Numbers{1, 4}));
}

TEST_F(NodeLinkTest, DarkNodeIsNoticedThoughNothingIsSent) {
  const auto node = NewNode();
  SendLookup(1);
  world_.RunFor(seconds(1));
  world_.on_the_way = [](bool, std::vector<uint8_t>& bytes) { bytes.clear(); };
  world_.RunFor(NodeLink::kKeepaliveInterval + NodeLink::kPatience);
  EXPECT_EQ(lost_, 1);
}

TEST_F(NodeLinkTest, WhatIsUnderWayHasABound) {
  wire::Message message;
  message.mutable_lookup();
  for (size_t i = 0; i < NodeLink::kMaxUnheard; ++i) EXPECT_TRUE(link_->Send(message));
  EXPECT_FALSE(link_->Send(message));
}

}  // namespace
}  // namespace sfa::community
