#include "protocol/stream/message_stream.h"

#include <utility>

namespace sfa::stream {

MessageStream::MessageStream(Runtime& runtime, const Endpoint& server, const Key& root_key,
                             wire::NodeRole role, MessageHandler& handler)
    : handler_(handler), stream_(runtime, server, root_key, role, *this) {}

MessageStream::MessageStream(Runtime& runtime, std::unique_ptr<ByteStream> accepted,
                             const NodeIdentity& identity, MessageHandler& handler)
    : handler_(handler), stream_(runtime, std::move(accepted), identity, *this) {}

bool MessageStream::Send(const wire::Message& message) {
  serialised_.clear();
  message.SerializeToString(&serialised_);
  return stream_.Send({reinterpret_cast<const uint8_t*>(serialised_.data()), serialised_.size()});
}

void MessageStream::OnSecured() { handler_.OnOpen(*this); }

void MessageStream::OnFrame(std::span<const uint8_t> content) {
  wire::Message message;
  if (!message.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    stream_.Fail({ErrorCode::kInvalid, "a frame came in that is no message"});
    return;
  }
  handler_.OnMessage(*this, message);
}

void MessageStream::OnClosed(const Error& error) { handler_.OnClosed(*this, error); }

}  // namespace sfa::stream
