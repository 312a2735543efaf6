#include "protocol/stun/builder.h"

#include <algorithm>
#include <cassert>

#include "protocol/stun/digest.h"

namespace sfa::stun {
namespace {

void Put16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

void Put32(uint8_t* at, uint32_t value) {
  Put16(at, static_cast<uint16_t>(value >> 16));
  Put16(at + 2, static_cast<uint16_t>(value));
}

}  // namespace

TransactionId NewTransactionId(Random& random) { return random.Bytes<12>(); }

Builder::Builder(MessageClass message_class, uint16_t method, const TransactionId& id) {
  const auto bits = static_cast<uint16_t>(message_class);
  Put16(&buffer_[0],
        static_cast<uint16_t>((method & 0x000F) | (method & 0x0070) << 1 | (method & 0x0F80) << 2 |
                              (bits & 1) << 4 | (bits & 2) << 7));
  Put32(&buffer_[4], kMagicCookie);
  std::copy(id.begin(), id.end(), buffer_.begin() + 8);
  SetLength(size_);
}

void Builder::SetLength(size_t size) {
  Put16(&buffer_[2], static_cast<uint16_t>(size - kHeaderBytes));
}

Builder& Builder::Add(AttributeType type, Bytes value) {
  const size_t padded = (value.size() + 3) & ~size_t{3};
  if (overflow_ || padded + 4 > buffer_.size() - size_) {
    overflow_ = true;
    return *this;
  }
  Put16(&buffer_[size_], static_cast<uint16_t>(type));
  Put16(&buffer_[size_ + 2], static_cast<uint16_t>(value.size()));
  const auto at = buffer_.begin() + static_cast<std::ptrdiff_t>(size_) + 4;
  std::fill(std::copy(value.begin(), value.end(), at), at + static_cast<std::ptrdiff_t>(padded),
            uint8_t{0});
  size_ += 4 + padded;
  SetLength(size_);
  return *this;
}

Builder& Builder::AddText(AttributeType type, std::string_view text) {
  return Add(type, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

Builder& Builder::Add32(AttributeType type, uint32_t value) {
  std::array<uint8_t, 4> bytes;
  Put32(bytes.data(), value);
  return Add(type, bytes);
}

Builder& Builder::Add64(AttributeType type, uint64_t value) {
  std::array<uint8_t, 8> bytes;
  Put32(bytes.data(), static_cast<uint32_t>(value >> 32));
  Put32(bytes.data() + 4, static_cast<uint32_t>(value));
  return Add(type, bytes);
}

Builder& Builder::AddXorAddress(AttributeType type, const Endpoint& endpoint) {
  std::array<uint8_t, 8> bytes{0, 1};  // family IPv4
  Put16(&bytes[2], static_cast<uint16_t>(endpoint.port ^ kMagicCookie >> 16));
  Put32(&bytes[4], endpoint.address.value ^ kMagicCookie);
  return Add(type, bytes);
}

Builder& Builder::AddErrorCode(int code, std::string_view reason) {
  assert(code >= 300 && code <= 699);
  std::array<uint8_t, 4 + 127> bytes{};  // "fewer than 128 characters", section 14.8
  bytes[2] = static_cast<uint8_t>(code / 100);
  bytes[3] = static_cast<uint8_t>(code % 100);
  const size_t size = std::min(reason.size(), bytes.size() - 4);
  std::copy_n(reason.begin(), size, bytes.begin() + 4);
  return Add(AttributeType::kErrorCode, Bytes(bytes).first(4 + size));
}

Builder& Builder::AddUnknownAttributes(std::span<const uint16_t> types) {
  std::array<uint8_t, kMaxDatagramBytes> bytes;
  const size_t count = std::min(types.size(), bytes.size() / 2);
  for (size_t i = 0; i < count; ++i) Put16(&bytes[2 * i], types[i]);
  return Add(AttributeType::kUnknownAttributes, Bytes(bytes).first(2 * count));
}

Builder& Builder::AddIntegrity(Bytes key) {
  if (overflow_) return *this;
  // The sum covers a header whose length includes the attribute itself (section 14.5).
  SetLength(size_ + 4 + 20);
  return Add(AttributeType::kMessageIntegrity, HmacSha1(key, bytes()));
}

Builder& Builder::AddIntegritySha256(Bytes key) {
  if (overflow_) return *this;
  SetLength(size_ + 4 + 32);
  return Add(AttributeType::kMessageIntegritySha256, HmacSha256(key, bytes()));
}

Builder& Builder::AddFingerprint() {
  if (overflow_) return *this;
  SetLength(size_ + 4 + 4);
  return Add32(AttributeType::kFingerprint, Crc32(bytes()) ^ kFingerprintMask);
}

}  // namespace sfa::stun
