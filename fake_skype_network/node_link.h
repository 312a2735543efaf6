// A supernode's own stream to another node: to the login server, or to another supernode.
#ifndef FAKE_SKYPE_NETWORK_NODE_LINK_H_
#define FAKE_SKYPE_NETWORK_NODE_LINK_H_

#include <deque>
#include <memory>

#include "protocol/stream/message_stream.h"
#include "runtime/runtime.h"

namespace sfa::community {

class NodeLink;

class NodeLinkHandler {
 public:
  // The node is there (again).
  virtual void OnLinkOpen(NodeLink& link) = 0;
  virtual void OnLinkMessage(NodeLink& link, const wire::Message& message) = 0;
  // Lost, or never reached. `unheard`: what was to be sent and the node may not have had, in order.
  // The link connects again by itself when `keep`, otherwise with the next Send().
  virtual void OnLinkLost(NodeLink& link, const std::deque<wire::Message>& unheard) = 0;

 protected:
  ~NodeLinkHandler() = default;
};

// Introduces itself (NodeHello with proof) and then sends what there is to send.
//
// Contract:
//  1. What Send() has taken reaches the node, or comes back with OnLinkLost() within kPatience and
//     a round trip; it may do both. To know, keepalives follow what is sent, and the node returns
//     them.
//  2. A node that does not answer a keepalive for kPatience is lost, whatever TCP says.
//  3. No call from inside Send(). The handler may not destroy the link from inside its calls.
class NodeLink final : private stream::MessageHandler {
 public:
  static constexpr size_t kMaxUnheard = 1000;  // messages; more are refused
  static constexpr Duration kPause = std::chrono::seconds(5);
  static constexpr Duration kPatience = std::chrono::seconds(5);
  static constexpr Duration kKeepaliveInterval = std::chrono::seconds(30);

  // `identity` and `handler` outlive this.
  NodeLink(Runtime& runtime, const Endpoint& self, const Endpoint& node, wire::NodeRole role,
           const stream::Key& root_key, const stream::NodeIdentity& identity, bool keep,
           NodeLinkHandler& handler);

  const Endpoint& node() const { return node_; }
  bool is_open() const { return stream_ && stream_->open(); }
  // Connects when necessary; false when too much is under way already.
  bool Send(const wire::Message& message);

 private:
  void Connect();
  void OnOpen(stream::MessageStream& stream) override;
  void OnMessage(stream::MessageStream& stream, const wire::Message& message) override;
  void OnClosed(stream::MessageStream&, const Error& error) override { Lose(error); }
  void Probe();
  void Await();
  void Lose(const Error& error);

  Runtime& runtime_;
  const Endpoint self_;
  const Endpoint node_;
  const wire::NodeRole role_;
  const stream::Key root_key_;
  const stream::NodeIdentity& identity_;
  const bool keep_;
  NodeLinkHandler& handler_;
  std::deque<wire::Message> unheard_;
  uint32_t probe_ = 0;    // number of the latest keepalive
  bool probing_ = false;  // it has not come back yet
  size_t covered_ = 0;    // of unheard_, sent before it
  std::unique_ptr<Timer> again_;
  std::unique_ptr<Timer> keepalive_;
  std::unique_ptr<Timer> patience_;
  std::unique_ptr<stream::MessageStream> stream_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_NODE_LINK_H_
