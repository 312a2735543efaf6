#include "protocol/turn/frames.h"

#include <algorithm>
#include <cassert>

#include "protocol/stun/attributes.h"
#include "protocol/turn/channel_data.h"

namespace sfa::turn {
namespace {

size_t Read16(std::span<const uint8_t> bytes, size_t offset) {
  return static_cast<size_t>(bytes[offset]) << 8 | bytes[offset + 1];
}

}  // namespace

std::optional<size_t> TurnFrameSize(std::span<const uint8_t> begin) {
  constexpr size_t kEnough = 4;  // type or channel, and length
  if (begin.empty()) return 0;
  const bool stun = begin[0] < kFirstChannelByte;
  if (!stun && !IsChannelByte(begin[0])) return std::nullopt;
  if (begin.size() < kEnough) return 0;
  const size_t length = Read16(begin, 2);
  if (!stun) return kChannelHeaderBytes + PaddedToFour(length);
  if (length % 4 != 0) return std::nullopt;
  return stun::kHeaderBytes + length;
}

std::optional<size_t> Rfc4571FrameSize(std::span<const uint8_t> begin) {
  if (begin.size() < kRfc4571HeaderBytes) return 0;
  return kRfc4571HeaderBytes + Read16(begin, 0);
}

bool FrameReader::Read(std::span<const uint8_t> bytes,
                       const std::function<bool(std::span<const uint8_t>)>& frame) {
  while (!bytes.empty()) {
    const bool begun = held_bytes_ > 0;
    const auto size = size_(begun ? std::span<const uint8_t>(held_).first(held_bytes_) : bytes);
    if (!size || *size > held_.size()) return false;
    if (!begun && *size != 0 && *size <= bytes.size()) {
      const auto whole = bytes.first(*size);
      bytes = bytes.subspan(*size);
      if (!frame(whole)) return true;
      continue;
    }
    // A header is a few bytes: one by one until it tells how many more there are.
    const size_t wanted = *size == 0 ? 1 : *size - held_bytes_;
    const size_t taken = std::min(wanted, bytes.size());
    std::copy_n(bytes.begin(), taken, held_.begin() + static_cast<std::ptrdiff_t>(held_bytes_));
    held_bytes_ += taken;
    bytes = bytes.subspan(taken);
    const std::span<const uint8_t> held = std::span(held_).first(held_bytes_);
    if (size_(held) != std::optional<size_t>(held_bytes_)) continue;
    held_bytes_ = 0;
    if (!frame(held)) return true;
  }
  return true;
}

void FrameWriter::Open() {
  open_ = true;
  OnWritable();
}

void FrameWriter::OnWritable() {
  if (!open_ || held_.empty()) return;
  const size_t taken = stream_.Write(held_);
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(taken));
}

bool FrameWriter::Congested() {
  const MonotonicTime now = runtime_.Now();
  if (now >= span_begin_ + kWaiting) {
    written_before_ = now < span_begin_ + 2 * kWaiting ? written_ : 0;
    written_ = 0;
    span_begin_ = now;
  }
  return stream_.unsent() > written_before_ + written_ + kMaxFrameBytes;
}

bool FrameWriter::Write(std::span<const uint8_t> header, std::span<const uint8_t> payload,
                        bool urgent) {
  const size_t size = header.size() + payload.size();
  if (size > kMaxFrameBytes) return false;
  const bool congested = Congested();
  if (congested && !urgent) return false;
  if (open_ && held_.empty()) {
    std::array<uint8_t, kMaxFrameBytes> frame;
    std::copy(payload.begin(), payload.end(),
              std::copy(header.begin(), header.end(), frame.begin()));
    const size_t taken = stream_.Write(std::span(frame).first(size));
    // Not even its first byte: then it can still be dropped.
    if (taken == 0 && !urgent) return false;
    written_ += size;
    held_.assign(frame.begin() + static_cast<std::ptrdiff_t>(taken),
                 frame.begin() + static_cast<std::ptrdiff_t>(size));
    return true;
  }
  if (!urgent || held_.size() + size > kMaxHeldBytes) return false;
  held_.insert(held_.end(), header.begin(), header.end());
  held_.insert(held_.end(), payload.begin(), payload.end());
  return true;
}

}  // namespace sfa::turn
