#include "protocol/stream/secure_stream.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace sfa::stream {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kLengthBytes = 2;
constexpr size_t kTagBytes = crypto_aead_chacha20poly1305_ietf_ABYTES;
constexpr size_t kClientHelloBytes = 1 + sizeof(Key);
// A key, a certificate: its name is the only part without a fixed length.
constexpr size_t kMaxServerHelloBytes = sizeof(Key) + 256;

std::array<uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> Nonce(uint64_t counter) {
  std::array<uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> nonce{};
  for (size_t i = 0; i < 8; ++i) nonce[4 + i] = static_cast<uint8_t>(counter >> 8 * i);
  return nonce;
}

Key KeyAt(std::span<const uint8_t> bytes) {
  Key key;
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

Error Garbled() { return {ErrorCode::kInvalid, "the stream's handshake is garbled"}; }

}  // namespace

SecureStream::SecureStream(Runtime& runtime, const Endpoint& remote, const Key& root_key,
                           wire::NodeRole role, SecureStreamHandler& handler)
    : runtime_(runtime),
      handler_(handler),
      identity_(nullptr),
      root_key_(root_key),
      role_(role),
      state_(State::kConnecting),
      ephemeral_(NewExchangeKey(runtime.random())),
      self_(std::make_shared<SecureStream*>(this)),
      timeout_(runtime.NewTimer([this] {
        Close({ErrorCode::kTimedOut, "the node has not finished the stream's handshake"});
      })),
      stream_(runtime.ConnectTcp({}, remote, *this)) {
  timeout_->Start(kHandshakeTimeout);
}

SecureStream::SecureStream(Runtime& runtime, std::unique_ptr<ByteStream> accepted,
                           const NodeIdentity& identity, SecureStreamHandler& handler)
    : runtime_(runtime),
      handler_(handler),
      identity_(&identity),
      state_(State::kClientHello),
      ephemeral_(NewExchangeKey(runtime.random())),
      self_(std::make_shared<SecureStream*>(this)),
      timeout_(runtime.NewTimer([this] {
        Close({ErrorCode::kTimedOut, "the client has not finished the stream's handshake"});
      })),
      stream_(std::move(accepted)) {
  stream_->SetHandler(this);
  timeout_->Start(kHandshakeTimeout);
}

SecureStream::~SecureStream() {
  if (destroyed_ != nullptr) *destroyed_ = true;
  *self_ = nullptr;
}

bool SecureStream::Send(std::span<const uint8_t> content) {
  if (!secured() || content.size() > kMaxFrameBytes) return false;
  return SendSealed(content);
}

void SecureStream::OnConnected() {
  state_ = State::kServerHello;
  std::array<uint8_t, kClientHelloBytes> hello;
  hello[0] = kVersion;
  std::copy(ephemeral_.public_key.begin(), ephemeral_.public_key.end(), hello.begin() + 1);
  WriteHello(hello);
}

void SecureStream::OnData(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    if (state_ == State::kClosed || state_ == State::kConnecting || failing_) return;
    // First the length, then as much as it says and not a byte more.
    size_t wanted = kLengthBytes;
    if (incoming_.size() >= kLengthBytes) {
      wanted += static_cast<size_t>(incoming_[0]) << 8 | incoming_[1];
    }
    const size_t taken = std::min(bytes.size(), wanted - incoming_.size());
    incoming_.insert(incoming_.end(), bytes.begin(), bytes.begin() + static_cast<long>(taken));
    bytes = bytes.subspan(taken);
    if (incoming_.size() < wanted) return;
    if (wanted == kLengthBytes) {
      const size_t length = static_cast<size_t>(incoming_[0]) << 8 | incoming_[1];
      if (length == 0 || length > MaxMessageBytes()) {
        Close({ErrorCode::kInvalid, "a message of impossible length came in"});
        return;
      }
      continue;
    }
    if (!OnMessage(incoming_)) return;
    incoming_.clear();
  }
}

size_t SecureStream::MaxMessageBytes() const {
  switch (state_) {
    case State::kClientHello:
      return kClientHelloBytes;
    case State::kServerHello:
      return kMaxServerHelloBytes;
    case State::kFinished:
      return kTagBytes;
    default:
      return kMaxFrameBytes + kTagBytes;
  }
}

bool SecureStream::OnMessage(std::span<const uint8_t> message) {
  switch (state_) {
    case State::kClientHello:
      return OnClientHello(message);
    case State::kServerHello:
      return OnServerHello(message);
    default:
      return OnSealed(message.first(kLengthBytes), message.subspan(kLengthBytes));
  }
}

bool SecureStream::OnClientHello(std::span<const uint8_t> message) {
  const auto hello = message.subspan(kLengthBytes);
  if (hello.size() != kClientHelloBytes || hello[0] != kVersion) return Close(Garbled()), false;
  transcript_.assign(message.begin(), message.end());
  const Key client_key = KeyAt(hello.subspan(1));

  std::string certificate;
  identity_->certificate.SerializeToString(&certificate);
  std::vector<uint8_t> reply(ephemeral_.public_key.begin(), ephemeral_.public_key.end());
  reply.insert(reply.end(), certificate.begin(), certificate.end());
  WriteHello(reply);

  const auto ephemeral = Agree(ephemeral_.secret, client_key);
  const auto authenticated = Agree(identity_->secret, client_key);
  if (!ephemeral || !authenticated) return Close(Garbled()), false;
  DeriveKeys(*ephemeral, *authenticated, false);
  state_ = State::kFinished;
  return SendSealed({});
}

