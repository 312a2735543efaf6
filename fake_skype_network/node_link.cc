#include "fake_skype_network/node_link.h"

#include "protocol/peer/network.h"

namespace sfa::community {

NodeLink::NodeLink(Runtime& runtime, const Endpoint& self, const Endpoint& node,
                   wire::NodeRole role, const stream::Key& root_key,
                   const stream::NodeIdentity& identity, bool keep, NodeLinkHandler& handler)
    : runtime_(runtime),
      self_(self),
      node_(node),
      role_(role),
      root_key_(root_key),
      identity_(identity),
      keep_(keep),
      handler_(handler),
      again_(runtime.NewTimer([this] { Connect(); })),
      keepalive_(runtime.NewTimer([this] {
        wire::Message message;
        message.mutable_keepalive();
        Send(message);
        keepalive_->Start(kKeepaliveInterval);
      })) {
  if (keep_) Connect();
}

bool NodeLink::Send(const wire::Message& message) {
  if (stream_ && stream_->open()) return stream_->Send(message);
  if (waiting_.size() >= kMaxWaiting) return false;
  waiting_.push_back(message);
  if (!stream_ && !again_->running()) Connect();
  return true;
}

void NodeLink::Connect() {
  stream::MessageHandler& handler = *this;
  stream_ = std::make_unique<stream::MessageStream>(runtime_, node_, root_key_, role_, handler);
}

void NodeLink::OnOpen(stream::MessageStream& stream) {
  wire::Message message;
  wire::NodeHello* hello = message.mutable_node_hello();
  *hello->mutable_certificate() = identity_.certificate;
  *hello->mutable_address() = peer::ToWire(self_);
  hello->set_proof(stream::ProveNode(identity_, *stream::ToKey(stream.server().public_key()),
                                     stream.handshake_hash()));
  stream.Send(message);
  while (!waiting_.empty()) {
    stream.Send(waiting_.front());
    waiting_.pop_front();
  }
  keepalive_->Start(kKeepaliveInterval);
}

void NodeLink::OnMessage(stream::MessageStream&, const wire::Message& message) {
  if (!message.has_keepalive()) handler_.OnLinkMessage(*this, message);
}

void NodeLink::OnClosed(stream::MessageStream&, const Error& error) {
  runtime_.log().Write(LogLevel::kNotice, "supernode", node_.ToString() + ": " + error.message);
  stream_ = nullptr;
  waiting_.clear();
  keepalive_->Cancel();
  if (keep_) again_->Start(kPause);
  handler_.OnLinkLost(*this);
}

}  // namespace sfa::community
