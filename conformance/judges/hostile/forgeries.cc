#include "conformance/judges/hostile/forgeries.h"

#include <algorithm>

#include "fake_skype_network/relay_credentials.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/digest.h"
#include "protocol/stun/message.h"

namespace sfa::conformance {
namespace {

using stun::AttributeType;
using stun::MessageClass;

constexpr size_t kMostOfAKind = 64;
constexpr size_t kRtpHeader = 12, kSsrc = 8;  // RFC 3550 section 5.1

void Keep(std::vector<std::string>& words, std::optional<std::string_view> word) {
  if (!word || words.size() >= kMostOfAKind) return;
  if (std::find(words.begin(), words.end(), *word) == words.end()) words.emplace_back(*word);
}

template <typename T>
T OneOf(const std::vector<T>& from, Random& random) {
  return from.empty() ? T() : from[random.Below(from.size())];
}

PacketBytes Of(const stun::Builder& message) {
  return {message.bytes().begin(), message.bytes().end()};
}

Endpoint Anywhere(Random& random) {
  return {{static_cast<uint32_t>(random.Next64())}, static_cast<uint16_t>(random.Next64() | 1)};
}

}  // namespace

void Eavesdropper::Learn(const RealPacket& packet) {
  if (packet.payload.empty()) return;
  const uint8_t first = packet.payload[0];
  if (!packet.tcp && first >= 128 && first < 192 && packet.payload.size() >= kRtpHeader) {
    const PacketBytes header(packet.payload.begin(), packet.payload.begin() + kRtpHeader);
    for (PacketBytes& known : media_) {
      if (std::equal(header.begin() + kSsrc, header.end(), known.begin() + kSsrc)) {
        known = header;
        return;
      }
    }
    if (media_.size() < kMostOfAKind) media_.push_back(header);
    return;
  }
  const auto message = stun::Message::Parse(packet.payload);
  if (!message) return;
  if (message->method() == stun::kBinding) {
    Keep(usernames_, message->FindText(AttributeType::kUsername));
    const PacketBytes id(message->id().begin(), message->id().end());
    if (transactions_.size() < kMostOfAKind) {
      transactions_.push_back(id);
    } else {
      transactions_[next_transaction_++ % kMostOfAKind] = id;
    }
  } else {
    Keep(relay_names_, message->FindText(AttributeType::kUsername));
    Keep(nonces_, message->FindText(AttributeType::kNonce));
  }
}

PacketBytes Eavesdropper::Check(Random& random) const {
  stun::TransactionId id = stun::NewTransactionId(random);
  const bool heard = random.Below(2) == 0 && !transactions_.empty();
  if (heard) std::copy_n(OneOf(transactions_, random).begin(), id.size(), id.begin());
  const auto message_class = static_cast<MessageClass>(random.Below(4));
  stun::Builder check(message_class, stun::kBinding, id);
  if (message_class == MessageClass::kRequest) {
    check.AddText(AttributeType::kUsername, OneOf(usernames_, random));
    check.Add32(AttributeType::kPriority, 0x7E0000FF);
    check.Add64(
        random.Below(2) == 0 ? AttributeType::kIceControlling : AttributeType::kIceControlled,
        random.Next64());
    if (random.Below(2) == 0) check.AddFlag(AttributeType::kUseCandidate);
    if (random.Below(2) == 0) {
      check.Add32(AttributeType::kNomination, static_cast<uint32_t>(random.Below(1 << 24)));
    }
  } else if (message_class == MessageClass::kError) {
    check.AddErrorCode(
        random.Below(2) == 0 ? stun::kErrorRoleConflict : stun::kErrorUnauthenticated, "no");
  } else {
    check.AddXorMappedAddress(Anywhere(random));
  }
  if (random.Below(4) != 0) check.AddIntegrity(stun::ShortTermKey("a password that is wrong"));
  if (random.Below(8) != 0) check.AddFingerprint();
  return Of(check);
}

PacketBytes Eavesdropper::Answer(std::span<const uint8_t> check, const Endpoint& from) const {
  const auto request = stun::Message::Parse(check);
  if (!request || !request->Is(MessageClass::kRequest, stun::kBinding)) return {};
  stun::Builder answer(MessageClass::kSuccess, stun::kBinding, request->id());
  answer.AddXorMappedAddress(from);
  answer.AddIntegrity(stun::ShortTermKey("a password that is wrong"));
  answer.AddFingerprint();
  return Of(answer);
}

PacketBytes Eavesdropper::RelayRequest(Random& random) const {
  constexpr uint16_t kMethods[] = {stun::kAllocate, stun::kRefresh, stun::kCreatePermission,
                                   stun::kChannelBind};
  stun::Builder request(MessageClass::kRequest, kMethods[random.Below(std::size(kMethods))],
                        stun::NewTransactionId(random));
  request.Add32(AttributeType::kRequestedTransport, 17u << 24);
  request.Add32(AttributeType::kLifetime, static_cast<uint32_t>(random.Below(2) * 600));
  request.AddXorAddress(AttributeType::kXorPeerAddress, Anywhere(random));
  request.Add32(AttributeType::kChannelNumber, 0x40000000);
  if (random.Below(3) != 0) {
    const std::string name = OneOf(relay_names_, random);
    request.AddText(AttributeType::kUsername, name);
    request.AddText(AttributeType::kRealm, community::kRelayRealm);
    request.AddText(AttributeType::kNonce, OneOf(nonces_, random));
    request.AddIntegrity(
        stun::LongTermKey(name, community::kRelayRealm, "a password that is wrong"));
  }
  return Of(request);
}

PacketBytes Eavesdropper::Question(Random& random) const {
  constexpr uint16_t kMethods[] = {stun::kBinding, stun::kAllocate, stun::kRefresh,
                                   stun::kCreatePermission, stun::kChannelBind};
  return Of(stun::Builder(MessageClass::kRequest, kMethods[random.Below(std::size(kMethods))],
                          stun::NewTransactionId(random)));
}

PacketBytes Eavesdropper::RelayData(const Endpoint& peer, Random& random) const {
  const PacketBytes data = Noise(random, 200);
  if (random.Below(2) == 0) {
    stun::Builder send(MessageClass::kIndication, stun::kSend, stun::NewTransactionId(random));
    send.AddXorAddress(AttributeType::kXorPeerAddress, peer);
    send.Add(AttributeType::kData, data);
    return Of(send);
  }
  const auto channel = static_cast<uint16_t>(0x4000 + random.Below(8));
  // Sometimes with a length that is not true.
  const size_t length = random.Below(4) == 0 ? random.Below(0x10000) : data.size();
  PacketBytes framed = {static_cast<uint8_t>(channel >> 8), static_cast<uint8_t>(channel),
                        static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)};
  framed.insert(framed.end(), data.begin(), data.end());
  return framed;
}

PacketBytes Eavesdropper::Media(Random& random) const {
  PacketBytes packet = OneOf(media_, random);
  if (packet.empty()) return packet;
  const auto sequence =
      static_cast<uint16_t>((packet[2] << 8 | packet[3]) + 1 + random.Below(0x8000));
  packet[2] = static_cast<uint8_t>(sequence >> 8);
  packet[3] = static_cast<uint8_t>(sequence);
  if (random.Below(4) == 0) packet[1] = static_cast<uint8_t>(200 + random.Below(5));  // RTCP
  if (random.Below(4) == 0) packet[0] = static_cast<uint8_t>(0x80 | random.Below(64));
  const PacketBytes voice = Noise(random, 200);
  packet.insert(packet.end(), voice.begin(), voice.end());
  return packet;
}

}  // namespace sfa::conformance
