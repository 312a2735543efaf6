// Messages over a byte stream: cut out of it, and put into it without a queue that grows.
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_FRAMES_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_FRAMES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/udp.h"

namespace sfa::turn {

// The longest frame: what fits into a datagram, with four bytes before it and padded after it.
inline constexpr size_t kMaxFrameBytes = kMaxDatagramBytes + 8;

// How long the frame is that begins with these bytes, all of it; 0 while that cannot be told yet.
// Nothing when no frame begins like this.
using FrameSize = std::optional<size_t> (*)(std::span<const uint8_t> begin);

// TURN (RFC 8656 section 12.5): a STUN message, or ChannelData padded to a multiple of four.
std::optional<size_t> TurnFrameSize(std::span<const uint8_t> begin);
// RFC 4571 section 2: two bytes of length, then the packet.
std::optional<size_t> Rfc4571FrameSize(std::span<const uint8_t> begin);
inline constexpr size_t kRfc4571HeaderBytes = 2;

// Cuts a stream. Holds one frame at most; one that lies within what has come is not copied.
class FrameReader {
 public:
  explicit FrameReader(FrameSize size) : size_(size) {}

  // Calls `frame` for each whole frame, with header and padding; it returns whether to go on, and
  // has to return false when the reader is gone. False: this is no such stream, or a frame is too
  // long; nothing can be read from it any more.
  bool Read(std::span<const uint8_t> bytes,
            const std::function<bool(std::span<const uint8_t>)>& frame);

 private:
  FrameSize size_;
  std::array<uint8_t, kMaxFrameBytes> held_;
  size_t held_bytes_ = 0;
};

// Puts frames into a stream. What is not urgent is dropped instead of waiting longer than about
// 200 ms: late media is worth nothing.
class FrameWriter {
 public:
  // Of what has been written in the last 100 to 200 ms, and one frame, may wait in the stream.
  static constexpr Duration kWaiting = std::chrono::milliseconds(100);
  // Of urgent frames, and of the rest of one that has been begun.
  static constexpr size_t kMaxHeldBytes = 8 * 1024;

  // `stream` outlives the writer. Until Open() nothing is written: the stream still connects.
  FrameWriter(Runtime& runtime, ByteStream& stream) : runtime_(runtime), stream_(stream) {}

  void Open();
  // From the stream's handler.
  void OnWritable();
  // `header` and `payload` are one frame. Whether it was taken: if so, all of it will be sent.
  bool Write(std::span<const uint8_t> header, std::span<const uint8_t> payload, bool urgent);
  size_t held() const { return held_.size(); }

 private:
  bool Congested();

  Runtime& runtime_;
  ByteStream& stream_;
  bool open_ = false;
  MonotonicTime span_begin_{};  // of kWaiting each
  size_t written_ = 0;          // in this span
  size_t written_before_ = 0;   // in the one before
  std::vector<uint8_t> held_;
};

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_FRAMES_H_
