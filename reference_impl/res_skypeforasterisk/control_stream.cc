#include "res_skypeforasterisk/control_stream.h"

namespace sfa::res {
namespace {

constexpr size_t kLengthBytes = 4;
constexpr size_t kMaxWaiting = 1024 * 1024;

std::span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

void MessageCutter::Add(std::span<const uint8_t> bytes) {
  if (broken_) return;
  buffer_.erase(0, consumed_);
  consumed_ = 0;
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::optional<std::string> MessageCutter::Next() {
  if (broken_ || buffer_.size() - consumed_ < kLengthBytes) return std::nullopt;
  size_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length = length << 8 | static_cast<uint8_t>(buffer_[consumed_ + i]);
  }
  if (length > kMaxControlMessage) {
    broken_ = true;
    buffer_.clear();
    consumed_ = 0;
    return std::nullopt;
  }
  if (buffer_.size() - consumed_ - kLengthBytes < length) return std::nullopt;
  std::string message = buffer_.substr(consumed_ + kLengthBytes, length);
  consumed_ += kLengthBytes + length;
  return message;
}

bool MessageWriter::Send(ByteStream& stream, std::string_view message) {
  if (message.size() > kMaxControlMessage) return false;
  if (waiting_.size() + kLengthBytes + message.size() > kMaxWaiting) return false;
  const bool was_waiting = !waiting_.empty();
  for (size_t i = kLengthBytes; i-- > 0;) {
    waiting_ += static_cast<char>(message.size() >> (8 * i) & 0xFF);
  }
  waiting_.append(message);
  if (!was_waiting) OnWritable(stream);
  return true;
}

void MessageWriter::OnWritable(ByteStream& stream) {
  if (waiting_.empty()) return;
  waiting_.erase(0, stream.Write(AsBytes(waiting_)));
}

}  // namespace sfa::res
