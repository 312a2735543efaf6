#include "protocol/media/srtp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "protocol/media/reference_gcm.h"
#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

using reference::Bytes;

Bytes FromHex(const std::string& hex) {
  Bytes bytes;
  std::string digits;
  for (const char c : hex) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() < 2) continue;
    bytes.push_back(static_cast<uint8_t>(std::stoul(digits, nullptr, 16)));
    digits.clear();
  }
  return bytes;
}

Bytes Range(uint8_t first, size_t count) {
  Bytes bytes(count);
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(first + i);
  return bytes;
}

constexpr size_t kRtpTag = 16;

// RFC 7714 section 16: session key and salt, and the packet of both its examples.
const Bytes kSessionKey = Range(0, 16);
const Bytes kSessionSalt = FromHex("517569642070726f2071756f");
const Bytes kPlainPacket = FromHex(
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120"
    "696e2070 61727465 73207472 6573");

TEST(ReferenceGcm, AgreesWithTheStandards) {
  // FIPS 197 appendix C.1.
  reference::Block block;
  const Bytes plain = FromHex("00112233445566778899aabbccddeeff");
  std::copy(plain.begin(), plain.end(), block.begin());
  const reference::Block encrypted = reference::Aes128(Range(0, 16)).Encrypt(block);
  EXPECT_EQ(Bytes(encrypted.begin(), encrypted.end()), FromHex("69c4e0d86a7b0430d8cdb78070b4c55a"));
  // RFC 7714 section 16.1.1.
  const auto header = std::span(kPlainPacket).first(12);
  const auto payload = std::span(kPlainPacket).subspan(12);
  EXPECT_EQ(reference::Seal(kSessionKey, FromHex("51753c6580c2726f20718414"), header, payload),
            FromHex("f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b"
                    "36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce"));
}

// What RFC 7714 section 8 demands for a packet, from master key and salt.
Bytes ExpectedRtp(const SrtpKey& master, const Bytes& packet, uint32_t roll_over) {
  const auto key = std::span(master).first(16);
  const auto salt = std::span(master).subspan(16);
  const Bytes session_key = reference::DeriveKey(key, salt, 0, 16);
  Bytes iv = reference::DeriveKey(key, salt, 2, 12);
  for (int i = 0; i < 4; ++i) iv[2 + i] ^= packet[8 + i];
  for (int i = 0; i < 4; ++i) iv[6 + i] ^= static_cast<uint8_t>(roll_over >> (24 - 8 * i));
  for (int i = 0; i < 2; ++i) iv[10 + i] ^= packet[2 + i];
  Bytes expected(packet.begin(), packet.begin() + 12);
  const Bytes sealed =
      reference::Seal(session_key, iv, std::span(packet).first(12), std::span(packet).subspan(12));
  expected.insert(expected.end(), sealed.begin(), sealed.end());
  return expected;
}

SrtpKey Key(uint8_t first) {
  SrtpKey key;
  const Bytes bytes = Range(first, key.size());
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

std::unique_ptr<SrtpContext> Context(const SrtpKey& key, SrtpContext::Direction direction,
                                     uint32_t ssrc = 0x5501a0b2) {
  auto context = SrtpContext::New(key, ssrc, direction);
  EXPECT_TRUE(context.ok());
  return std::move(*context);
}

// Runs one of the two operations on a copy; empty when it refuses.
template <typename Operation>
Bytes Apply(Operation operation, const Bytes& packet) {
  alignas(8) std::array<uint8_t, 2048> buffer;
  std::copy(packet.begin(), packet.end(), buffer.begin());
  size_t size = packet.size();
  if (!operation(buffer.data(), size)) return {};
  return Bytes(buffer.begin(), buffer.begin() + static_cast<long>(size));
}

class SrtpTest : public ::testing::Test {
 protected:
  Bytes Protect(const Bytes& packet) {
    return Apply([&](uint8_t* p, size_t& s) { return send_->Protect(p, s); }, packet);
  }
  Bytes Unprotect(const Bytes& packet) {
    return Apply([&](uint8_t* p, size_t& s) { return receive_->Unprotect(p, s); }, packet);
  }
  static Bytes WithSequence(uint16_t sequence) {
    Bytes packet = kPlainPacket;
    WriteU16(sequence, &packet[2]);
    return packet;
  }
  std::unique_ptr<SrtpContext> send_ = Context(Key(7), SrtpContext::Direction::kSend);
  std::unique_ptr<SrtpContext> receive_ = Context(Key(7), SrtpContext::Direction::kReceive);
};

TEST_F(SrtpTest, IsWhatTheStandardDemands) {
  EXPECT_EQ(Protect(kPlainPacket), ExpectedRtp(Key(7), kPlainPacket, 0));
  const Bytes next = WithSequence(0xf17c);
  EXPECT_EQ(Protect(next), ExpectedRtp(Key(7), next, 0));
}

TEST_F(SrtpTest, CountsTheSequenceNumbersWraps) {
  Protect(WithSequence(0xFFFF));
  const Bytes wrapped = WithSequence(0);
  EXPECT_EQ(Protect(wrapped), ExpectedRtp(Key(7), wrapped, 1));
}

TEST_F(SrtpTest, OpensWhatItHasSealed) {
  const Bytes sealed = Protect(kPlainPacket);
  EXPECT_EQ(sealed.size(), kPlainPacket.size() + kRtpTag);
  EXPECT_EQ(Unprotect(sealed), kPlainPacket);
}

TEST_F(SrtpTest, RefusesReplays) {
  const Bytes first = Protect(WithSequence(100));
  const Bytes second = Protect(WithSequence(101));
  EXPECT_FALSE(Unprotect(second).empty());
  EXPECT_FALSE(Unprotect(first).empty()) << "out of order is no replay";
  EXPECT_TRUE(Unprotect(first).empty());
  EXPECT_TRUE(Unprotect(second).empty());
}

TEST_F(SrtpTest, RefusesEveryChangedBit) {
  const Bytes sealed = Protect(kPlainPacket);
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes forged = sealed;
    forged[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_TRUE(Unprotect(forged).empty()) << "bit " << bit;
  }
  EXPECT_FALSE(Unprotect(sealed).empty());
}

TEST_F(SrtpTest, RefusesAnotherCallsKeyAndSource) {
  const Bytes sealed = Protect(kPlainPacket);
  receive_ = Context(Key(8), SrtpContext::Direction::kReceive);
  EXPECT_TRUE(Unprotect(sealed).empty());
  receive_ = Context(Key(7), SrtpContext::Direction::kReceive, 0x01020304);
  EXPECT_TRUE(Unprotect(sealed).empty());
}

TEST_F(SrtpTest, SurvivesPacketsOfAnyLength) {
  for (size_t size = 0; size <= 64; ++size) {
    EXPECT_TRUE(Unprotect(Bytes(size, 0x9F)).empty());
    EXPECT_TRUE(Unprotect(Bytes(size, 0x80)).empty());
  }
}

}  // namespace
}  // namespace sfa::media
