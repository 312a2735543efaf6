// STUN and TURN messages as datagrams bring them.
#include "fuzz/target.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"
#include "protocol/stun/server.h"

namespace sfa::fuzz {
namespace {

using stun::AttributeType;
using stun::Builder;
using stun::MessageClass;

constexpr AttributeType kTypes[] = {
    AttributeType::kUsername,
    AttributeType::kMessageIntegrity,
    AttributeType::kErrorCode,
    AttributeType::kUnknownAttributes,
    AttributeType::kChannelNumber,
    AttributeType::kLifetime,
    AttributeType::kXorPeerAddress,
    AttributeType::kData,
    AttributeType::kRealm,
    AttributeType::kNonce,
    AttributeType::kXorRelayedAddress,
    AttributeType::kRequestedTransport,
    AttributeType::kXorMappedAddress,
    AttributeType::kPriority,
    AttributeType::kUseCandidate,
    AttributeType::kFingerprint,
    AttributeType::kIceControlled,
    AttributeType::kIceControlling,
};
const Endpoint kClient{Ipv4Address::Of(192, 0, 2, 1), 4000};
constexpr stun::TransactionId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

bool LiesIn(stun::Bytes part, stun::Bytes whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void Run(std::span<const uint8_t> bytes) {
  const auto message = stun::Message::Parse(bytes);
  if (!message) return;
  for (const AttributeType type : kTypes) {
    const auto value = message->Find(type);
    const auto all = message->FindAll(type);
    SFA_FUZZ_CHECK(value.has_value() == !all.empty());
    if (value) SFA_FUZZ_CHECK(LiesIn(*value, bytes));
    for (const stun::Bytes one : all) SFA_FUZZ_CHECK(LiesIn(one, bytes));
    static_cast<void>(message->FindText(type));
    static_cast<void>(message->Find32(type));
    static_cast<void>(message->Find64(type));
    static_cast<void>(message->XorAddress(type));
  }
  static_cast<void>(message->XorMappedAddressIpv6());
  const auto error = message->ErrorCode();
  if (error) SFA_FUZZ_CHECK(error->code >= 300 && error->code <= 699);
  const auto key = stun::ShortTermKey("0123456789012345678901");
  static_cast<void>(message->CheckIntegrity(key));
  static_cast<void>(message->CheckIntegritySha256(key));
  static_cast<void>(message->CheckFingerprint());
  static_cast<void>(message->UnknownRequired());
  const auto answer = stun::AnswerBinding(*message, kClient);
  if (!answer) return;
  const auto parsed = stun::Message::Parse(answer->bytes());
  SFA_FUZZ_CHECK(parsed && parsed->id() == message->id());
}

Bytes Of(const Builder& builder) { return Bytes(builder.bytes().begin(), builder.bytes().end()); }

Seeds MakeSeeds() {
  const auto key = stun::ShortTermKey("0123456789012345678901");
  const uint8_t data[] = {0x80, 0, 0, 1};
  Seeds seeds;
  seeds.emplace_back("binding",
                     Of(Builder(MessageClass::kRequest, stun::kBinding, kId).AddFingerprint()));
  seeds.emplace_back("check", Of(Builder(MessageClass::kRequest, stun::kBinding, kId)
                                     .AddText(AttributeType::kUsername, "abcd:efgh")
                                     .Add32(AttributeType::kPriority, 1845501695)
                                     .Add64(AttributeType::kIceControlling, 7)
                                     .AddFlag(AttributeType::kUseCandidate)
                                     .AddIntegrity(key)
                                     .AddFingerprint()));
  seeds.emplace_back("success", Of(Builder(MessageClass::kSuccess, stun::kBinding, kId)
                                       .AddXorMappedAddress(kClient)
                                       .AddIntegritySha256(key)
                                       .AddFingerprint()));
  const uint16_t unknown[] = {0x7777, 0x1234};
  seeds.emplace_back("error", Of(Builder(MessageClass::kError, stun::kBinding, kId)
                                     .AddErrorCode(420, "unknown attribute")
                                     .AddUnknownAttributes(unknown)
                                     .AddIntegrity(key)));
  seeds.emplace_back("allocate", Of(Builder(MessageClass::kRequest, stun::kAllocate, kId)
                                        .Add32(AttributeType::kRequestedTransport, 17u << 24)
                                        .Add32(AttributeType::kLifetime, 600)
                                        .AddText(AttributeType::kUsername, "1275350400:james_bond")
                                        .AddText(AttributeType::kRealm, "sfa")
                                        .AddText(AttributeType::kNonce, "0123456789abcdef")
                                        .AddIntegrity(key)));
  seeds.emplace_back("send", Of(Builder(MessageClass::kIndication, stun::kSend, kId)
                                    .Add(AttributeType::kXorPeerAddress, data)
                                    .Add(AttributeType::kData, data)));
  return seeds;
}

}  // namespace

const Target kStun = {"stun", Run, MakeSeeds};

}  // namespace sfa::fuzz
