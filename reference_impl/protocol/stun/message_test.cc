#include "protocol/stun/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/stun/builder.h"
#include "protocol/stun/digest.h"
#include "protocol/stun/server.h"

namespace sfa::stun {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint8_t> FromHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  std::string digits;
  for (const char c : text) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() == 2) {
      bytes.push_back(static_cast<uint8_t>(std::stoul(digits, nullptr, 16)));
      digits.clear();
    }
  }
  return bytes;
}

constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";  // RFC 5769 sections 2.1 to 2.3

// RFC 5769 section 2.1.
const std::vector<uint8_t> kRequest = FromHex(
    "00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 "
    "00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 "
    "9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf");
// RFC 5769 section 2.2.
const std::vector<uint8_t> kResponseIpv4 = FromHex(
    "0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008 "
    "0001a147 e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96");
// RFC 5769 section 2.3.
const std::vector<uint8_t> kResponseIpv6 = FromHex(
    "01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014 "
    "0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1 1784c97c 8292c275 "
    "bfe3ed41 80280004 c8fb0b4c");
// RFC 5769 section 2.4; the key is MD5 of user, realm and password "TheMatrIX".
const std::vector<uint8_t> kLongTermRequest = FromHex(
    "00010060 2112a442 78ad3433 c6ad72c0 29da412e 00060012 e3839ee3 8388e383 aae38383 e382afe3 "
    "82b90000 0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341 0014000b "
    "6578616d 706c652e 6f726700 00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666");

TEST(StunMessage, ReadsTheSampleRequest) {
  const auto message = Message::Parse(kRequest);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->Is(MessageClass::kRequest, kBinding));
  EXPECT_EQ(message->id()[0], 0xb7);
  EXPECT_EQ(message->FindText(AttributeType::kSoftware), "STUN test client");
  EXPECT_EQ(message->FindText(AttributeType::kUsername), "evtj:h6vY");
  EXPECT_EQ(message->Find32(AttributeType::kPriority), 0x6e0001ffu);
  EXPECT_EQ(message->Find64(AttributeType::kIceControlled), 0x932ff9b151263b36u);
  EXPECT_FALSE(message->Find(AttributeType::kUseCandidate));
  EXPECT_TRUE(message->CheckIntegrity(ShortTermKey(kPassword)));
  EXPECT_FALSE(message->CheckIntegrity(ShortTermKey("VOkJxbRl1RmTxUk/WvJxBT")));
  EXPECT_TRUE(message->CheckFingerprint());
  EXPECT_THAT(message->UnknownRequired(), IsEmpty());
}

TEST(StunMessage, ReadsTheSampleResponses) {
  const auto ipv4 = Message::Parse(kResponseIpv4);
  ASSERT_TRUE(ipv4);
  EXPECT_TRUE(ipv4->Is(MessageClass::kSuccess, kBinding));
  EXPECT_EQ(ipv4->FindText(AttributeType::kSoftware), "test vector");
  EXPECT_EQ(ipv4->XorMappedAddress(), Endpoint::Parse("192.0.2.1:32853"));
  EXPECT_TRUE(ipv4->CheckIntegrity(ShortTermKey(kPassword)));
  EXPECT_TRUE(ipv4->CheckFingerprint());

  const auto ipv6 = Message::Parse(kResponseIpv6);
  ASSERT_TRUE(ipv6);
  EXPECT_FALSE(ipv6->XorMappedAddress());
  const auto mapped = ipv6->XorMappedAddressIpv6();
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->port, 32853);
  EXPECT_EQ(std::vector<uint8_t>(mapped->address.begin(), mapped->address.end()),
            FromHex("20010db8 12345678 00112233 44556677"));
  EXPECT_TRUE(ipv6->CheckIntegrity(ShortTermKey(kPassword)));
  EXPECT_TRUE(ipv6->CheckFingerprint());
}

