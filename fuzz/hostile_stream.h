// For targets behind the secure stream: one end of it that says what the input wants.
#ifndef FUZZ_HOSTILE_STREAM_H_
#define FUZZ_HOSTILE_STREAM_H_

#include <functional>
#include <memory>
#include <string>

#include "protocol/signalling.pb.h"
#include "protocol/stream/secure_stream.h"

namespace sfa::fuzz {

class HostileStream final : private stream::SecureStreamHandler {
 public:
  HostileStream(Runtime& runtime, const Endpoint& server, const stream::Key& root,
                wire::NodeRole role)
      : stream_(runtime, server, root, role, *this) {}
  HostileStream(Runtime& runtime, std::unique_ptr<ByteStream> accepted,
                const stream::NodeIdentity& identity)
      : stream_(runtime, std::move(accepted), identity, *this) {}

  bool open() const { return stream_.secured(); }
  void Send(std::string_view bytes) {
    stream_.Send({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  }
  void Send(const wire::Message& message) { Send(message.SerializeAsString()); }
  stream::SecureStream& stream() { return stream_; }

  // What the other end says; it must be a message.
  std::function<void(const wire::Message&)> heard = [](const wire::Message&) {};

 private:
  void OnSecured() override {}
  void OnFrame(std::span<const uint8_t> content) override;
  void OnClosed(const Error&) override {}

  stream::SecureStream stream_;
};

// Known to the fuzz targets, so that they can sign as the network does.
inline constexpr stream::Key kRootSeed = {7};

}  // namespace sfa::fuzz

#endif  // FUZZ_HOSTILE_STREAM_H_
