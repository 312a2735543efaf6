#include "protocol/stun/message.h"

#include <algorithm>

#include "protocol/stun/digest.h"
#include "runtime/udp.h"

namespace sfa::stun {
namespace {

constexpr size_t kAttributeHeaderBytes = 4;
constexpr size_t kSha1Bytes = 20;
constexpr size_t kSha256Bytes = 32;
constexpr size_t kMinTruncatedBytes = 16;  // RFC 8489 section 14.6
constexpr uint8_t kFamilyIpv4 = 1;
constexpr uint8_t kFamilyIpv6 = 2;
constexpr uint16_t kFirstOptional = 0x8000;

uint16_t Read16(Bytes bytes, size_t offset) {
  return static_cast<uint16_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

uint32_t Read32(Bytes bytes, size_t offset) {
  return static_cast<uint32_t>(Read16(bytes, offset)) << 16 | Read16(bytes, offset + 2);
}

size_t Padded(size_t size) { return (size + 3) & ~size_t{3}; }

// The part of a message that an attribute at `offset` protects: everything before it, under a
// header whose length ends with the attribute itself.
class ProtectedPart {
 public:
  ProtectedPart(Bytes message, size_t offset, size_t attribute_bytes) : size_(offset) {
    std::copy_n(message.begin(), offset, copy_.begin());
    const size_t length = offset - kHeaderBytes + kAttributeHeaderBytes + attribute_bytes;
    copy_[2] = static_cast<uint8_t>(length >> 8);
    copy_[3] = static_cast<uint8_t>(length);
  }
  Bytes bytes() const { return Bytes(copy_).first(size_); }

 private:
  std::array<uint8_t, kMaxDatagramBytes> copy_;
  size_t size_;
};

bool IsTurn(uint16_t method) {
  switch (method) {
    case kAllocate:
    case kRefresh:
    case kSend:
    case kData:
    case kCreatePermission:
    case kChannelBind:
      return true;
    default:
      return false;
  }
}

bool IsKnown(uint16_t type, uint16_t method) {
  switch (static_cast<AttributeType>(type)) {
    case AttributeType::kUsername:
    case AttributeType::kMessageIntegrity:
    case AttributeType::kErrorCode:
    case AttributeType::kUnknownAttributes:
    case AttributeType::kRealm:
    case AttributeType::kNonce:
    case AttributeType::kXorMappedAddress:
    case AttributeType::kMessageIntegritySha256:
      return true;
    case AttributeType::kPriority:
    case AttributeType::kUseCandidate:
      return method == kBinding;
    case AttributeType::kChannelNumber:
    case AttributeType::kLifetime:
    case AttributeType::kXorPeerAddress:
    case AttributeType::kData:
    case AttributeType::kXorRelayedAddress:
    case AttributeType::kRequestedAddressFamily:
    case AttributeType::kEvenPort:
    case AttributeType::kRequestedTransport:
    case AttributeType::kReservationToken:
      return IsTurn(method);
    default:
      return false;
  }
}

}  // namespace

std::optional<Message> Message::Parse(Bytes datagram) {
  if (datagram.size() < kHeaderBytes || datagram.size() > kMaxDatagramBytes) return std::nullopt;
  const uint16_t type = Read16(datagram, 0);
  if ((type & 0xC000) != 0 || Read32(datagram, 4) != kMagicCookie) return std::nullopt;
  const size_t length = Read16(datagram, 2);
  if (length % 4 != 0 || length != datagram.size() - kHeaderBytes) return std::nullopt;
  for (size_t offset = kHeaderBytes; offset < datagram.size();) {
    // A multiple of four is left, so there is room for the attribute's header.
    const size_t size = Padded(Read16(datagram, offset + 2));
    if (size > datagram.size() - offset - kAttributeHeaderBytes) return std::nullopt;
    offset += kAttributeHeaderBytes + size;
  }
  Message message;
  message.bytes_ = datagram;
  // The two bits of the class lie between those of the method.
  message.class_ = static_cast<MessageClass>((type >> 7 & 2) | (type >> 4 & 1));
  message.method_ =
      static_cast<uint16_t>((type & 0x000F) | (type >> 1 & 0x0070) | (type >> 2 & 0x0F80));
  std::copy_n(datagram.begin() + 8, message.id_.size(), message.id_.begin());
  return message;
}

template <typename Visit>
void Message::Walk(Visit visit) const {
  bool after_integrity = false;
  bool after_sha256 = false;
  for (size_t offset = kHeaderBytes; offset < bytes_.size();) {
    const Attribute attribute{
        Read16(bytes_, offset), offset,
        bytes_.subspan(offset + kAttributeHeaderBytes, Read16(bytes_, offset + 2))};
    offset += kAttributeHeaderBytes + Padded(attribute.value.size());
    const auto type = static_cast<AttributeType>(attribute.type);
    const bool counts = type == AttributeType::kFingerprint ||
                        (!after_sha256 && type == AttributeType::kMessageIntegritySha256) ||
                        (!after_sha256 && !after_integrity);
    if (counts && visit(attribute)) return;
    after_integrity = after_integrity || type == AttributeType::kMessageIntegrity;
    after_sha256 = after_sha256 || type == AttributeType::kMessageIntegritySha256;
  }
}

std::optional<Message::Attribute> Message::FindAttribute(AttributeType type) const {
  std::optional<Attribute> found;
  Walk([&](const Attribute& attribute) {
    if (attribute.type != static_cast<uint16_t>(type)) return false;
    found = attribute;
    return true;
  });
  return found;
}

std::optional<Bytes> Message::Find(AttributeType type) const {
  const auto attribute = FindAttribute(type);
  if (!attribute) return std::nullopt;
  return attribute->value;
}

std::optional<std::string_view> Message::FindText(AttributeType type) const {
  const auto value = Find(type);
  if (!value) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(value->data()), value->size());
}

std::optional<uint32_t> Message::Find32(AttributeType type) const {
  const auto value = Find(type);
  if (!value || value->size() != 4) return std::nullopt;
  return Read32(*value, 0);
}

std::optional<uint64_t> Message::Find64(AttributeType type) const {
  const auto value = Find(type);
  if (!value || value->size() != 8) return std::nullopt;
  return static_cast<uint64_t>(Read32(*value, 0)) << 32 | Read32(*value, 4);
}

std::vector<Bytes> Message::FindAll(AttributeType type) const {
  std::vector<Bytes> found;
  Walk([&](const Attribute& attribute) {
    if (attribute.type == static_cast<uint16_t>(type)) found.push_back(attribute.value);
    return false;
  });
  return found;
}

std::optional<Endpoint> ReadXorAddress(Bytes value) {
  if (value.size() != 8 || value[1] != kFamilyIpv4) return std::nullopt;
  return Endpoint{{Read32(value, 4) ^ kMagicCookie},
                  static_cast<uint16_t>(Read16(value, 2) ^ kMagicCookie >> 16)};
}

std::optional<Endpoint> Message::XorAddress(AttributeType type) const {
  const auto value = Find(type);
  if (!value) return std::nullopt;
  return ReadXorAddress(*value);
}

std::optional<Ipv6Endpoint> Message::XorMappedAddressIpv6() const {
  const auto value = Find(AttributeType::kXorMappedAddress);
  if (!value || value->size() != 20 || (*value)[1] != kFamilyIpv6) return std::nullopt;
  Ipv6Endpoint endpoint;
  endpoint.port = static_cast<uint16_t>(Read16(*value, 2) ^ kMagicCookie >> 16);
  // The mask is the magic cookie and the transaction id, which lie side by side in the header.
  for (size_t i = 0; i < endpoint.address.size(); ++i) {
    endpoint.address[i] = (*value)[4 + i] ^ bytes_[4 + i];
  }
  return endpoint;
}

std::optional<ErrorValue> Message::ErrorCode() const {
  const auto value = Find(AttributeType::kErrorCode);
  if (!value || value->size() < 4) return std::nullopt;
  const int hundreds = (*value)[2] & 7;
  const int rest = (*value)[3];
  if (hundreds < 3 || hundreds > 6 || rest > 99) return std::nullopt;
  return ErrorValue{
      hundreds * 100 + rest,
      std::string_view(reinterpret_cast<const char*>(value->data()) + 4, value->size() - 4)};
}

bool Message::CheckIntegrity(Bytes key) const {
  const auto attribute = FindAttribute(AttributeType::kMessageIntegrity);
  if (!attribute || attribute->value.size() != kSha1Bytes) return false;
  const ProtectedPart part(bytes_, attribute->offset, kSha1Bytes);
  return EqualInConstantTime(HmacSha1(key, part.bytes()), attribute->value);
}

bool Message::CheckIntegritySha256(Bytes key) const {
  const auto attribute = FindAttribute(AttributeType::kMessageIntegritySha256);
  if (!attribute) return false;
  const size_t size = attribute->value.size();
  if (size < kMinTruncatedBytes || size > kSha256Bytes || size % 4 != 0) return false;
  const ProtectedPart part(bytes_, attribute->offset, size);
  const auto mac = HmacSha256(key, part.bytes());
  return EqualInConstantTime(Bytes(mac).first(size), attribute->value);
}

bool Message::CheckFingerprint() const {
  const auto attribute = FindAttribute(AttributeType::kFingerprint);
  if (!attribute || attribute->value.size() != 4) return false;
  // It is the last attribute, so the header's length is the one that it was computed with.
  if (attribute->offset + kAttributeHeaderBytes + 4 != bytes_.size()) return false;
  return Read32(attribute->value, 0) == (Crc32(bytes_.first(attribute->offset)) ^ kFingerprintMask);
}

std::vector<uint16_t> Message::UnknownRequired() const {
  std::vector<uint16_t> unknown;
  Walk([&](const Attribute& attribute) {
    if (attribute.type < kFirstOptional && !IsKnown(attribute.type, method_)) {
      unknown.push_back(attribute.type);
    }
    return false;
  });
  return unknown;
}

}  // namespace sfa::stun
