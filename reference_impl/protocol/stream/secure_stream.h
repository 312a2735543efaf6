// An encrypted, authenticated stream of frames over a byte stream.
//
//   client                                       server
//     u16 length | version | e_c  ───────────────▶
//     ◀─────────── u16 length | e_s | NodeCertificate
//     ◀─────────────────────── empty frame (finished)
//     empty frame (finished) ────────────────────▶
//     frames ◀───────────────────────────────────▶ frames
//
// e_c and e_s are X25519 keys of this stream. The handshake hash is BLAKE2b over both first
// messages; the two directions' keys are BLAKE2b over it, keyed with X25519(e_c, e_s) and
// X25519(e_c, certificate's key). A frame is u16 length | ChaCha20-Poly1305 (RFC 8439), the length
// being authenticated with it and the nonce counting frames from 0 in each direction. Whoever
// changes, repeats, reorders or leaves out anything makes the next tag wrong, and that ends the
// stream.
#ifndef REFERENCE_IMPL_PROTOCOL_STREAM_SECURE_STREAM_H_
#define REFERENCE_IMPL_PROTOCOL_STREAM_SECURE_STREAM_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "protocol/stream/credentials.h"
#include "protocol/stream/keys.h"
#include "runtime/runtime.h"

namespace sfa::stream {

// The longest content of a frame.
inline constexpr size_t kMaxFrameBytes = 16 * 1024;
// What may wait for a slow reader; who stays behind further is cut off.
inline constexpr size_t kMaxQueuedBytes = 256 * 1024;
// From the connection's start until it is secured.
inline constexpr Duration kHandshakeTimeout = std::chrono::seconds(10);

class SecureStreamHandler {
 public:
  // The other end has proved what it can: a client knows its server from here on.
  virtual void OnSecured() = 0;
  // `content` is valid during the call only.
  virtual void OnFrame(std::span<const uint8_t> content) = 0;
  // Ended by the other end (kClosed), by a fault of the network, or for a forged, garbled or
  // late message (kInvalid, kPermissionDenied, kTimedOut). The last call.
  virtual void OnClosed(const Error& error) = 0;

 protected:
  ~SecureStreamHandler() = default;
};

// Contract as of ByteStream: no call from inside a method; a handler may destroy the stream from
// inside any call. Destroying it ends it in good order after what the network has taken already.
class SecureStream final : private StreamHandler {
 public:
  // As a client, of a server with this role.
  SecureStream(Runtime& runtime, const Endpoint& remote, const Key& root_key, wire::NodeRole role,
               SecureStreamHandler& handler);
  // As a server, on an accepted stream. `identity` outlives this.
  SecureStream(Runtime& runtime, std::unique_ptr<ByteStream> accepted, const NodeIdentity& identity,
               SecureStreamHandler& handler);
  ~SecureStream();

  // One frame, at most kMaxFrameBytes. False when the stream is not secured, is closed, or when
  // the other end does not take what is sent; in the last case OnClosed() follows.
  bool Send(std::span<const uint8_t> content);

  // What came in is unfit for what is above: ends the stream; OnClosed() follows with `error`.
  void Fail(const Error& error) { CloseSoon(error); }

  bool secured() const { return state_ == State::kSecured && !failing_; }
  // Names this very stream; both ends know it. From OnSecured() on.
  const Hash& handshake_hash() const { return handshake_hash_; }
  // A client's: its server. From OnSecured() on.
  const wire::NodeCertificate& server() const { return server_; }
  Endpoint local() const { return stream_->local(); }
  Endpoint remote() const { return stream_->remote(); }

 private:
  enum class State { kConnecting, kClientHello, kServerHello, kFinished, kSecured, kClosed };
  struct Direction {
    Key key{};
    uint64_t counter = 0;
  };

  void OnConnected() override;
  void OnData(std::span<const uint8_t> bytes) override;
  void OnWritable() override;
  void OnEndOfStream() override;
  void OnError(const Error& error) override;

  size_t MaxMessageBytes() const;
  // Both return false when the stream has been closed or destroyed meanwhile.
  bool OnMessage(std::span<const uint8_t> message);
  bool OnSealed(std::span<const uint8_t> length, std::span<const uint8_t> sealed);
  bool OnClientHello(std::span<const uint8_t> message);
  bool OnServerHello(std::span<const uint8_t> message);
  void DeriveKeys(const Key& ephemeral, const Key& authenticated, bool client);

  bool SendSealed(std::span<const uint8_t> content);
  bool Write(std::span<const uint8_t> bytes);
  void WriteHello(std::span<const uint8_t> message);
  void Close(const Error& error);
  void CloseSoon(const Error& error);

  Runtime& runtime_;
  SecureStreamHandler& handler_;
  const NodeIdentity* const identity_;  // a server's own; null in a client
  const Key root_key_{};
  const wire::NodeRole role_ = wire::NODE_UNSPECIFIED;
  State state_;
  bool failing_ = false;  // OnClosed() is on its way: nothing comes in or goes out any more
  ExchangeKey ephemeral_;
  std::vector<uint8_t> transcript_;
  Hash handshake_hash_{};
  wire::NodeCertificate server_;
  Direction sending_, receiving_;
  std::vector<uint8_t> incoming_;  // at most one message, with its length
  std::vector<uint8_t> content_;   // of the frame being delivered
  std::vector<uint8_t> sealed_;    // the frame being sent
  std::deque<uint8_t> queue_;      // accepted, not yet taken by the network
  bool* destroyed_ = nullptr;      // set while a handler is being called
  std::shared_ptr<SecureStream*> self_;
  std::unique_ptr<Timer> timeout_;
  std::unique_ptr<ByteStream> stream_;
};

}  // namespace sfa::stream

#endif  // REFERENCE_IMPL_PROTOCOL_STREAM_SECURE_STREAM_H_
