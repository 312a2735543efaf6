// Reads a STUN message (RFC 8489 section 5) in place.
#ifndef REFERENCE_IMPL_PROTOCOL_STUN_MESSAGE_H_
#define REFERENCE_IMPL_PROTOCOL_STUN_MESSAGE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/stun/attributes.h"
#include "runtime/address.h"

namespace sfa::stun {

struct ErrorValue {
  int code = 0;  // 300 to 699
  std::string_view reason;
};

struct Ipv6Endpoint {
  std::array<uint8_t, 16> address{};
  uint16_t port = 0;
};

// The address in the value of such an attribute, when it is IPv4.
std::optional<Endpoint> ReadXorAddress(Bytes value);

// A view of the datagram that was parsed, valid as long as that is.
//
// Contract:
//  1. What Parse() accepts has a header, a length that fits, and attributes that fill it exactly.
//  2. An attribute of the wrong size is not there.
//  3. Of what follows MESSAGE-INTEGRITY, only MESSAGE-INTEGRITY-SHA256 and FINGERPRINT count, of
//     what follows MESSAGE-INTEGRITY-SHA256 only FINGERPRINT (section 14.5): a value that is found
//     is a value that was signed. Of several of one type, the first counts (section 14).
class Message {
 public:
  static std::optional<Message> Parse(Bytes datagram);

  MessageClass message_class() const { return class_; }
  uint16_t method() const { return method_; }
  bool Is(MessageClass message_class, uint16_t method) const {
    return class_ == message_class && method_ == method;
  }
  const TransactionId& id() const { return id_; }

  std::optional<Bytes> Find(AttributeType type) const;
  std::optional<std::string_view> FindText(AttributeType type) const;  // USERNAME, SOFTWARE …
  std::optional<uint32_t> Find32(AttributeType type) const;            // PRIORITY
  std::optional<uint64_t> Find64(AttributeType type) const;            // ICE-CONTROLLING …
  // Each of one type, in order: XOR-PEER-ADDRESS may be there several times.
  std::vector<Bytes> FindAll(AttributeType type) const;
  // XOR-MAPPED-ADDRESS, XOR-RELAYED-ADDRESS, XOR-PEER-ADDRESS, when it is IPv4.
  std::optional<Endpoint> XorAddress(AttributeType type) const;
  std::optional<Endpoint> XorMappedAddress() const {
    return XorAddress(AttributeType::kXorMappedAddress);
  }
  std::optional<Ipv6Endpoint> XorMappedAddressIpv6() const;
  std::optional<ErrorValue> ErrorCode() const;

  // Whether the attribute is there and right.
  bool CheckIntegrity(Bytes key) const;
  bool CheckIntegritySha256(Bytes key) const;
  bool CheckFingerprint() const;

  // Types that must be understood and are not known here, in this method: those of TURN are known
  // in TURN's methods only, those of ICE in Binding only. DONT-FRAGMENT is known nowhere, because
  // no socket here can do it (RFC 8656 section 7.2, step 5).
  std::vector<uint16_t> UnknownRequired() const;

 private:
  struct Attribute {
    uint16_t type;
    size_t offset;  // of its header
    Bytes value;
  };
  Message() = default;
  // Calls `visit(attribute)` for those that count (contract 3), until it returns true.
  template <typename Visit>
  void Walk(Visit visit) const;
  std::optional<Attribute> FindAttribute(AttributeType type) const;

  Bytes bytes_;
  MessageClass class_ = MessageClass::kRequest;
  uint16_t method_ = 0;
  TransactionId id_{};
};

}  // namespace sfa::stun

#endif  // REFERENCE_IMPL_PROTOCOL_STUN_MESSAGE_H_