TEST(StunMessage, ReadsTheSampleRequestWithLongTermKey) {
  const auto message = Message::Parse(kLongTermRequest);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->FindText(AttributeType::kRealm), "example.org");
  EXPECT_EQ(message->FindText(AttributeType::kNonce), "f//499k954d6OL34oL9FSTvy64sA");
  const auto user = message->FindText(AttributeType::kUsername);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->size(), 18u);
  const auto key = LongTermKey("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", "example.org", "TheMatrIX");
  EXPECT_TRUE(message->CheckIntegrity(key));
}

TEST(StunMessage, EveryFlippedBitOfTheProtectedPartIsNoticed) {
  for (size_t bit = 0; bit < (kRequest.size() - 32) * 8; ++bit) {
    auto bytes = kRequest;
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const auto message = Message::Parse(bytes);
    if (!message) continue;
    EXPECT_FALSE(message->CheckFingerprint()) << bit;
    EXPECT_FALSE(message->CheckIntegrity(ShortTermKey(kPassword))) << bit;
  }
}

TEST(StunMessage, RefusesEveryTruncationAndWrongLength) {
  for (size_t size = 0; size < kRequest.size(); ++size) {
    EXPECT_FALSE(Message::Parse(Bytes(kRequest).first(size))) << size;
  }
  auto longer = kRequest;
  longer.resize(longer.size() + 4);
  EXPECT_FALSE(Message::Parse(longer));
  auto beyond = kRequest;
  beyond[beyond.size() - 6] = 0xFF;  // the last attribute claims 65,284 bytes
  EXPECT_FALSE(Message::Parse(beyond));
  EXPECT_FALSE(Message::Parse(std::vector<uint8_t>(kMaxDatagramBytes + 8)));
}

TEST(StunMessage, AttributesOfTheWrongSizeAreNotThere) {
  const TransactionId id{};
  Builder builder(MessageClass::kRequest, kBinding, id);
  const std::array<uint8_t, 3> three{1, 2, 3};
  builder.Add(AttributeType::kPriority, three).Add(AttributeType::kIceControlled, three);
  builder.Add(AttributeType::kXorMappedAddress, three).Add(AttributeType::kErrorCode, three);
  builder.Add(AttributeType::kMessageIntegrity, three).Add(AttributeType::kFingerprint, three);
  const auto message = Message::Parse(builder.bytes());
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->Find32(AttributeType::kPriority));
  EXPECT_FALSE(message->Find64(AttributeType::kIceControlled));
  EXPECT_FALSE(message->XorMappedAddress());
  EXPECT_FALSE(message->XorMappedAddressIpv6());
  EXPECT_FALSE(message->ErrorCode());
  EXPECT_FALSE(message->CheckIntegrity(ShortTermKey(kPassword)));
  EXPECT_FALSE(message->CheckFingerprint());
}

TEST(StunMessage, WhatFollowsTheIntegrityDoesNotCount) {
  Builder builder(MessageClass::kRequest, kBinding, {});
  builder.AddText(AttributeType::kUsername, "a:b").AddIntegrity(ShortTermKey(kPassword));
  builder.AddFlag(AttributeType::kUseCandidate).Add32(AttributeType::kPriority, 7);
  const auto message = Message::Parse(builder.bytes());
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->CheckIntegrity(ShortTermKey(kPassword)));
  EXPECT_FALSE(message->Find(AttributeType::kUseCandidate));
  EXPECT_FALSE(message->Find32(AttributeType::kPriority));
}

TEST(StunBuilder, WritesTheSampleResponseButForItsPadding) {
  const auto sample = Message::Parse(kResponseIpv4);
  ASSERT_TRUE(sample);
  Builder builder(MessageClass::kSuccess, kBinding, sample->id());
  builder.AddText(AttributeType::kSoftware, "test vector");
  builder.AddXorMappedAddress(*Endpoint::Parse("192.0.2.1:32853"));
  auto expected = kResponseIpv4;
  expected[35] = 0;  // the sample pads with a space
  const size_t size = builder.bytes().size();
  EXPECT_TRUE(std::equal(builder.bytes().begin() + 4, builder.bytes().end(), expected.begin() + 4,
                         expected.begin() + static_cast<long>(size)));
}

