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
  virtual void OnLinkMessage(NodeLink& link, const wire::Message& message) = 0;
  // Lost; what it had not sent is lost too. It connects again by itself when `keep`, otherwise
  // with the next Send().
  virtual void OnLinkLost(NodeLink& link) = 0;

 protected:
  ~NodeLinkHandler() = default;
};

// Introduces itself (NodeHello with proof) and then sends what there is to send. The handler may
// not destroy the link from inside its calls.
class NodeLink final : private stream::MessageHandler {
 public:
  static constexpr size_t kMaxWaiting = 1000;  // messages before the stream is open
  static constexpr Duration kPause = std::chrono::seconds(5);
  static constexpr Duration kKeepaliveInterval = std::chrono::seconds(60);

  // `identity` and `handler` outlive this.
  NodeLink(Runtime& runtime, const Endpoint& self, const Endpoint& node, wire::NodeRole role,
           const stream::Key& root_key, const stream::NodeIdentity& identity, bool keep,
           NodeLinkHandler& handler);

  const Endpoint& node() const { return node_; }
  // Connects when necessary; false when too much is waiting already.
  bool Send(const wire::Message& message);

 private:
  void Connect();
  void OnOpen(stream::MessageStream& stream) override;
  void OnMessage(stream::MessageStream& stream, const wire::Message& message) override;
  void OnClosed(stream::MessageStream& stream, const Error& error) override;

  Runtime& runtime_;
  const Endpoint self_;
  const Endpoint node_;
  const wire::NodeRole role_;
  const stream::Key root_key_;
  const stream::NodeIdentity& identity_;
  const bool keep_;
  NodeLinkHandler& handler_;
  std::deque<wire::Message> waiting_;
  std::unique_ptr<Timer> again_;
  std::unique_ptr<Timer> keepalive_;
  std::unique_ptr<stream::MessageStream> stream_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_NODE_LINK_H_
