// A stream to one node, opened where the node lets itself be reached: at its own port, at 80, at
// 443.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_NODE_STREAM_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_NODE_STREAM_H_

#include <memory>
#include <string>
#include <vector>

#include "protocol/stream/message_stream.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class NodeStream;

class NodeStreamHandler {
 public:
  virtual void OnOpen(NodeStream& stream) = 0;
  virtual void OnMessage(NodeStream& stream, const wire::Message& message) = 0;
  // Could not be opened at any port, or has ended. The last call.
  virtual void OnClosed(NodeStream& stream, const Error& error) = 0;

 protected:
  ~NodeStreamHandler() = default;
};

// HTTP and HTTPS: what firewalls let through (manual 3.1, disable_tcpauto; Baset and
// Schulzrinne 2004: TCP to the node's port, then 80, then 443).
inline constexpr uint16_t kWebPorts[] = {80, 443};

// The node's port first, then those of kWebPorts that it is not.
std::vector<uint16_t> PortsOf(const Endpoint& node);

// Contract as of MessageStream.
class NodeStream final : private stream::MessageHandler {
 public:
  // Tries `ports` one after another, each for at most `patience` until the node has proved who it
  // is. At least one port.
  NodeStream(Runtime& runtime, const Endpoint& node, std::vector<uint16_t> ports, Duration patience,
             const stream::Key& root_key, wire::NodeRole role, NodeStreamHandler& handler);
  ~NodeStream();

  bool Send(const wire::Message& message) { return stream_ && stream_->Send(message); }
  bool open() const { return stream_ && stream_->open(); }
  const stream::Hash& handshake_hash() const { return stream_->handshake_hash(); }
  // The port that is being tried, or at which it is open.
  uint16_t port() const { return ports_[next_ - 1]; }

 private:
  void OnOpen(stream::MessageStream& stream) override;
  void OnMessage(stream::MessageStream& stream, const wire::Message& message) override;
  void OnClosed(stream::MessageStream& stream, const Error& error) override;

  void TryNextPort();
  void OnFailed(const Error& error);

  Runtime& runtime_;
  const Endpoint node_;
  const std::vector<uint16_t> ports_;
  const Duration patience_;
  const stream::Key root_key_;
  const wire::NodeRole role_;
  NodeStreamHandler& handler_;
  size_t next_ = 0;
  bool opened_ = false;
  std::unique_ptr<Timer> limit_;
  std::unique_ptr<stream::MessageStream> stream_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_NODE_STREAM_H_