bool SecureStream::OnServerHello(std::span<const uint8_t> message) {
  const auto hello = message.subspan(kLengthBytes);
  if (hello.size() <= sizeof(Key)) return Close(Garbled()), false;
  const auto certificate = hello.subspan(sizeof(Key));
  if (!server_.ParseFromArray(certificate.data(), static_cast<int>(certificate.size()))) {
    return Close(Garbled()), false;
  }
  if (const Status status = VerifyNode(server_, root_key_, role_); !status) {
    return Close(status.error()), false;
  }
  transcript_.insert(transcript_.end(), message.begin(), message.end());
  const auto ephemeral = Agree(ephemeral_.secret, KeyAt(hello));
  const auto authenticated = Agree(ephemeral_.secret, *ToKey(server_.public_key()));
  if (!ephemeral || !authenticated) return Close(Garbled()), false;
  DeriveKeys(*ephemeral, *authenticated, true);
  state_ = State::kFinished;
  return SendSealed({});
}

void SecureStream::DeriveKeys(const Key& ephemeral, const Key& authenticated, bool client) {
  Blake2b(handshake_hash_, transcript_);
  std::array<uint8_t, 2 * sizeof(Key)> secret;
  std::copy(ephemeral.begin(), ephemeral.end(), secret.begin());
  std::copy(authenticated.begin(), authenticated.end(), secret.begin() + sizeof(Key));
  std::array<uint8_t, 2 * sizeof(Key)> keys;
  Blake2b(keys, Fields("sfa stream keys").Add(std::span<const uint8_t>(handshake_hash_)).bytes(),
          secret);
  const Key from_client = KeyAt(keys);
  const Key from_server = KeyAt(std::span(keys).subspan(sizeof(Key)));
  sending_.key = client ? from_client : from_server;
  receiving_.key = client ? from_server : from_client;
  sodium_memzero(secret.data(), secret.size());
  sodium_memzero(keys.data(), keys.size());
  sodium_memzero(ephemeral_.secret.data(), ephemeral_.secret.size());
  transcript_ = {};
}

bool SecureStream::OnSealed(std::span<const uint8_t> length, std::span<const uint8_t> sealed) {
  if (sealed.size() < kTagBytes) {
    return Close({ErrorCode::kInvalid, "a frame came in that is too short"}), false;
  }
  content_.resize(sealed.size() - kTagBytes);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(
          content_.data(), nullptr, nullptr, sealed.data(), sealed.size(), length.data(),
          length.size(), Nonce(receiving_.counter).data(), receiving_.key.data()) != 0) {
    return Close({ErrorCode::kInvalid, "a forged or garbled frame came in"}), false;
  }
  ++receiving_.counter;
  bool destroyed = false;
  destroyed_ = &destroyed;
  if (state_ == State::kFinished) {
    state_ = State::kSecured;
    timeout_->Cancel();
    handler_.OnSecured();
  } else {
    handler_.OnFrame(content_);
  }
  if (destroyed) return false;
  destroyed_ = nullptr;
  return state_ != State::kClosed;
}

bool SecureStream::SendSealed(std::span<const uint8_t> content) {
  const size_t length = content.size() + kTagBytes;
  sealed_.resize(kLengthBytes + length);
  sealed_[0] = static_cast<uint8_t>(length >> 8);
  sealed_[1] = static_cast<uint8_t>(length);
  crypto_aead_chacha20poly1305_ietf_encrypt(sealed_.data() + kLengthBytes, nullptr, content.data(),
                                            content.size(), sealed_.data(), kLengthBytes, nullptr,
                                            Nonce(sending_.counter).data(), sending_.key.data());
  ++sending_.counter;
  return Write(sealed_);
}

void SecureStream::WriteHello(std::span<const uint8_t> message) {
  std::vector<uint8_t> bytes{static_cast<uint8_t>(message.size() >> 8),
                             static_cast<uint8_t>(message.size())};
  bytes.insert(bytes.end(), message.begin(), message.end());
  transcript_.insert(transcript_.end(), bytes.begin(), bytes.end());
  Write(bytes);
}

bool SecureStream::Write(std::span<const uint8_t> bytes) {
  const size_t taken = queue_.empty() ? stream_->Write(bytes) : 0;
  bytes = bytes.subspan(taken);
  if (queue_.size() + bytes.size() > kMaxQueuedBytes) {
    CloseSoon({ErrorCode::kNoSpace, "the other end does not take what is sent to it"});
    return false;
  }
  queue_.insert(queue_.end(), bytes.begin(), bytes.end());
  return true;
}

void SecureStream::OnWritable() {
  std::array<uint8_t, 4096> chunk;
  while (!queue_.empty()) {
    const size_t size = std::min(chunk.size(), queue_.size());
    std::copy_n(queue_.begin(), size, chunk.begin());
    const size_t taken = stream_->Write(std::span(chunk).first(size));
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<long>(taken));
    if (taken < size) return;
  }
}

void SecureStream::OnEndOfStream() {
  Close({ErrorCode::kClosed, "the other end has closed the stream"});
}

void SecureStream::OnError(const Error& error) { Close(error); }

void SecureStream::Close(const Error& error) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  timeout_->Cancel();
  queue_.clear();
  if (error.code != ErrorCode::kClosed) stream_->Abort();
  // May destroy this.
  handler_.OnClosed(error);
}

void SecureStream::CloseSoon(const Error& error) {
  if (failing_) return;
  failing_ = true;
  runtime_.Post([self = self_, error] {
    if (*self != nullptr) (*self)->Close(error);
  });
}

}  // namespace sfa::stream
