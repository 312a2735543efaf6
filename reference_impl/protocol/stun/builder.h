// Writes a STUN message.
#ifndef REFERENCE_IMPL_PROTOCOL_STUN_BUILDER_H_
#define REFERENCE_IMPL_PROTOCOL_STUN_BUILDER_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "protocol/stun/attributes.h"
#include "runtime/address.h"
#include "runtime/random.h"
#include "runtime/udp.h"

namespace sfa::stun {

TransactionId NewTransactionId(Random& random);

// Attributes appear in the order of the calls. AddIntegrity() and AddIntegritySha256() protect what
// was added before them, so they come after everything but AddFingerprint(), which comes last.
// What does not fit into a datagram leaves bytes() empty.
class Builder {
 public:
  Builder(MessageClass message_class, uint16_t method, const TransactionId& id);

  Builder& Add(AttributeType type, Bytes value);
  Builder& AddText(AttributeType type, std::string_view text);
  Builder& Add32(AttributeType type, uint32_t value);
  Builder& Add64(AttributeType type, uint64_t value);
  Builder& AddFlag(AttributeType type) { return Add(type, {}); }  // USE-CANDIDATE
  // XOR-MAPPED-ADDRESS, XOR-RELAYED-ADDRESS, XOR-PEER-ADDRESS: all of one form.
  Builder& AddXorAddress(AttributeType type, const Endpoint& endpoint);
  Builder& AddXorMappedAddress(const Endpoint& endpoint) {
    return AddXorAddress(AttributeType::kXorMappedAddress, endpoint);
  }
  Builder& AddErrorCode(int code, std::string_view reason);  // 300 to 699
  Builder& AddUnknownAttributes(std::span<const uint16_t> types);
  Builder& AddIntegrity(Bytes key);
  Builder& AddIntegritySha256(Bytes key);
  Builder& AddFingerprint();

  // Valid as long as the builder.
  Bytes bytes() const { return overflow_ ? Bytes() : Bytes(buffer_).first(size_); }

 private:
  void SetLength(size_t size);

  std::array<uint8_t, kMaxDatagramBytes> buffer_;
  size_t size_ = kHeaderBytes;
  bool overflow_ = false;
};

// The key of the short-term mechanism is the password itself (RFC 8489 section 9.1.1).
inline Bytes ShortTermKey(std::string_view password) {
  return {reinterpret_cast<const uint8_t*>(password.data()), password.size()};
}

}  // namespace sfa::stun

#endif  // REFERENCE_IMPL_PROTOCOL_STUN_BUILDER_H_
