// Who stays and who goes when a node has all the connections that it can have.
#include "fake_skype_network/connection_table.h"

#include <gtest/gtest.h>

#include "protocol/stream/test_world.h"

namespace sfa::community {
namespace {

struct State {
  bool known = false;
  bool MakesRoom() const { return !known; }
};
using Table = ConnectionTable<State>;

class Client final : private stream::MessageHandler {
 public:
  Client(Runtime& runtime, const Endpoint& node, const stream::Key& root) {
    stream::MessageHandler& handler = *this;
    stream_ =
        std::make_unique<stream::MessageStream>(runtime, node, root, wire::NODE_SUPERNODE, handler);
  }
  void Introduce() {
    wire::Message message;
    message.mutable_keepalive();
    EXPECT_TRUE(stream_->Send(message));
  }
  bool over = false;

 private:
  void OnOpen(stream::MessageStream&) override {}
  void OnMessage(stream::MessageStream&, const wire::Message&) override {}
  void OnClosed(stream::MessageStream&, const Error&) override { over = true; }
  std::unique_ptr<stream::MessageStream> stream_;
};

class ConnectionTableTest : public testing::Test, private Table::Handler {
 protected:
  static constexpr size_t kMost = 3;
  static constexpr stream::Key kSeed = {7};
  static constexpr Endpoint kNode = {Ipv4Address::Of(198, 51, 100, 2), 33033};

  std::unique_ptr<Client> Connect(bool introduce) {
    auto client =
        std::make_unique<Client>(client_runtime_, kNode, stream::SigningKeyOf(kSeed).public_key);
    world_.RunFor(std::chrono::seconds(1));
    if (introduce) client->Introduce();
    world_.RunFor(std::chrono::seconds(1));
    return client;
  }
  int gone() const { return gone_; }

 private:
  void OnMessage(Table::Connection& connection, const wire::Message&) override {
    connection.state.known = true;
  }
  void OnGone(Table::Connection&) override { ++gone_; }

  int gone_ = 0;
  stream::TestWorld world_;
  stream::TestRuntime node_runtime_{world_, kNode.address, 1};
  stream::TestRuntime client_runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 2};
  const stream::NodeIdentity identity_ =
      stream::NewNodeIdentity(node_runtime_.random(), kSeed, "node", wire::NODE_SUPERNODE);
  Table::Handler& handler_ = *this;
  Table table_{node_runtime_, identity_, kMost, handler_};
  std::unique_ptr<TcpListener> listener_ =
      std::move(node_runtime_.ListenTcp(kNode, table_.acceptor())).value();
};

TEST_F(ConnectionTableTest, TheOldestStrangerMakesRoom) {
  const auto known = Connect(true), stranger = Connect(false), other = Connect(false);
  const auto next = Connect(true);
  EXPECT_FALSE(known->over);
  EXPECT_TRUE(stranger->over);
  EXPECT_FALSE(other->over);
  EXPECT_FALSE(next->over);
  EXPECT_EQ(gone(), 1);
}

TEST_F(ConnectionTableTest, NobodyMakesRoomWhoIsKnown) {
  const auto one = Connect(true), two = Connect(true), three = Connect(true);
  const auto next = Connect(false);
  EXPECT_TRUE(next->over);
  EXPECT_FALSE(one->over || two->over || three->over);
  EXPECT_EQ(gone(), 0);
}

TEST_F(ConnectionTableTest, StrangersComeAndGoBesideThoseWhoAreKnown) {
  const auto one = Connect(true), two = Connect(true);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Connect(false)->over);
  EXPECT_GE(gone(), 4);
  EXPECT_FALSE(one->over || two->over);
}

}  // namespace
}  // namespace sfa::community