TEST(StunBuilder, RoundTripWithBothIntegrities) {
  TransactionId id;
  id.fill(0x5A);
  Builder builder(MessageClass::kError, kBinding, id);
  builder.AddErrorCode(kErrorRoleConflict, "Role Conflict");
  builder.Add64(AttributeType::kIceControlling, 0x0123456789ABCDEF);
  builder.AddIntegrity(ShortTermKey(kPassword)).AddIntegritySha256(ShortTermKey(kPassword));
  builder.AddFingerprint();
  const auto message = Message::Parse(builder.bytes());
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->Is(MessageClass::kError, kBinding));
  EXPECT_EQ(message->id(), id);
  ASSERT_TRUE(message->ErrorCode());
  EXPECT_EQ(message->ErrorCode()->code, 487);
  EXPECT_EQ(message->ErrorCode()->reason, "Role Conflict");
  EXPECT_EQ(message->Find64(AttributeType::kIceControlling), 0x0123456789ABCDEFu);
  EXPECT_TRUE(message->CheckIntegrity(ShortTermKey(kPassword)));
  EXPECT_TRUE(message->CheckIntegritySha256(ShortTermKey(kPassword)));
  EXPECT_FALSE(message->CheckIntegritySha256(ShortTermKey("another")));
  EXPECT_TRUE(message->CheckFingerprint());
}

TEST(StunBuilder, WhatDoesNotFitLeavesNothing) {
  Builder builder(MessageClass::kRequest, kBinding, {});
  const std::string text(kMaxDatagramBytes, 'x');
  builder.AddText(AttributeType::kSoftware, text).AddIntegrity(ShortTermKey(kPassword));
  builder.AddFingerprint();
  EXPECT_TRUE(builder.bytes().empty());
}

TEST(StunBuilder, EveryMethodAndClassSurvives) {
  for (const uint16_t method : {0x001, 0x00F, 0x070, 0xF80, 0xFFF}) {
    for (int bits = 0; bits < 4; ++bits) {
      const auto message_class = static_cast<MessageClass>(bits);
      const Builder builder(message_class, method, {});
      const auto message = Message::Parse(builder.bytes());
      ASSERT_TRUE(message);
      EXPECT_TRUE(message->Is(message_class, method));
    }
  }
}

TEST(StunServer, AnswersWithTheAddress) {
  Builder request(MessageClass::kRequest, kBinding, {1, 2, 3});
  request.AddFingerprint();
  const auto answer =
      AnswerBinding(*Message::Parse(request.bytes()), *Endpoint::Parse("203.0.113.9:4000"));
  ASSERT_TRUE(answer);
  const auto message = Message::Parse(answer->bytes());
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->Is(MessageClass::kSuccess, kBinding));
  EXPECT_EQ(message->XorMappedAddress(), Endpoint::Parse("203.0.113.9:4000"));
  EXPECT_TRUE(message->CheckFingerprint());
}

TEST(StunServer, NamesWhatItDoesNotUnderstand) {
  Builder request(MessageClass::kRequest, kBinding, {1, 2, 3});
  request.Add32(static_cast<AttributeType>(0x0003), 6);
  const auto answer =
      AnswerBinding(*Message::Parse(request.bytes()), *Endpoint::Parse("203.0.113.9:4000"));
  ASSERT_TRUE(answer);
  const auto message = Message::Parse(answer->bytes());
  ASSERT_TRUE(message && message->ErrorCode());
  EXPECT_EQ(message->ErrorCode()->code, 420);
  const auto unknown = message->Find(AttributeType::kUnknownAttributes);
  ASSERT_TRUE(unknown);
  EXPECT_THAT(*unknown, ElementsAre(0, 3));
}

