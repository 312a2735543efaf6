// Messages on the control stream: each is preceded by its length, four bytes, most significant
// first.
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_CONTROL_STREAM_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_CONTROL_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/stream.h"

namespace sfa::res {

inline constexpr size_t kMaxControlMessage = 64 * 1024;

// Cuts a byte stream into messages.
class MessageCutter {
 public:
  void Add(std::span<const uint8_t> bytes);
  // The next complete message; nothing when more bytes are needed, or when the stream is broken.
  std::optional<std::string> Next();
  // A length beyond the limit came; nothing after it can be understood.
  bool broken() const { return broken_; }

 private:
  std::string buffer_;
  size_t consumed_ = 0;
  bool broken_ = false;
};

// Writes messages in order, keeping what the stream has no room for.
class MessageWriter {
 public:
  // False when too much is waiting: the reader does not read any more.
  [[nodiscard]] bool Send(ByteStream& stream, std::string_view message);
  void OnWritable(ByteStream& stream);

 private:
  std::string waiting_;
};

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_CONTROL_STREAM_H_
