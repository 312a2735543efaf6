// Protocol messages over a secure stream: one message in each frame.
#ifndef REFERENCE_IMPL_PROTOCOL_STREAM_MESSAGE_STREAM_H_
#define REFERENCE_IMPL_PROTOCOL_STREAM_MESSAGE_STREAM_H_

#include <memory>
#include <string>

#include "protocol/signalling.pb.h"
#include "protocol/stream/secure_stream.h"

namespace sfa::stream {

class MessageStream;

// `stream` is the one that speaks, for handlers of many.
class MessageHandler {
 public:
  virtual void OnOpen(MessageStream& stream) = 0;
  virtual void OnMessage(MessageStream& stream, const wire::Message& message) = 0;
  // The last call.
  virtual void OnClosed(MessageStream& stream, const Error& error) = 0;

 protected:
  ~MessageHandler() = default;
};

// Contract as of SecureStream.
class MessageStream final : private SecureStreamHandler {
 public:
  MessageStream(Runtime& runtime, const Endpoint& server, const Key& root_key, wire::NodeRole role,
                MessageHandler& handler);
  MessageStream(Runtime& runtime, std::unique_ptr<ByteStream> accepted,
                const NodeIdentity& identity, MessageHandler& handler);

  // False as SecureStream::Send(); also for a message that is too long.
  bool Send(const wire::Message& message);

  bool open() const { return stream_.secured(); }
  const Hash& handshake_hash() const { return stream_.handshake_hash(); }
  const wire::NodeCertificate& server() const { return stream_.server(); }
  Endpoint remote() const { return stream_.remote(); }

 private:
  void OnSecured() override;
  void OnFrame(std::span<const uint8_t> content) override;
  void OnClosed(const Error& error) override;

  MessageHandler& handler_;
  std::string serialised_;
  SecureStream stream_;
};

}  // namespace sfa::stream

#endif  // REFERENCE_IMPL_PROTOCOL_STREAM_MESSAGE_STREAM_H_
