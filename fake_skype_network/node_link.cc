#include "fake_skype_network/node_link.h"

#include <utility>

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
        Probe();
        keepalive_->Start(kKeepaliveInterval);
      })),
      patience_(runtime.NewTimer([this] {
        Lose({ErrorCode::kTimedOut, "the node does not answer"});
      })) {
  if (keep_) Connect();
}

bool NodeLink::Send(const wire::Message& message) {
  if (unheard_.size() >= kMaxUnheard) return false;
  unheard_.push_back(message);
  Await();
  if (is_open()) {
    stream_->Send(message);
    Probe();
  } else if (!stream_ && !again_->running()) {
    Connect();
  }
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
  for (const wire::Message& each : unheard_) stream.Send(each);
  if (!unheard_.empty()) Probe();
  keepalive_->Start(kKeepaliveInterval);
  handler_.OnLinkOpen(*this);
}

void NodeLink::OnMessage(stream::MessageStream&, const wire::Message& message) {
  if (!message.has_keepalive()) return handler_.OnLinkMessage(*this, message);
  if (!probing_ || message.request() != probe_) return;
  probing_ = false;
  patience_->Cancel();
  unheard_.erase(unheard_.begin(), unheard_.begin() + static_cast<long>(covered_));
  if (!unheard_.empty()) Probe();
}

void NodeLink::Probe() {
  if (probing_ || !is_open()) return;
  probing_ = true;
  covered_ = unheard_.size();
  wire::Message message;
  message.set_request(++probe_);
  message.mutable_keepalive();
  stream_->Send(message);
  Await();
}

void NodeLink::Await() {
  if (!patience_->running()) patience_->Start(kPatience);
}

void NodeLink::Lose(const Error& error) {
  runtime_.log().Write(LogLevel::kNotice, "supernode", node_.ToString() + ": " + error.message);
  stream_ = nullptr;
  probing_ = false;
  keepalive_->Cancel();
  patience_->Cancel();
  if (keep_ && !again_->running()) again_->Start(kPause);
  handler_.OnLinkLost(*this, std::exchange(unheard_, {}));
}

}  // namespace sfa::community