TEST(StunMessage, AttributesAreKnownInTheirMethodsOnly) {
  const auto unknown = [](uint16_t method, AttributeType type) {
    Builder request(MessageClass::kRequest, method, {});
    request.Add32(type, 0);
    return !Message::Parse(request.bytes())->UnknownRequired().empty();
  };
  for (const AttributeType turn :
       {AttributeType::kChannelNumber, AttributeType::kLifetime, AttributeType::kXorPeerAddress,
        AttributeType::kData, AttributeType::kXorRelayedAddress,
        AttributeType::kRequestedAddressFamily, AttributeType::kEvenPort,
        AttributeType::kRequestedTransport, AttributeType::kReservationToken}) {
    EXPECT_TRUE(unknown(kBinding, turn)) << static_cast<int>(turn);
    for (const uint16_t method : {kAllocate, kRefresh, kSend, kCreatePermission, kChannelBind}) {
      EXPECT_FALSE(unknown(method, turn)) << static_cast<int>(turn);
    }
  }
  for (const AttributeType ice : {AttributeType::kPriority, AttributeType::kUseCandidate}) {
    EXPECT_FALSE(unknown(kBinding, ice));
    EXPECT_TRUE(unknown(kAllocate, ice));
  }
  EXPECT_TRUE(unknown(kAllocate, AttributeType::kDontFragment));
  EXPECT_FALSE(unknown(kAllocate, AttributeType::kAdditionalAddressFamily));
}

TEST(StunMessage, SeveralAttributesOfOneType) {
  const Endpoint one = *Endpoint::Parse("192.0.2.1:32853");
  const Endpoint two = *Endpoint::Parse("198.51.100.7:9");
  Builder builder(MessageClass::kRequest, kCreatePermission, {});
  builder.AddXorAddress(AttributeType::kXorPeerAddress, one);
  builder.AddXorAddress(AttributeType::kXorRelayedAddress, two);
  builder.AddXorAddress(AttributeType::kXorPeerAddress, two);
  builder.AddIntegrity(ShortTermKey("x")).AddXorAddress(AttributeType::kXorPeerAddress, one);
  const auto message = Message::Parse(builder.bytes());
  ASSERT_TRUE(message);
  const auto peers = message->FindAll(AttributeType::kXorPeerAddress);
  ASSERT_EQ(peers.size(), 2u) << "what follows the integrity does not count";
  EXPECT_EQ(ReadXorAddress(peers[0]), one);
  EXPECT_EQ(ReadXorAddress(peers[1]), two);
  EXPECT_EQ(message->XorAddress(AttributeType::kXorRelayedAddress), two);
  EXPECT_FALSE(message->XorMappedAddress());
  EXPECT_FALSE(ReadXorAddress(peers[0].first(7)));
}

TEST(StunServer, AttributesOfTurnAreUnknownInBinding) {
  Builder request(MessageClass::kRequest, kBinding, {1, 2, 3});
  request.Add32(AttributeType::kLifetime, 600);
  const auto answer =
      AnswerBinding(*Message::Parse(request.bytes()), *Endpoint::Parse("203.0.113.9:4000"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(Message::Parse(answer->bytes())->ErrorCode()->code, 420);
}

TEST(StunServer, IgnoresWhatIsNoRequest) {
  EXPECT_FALSE(AnswerBinding(*Message::Parse(kResponseIpv4), {}));
  auto request = kRequest;
  request.back() ^= 1;
  EXPECT_FALSE(AnswerBinding(*Message::Parse(request), {}));
}

TEST(StunDigest, KnownSums) {
  const std::string digits = "123456789";
  EXPECT_EQ(Crc32(ShortTermKey(digits)), 0xCBF43926u);
  // RFC 2202 section 3, case 2.
  const auto mac = HmacSha1(ShortTermKey("Jefe"), ShortTermKey("what do ya want for nothing?"));
  EXPECT_EQ(std::vector<uint8_t>(mac.begin(), mac.end()),
            FromHex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
}

}  // namespace
}  // namespace sfa::stun
