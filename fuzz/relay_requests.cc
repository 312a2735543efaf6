#include "fuzz/relay_requests.h"

#include "protocol/stun/builder.h"
#include "protocol/stun/digest.h"

namespace sfa::fuzz {

using stun::AttributeType;
using stun::Builder;

namespace {

// XOR-PEER-ADDRESS of RFC 8656 section 18.3.
Bytes XorAddress(const Endpoint& endpoint) {
  return Script()
      .Byte(0)
      .Byte(1)
      .U16(static_cast<uint16_t>(endpoint.port ^ (stun::kMagicCookie >> 16)))
      .U32(endpoint.address.value ^ stun::kMagicCookie)
      .bytes();
}

}  // namespace

Bytes RelayRequest(Input& input, const std::string& nonce,
                   const wire::RelayCredential& credential) {
  constexpr uint16_t kMethods[] = {stun::kAllocate,    stun::kRefresh, stun::kCreatePermission,
                                   stun::kChannelBind, stun::kSend,    stun::kData,
                                   stun::kBinding,     0x7FF};
  const uint16_t method = kMethods[input.Below(std::size(kMethods))];
  const auto message_class = method == stun::kSend || method == stun::kData
                                 ? stun::MessageClass::kIndication
                                 : stun::MessageClass::kRequest;
  Builder builder(message_class, method, {input.Byte()});
  for (size_t attributes = input.Below(6); attributes > 0; --attributes) {
    switch (input.Below(9)) {
      case 0:
        builder.Add32(AttributeType::kRequestedTransport, (input.Flag() ? 17u : 6u) << 24);
        break;
      case 1:
        builder.Add32(AttributeType::kLifetime, input.U16());
        break;
      case 2:
        builder.Add(AttributeType::kXorPeerAddress, XorAddress(kRelayPeer));
        break;
      case 3:
        builder.Add(AttributeType::kXorPeerAddress, XorAddress({{input.U32()}, input.U16()}));
        break;
      case 4:
        builder.Add32(AttributeType::kChannelNumber, (0x4000u + input.Byte()) << 16);
        break;
      case 5:
        builder.Add(AttributeType::kData, input.Take(input.Byte()));
        break;
      case 6:
        builder.Add(AttributeType::kEvenPort, Bytes{static_cast<uint8_t>(input.Byte() & 0x80)});
        break;
      case 7: {
        const auto type = static_cast<AttributeType>(input.U16());
        builder.Add(type, input.Take(input.Below(64)));
        break;
      }
      default:
        builder.AddFlag(AttributeType::kDontFragment);
    }
  }
  if (message_class == stun::MessageClass::kRequest && input.Below(8) != 0) {
    builder.AddText(AttributeType::kUsername, credential.name());
    builder.AddText(AttributeType::kRealm, community::kRelayRealm);
    builder.AddText(AttributeType::kNonce, nonce);
    builder.AddIntegrity(
        stun::LongTermKey(credential.name(), community::kRelayRealm, credential.password()));
  }
  return Bytes(builder.bytes().begin(), builder.bytes().end());
}

}  // namespace sfa::fuzz
