#include "protocol/peer/node_stream.h"

#include <utility>

namespace sfa::peer {

std::vector<uint16_t> PortsOf(const Endpoint& node) {
  std::vector<uint16_t> ports = {node.port};
  for (const uint16_t port : kWebPorts) {
    if (port != node.port) ports.push_back(port);
  }
  return ports;
}

NodeStream::NodeStream(Runtime& runtime, const Endpoint& node, std::vector<uint16_t> ports,
                       Duration patience, const stream::Key& root_key, wire::NodeRole role,
                       NodeStreamHandler& handler)
    : runtime_(runtime),
      node_(node),
      ports_(std::move(ports)),
      patience_(patience),
      root_key_(root_key),
      role_(role),
      handler_(handler),
      limit_(runtime.NewTimer([this] {
        stream_ = nullptr;
        OnFailed({ErrorCode::kTimedOut, "no answer"});
      })) {
  TryNextPort();
}

NodeStream::~NodeStream() = default;

void NodeStream::TryNextPort() {
  const Endpoint server{node_.address, ports_[next_++]};
  stream::MessageHandler& handler = *this;
  limit_->Start(patience_);
  stream_ = std::make_unique<stream::MessageStream>(runtime_, server, root_key_, role_, handler);
}

void NodeStream::OnOpen(stream::MessageStream&) {
  limit_->Cancel();
  opened_ = true;
  handler_.OnOpen(*this);
}

void NodeStream::OnMessage(stream::MessageStream&, const wire::Message& message) {
  handler_.OnMessage(*this, message);
}

void NodeStream::OnClosed(stream::MessageStream&, const Error& error) {
  const auto closed = std::exchange(stream_, nullptr);  // the error may be its own
  OnFailed(error);
}

void NodeStream::OnFailed(const Error& error) {
  limit_->Cancel();
  if (!opened_ && next_ < ports_.size()) return TryNextPort();
  handler_.OnClosed(*this, error);
}

}  // namespace sfa::peer
