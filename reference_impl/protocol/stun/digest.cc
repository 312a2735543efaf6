#include "protocol/stun/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

namespace sfa::stun {
namespace {

template <size_t kSize>
std::array<uint8_t, kSize> Hmac(const EVP_MD* hash, std::span<const uint8_t> key,
                                std::span<const uint8_t> bytes) {
  std::array<uint8_t, kSize> mac{};
  unsigned int size = kSize;
  HMAC(hash, key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), mac.data(),
       &size);
  return mac;
}

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  constexpr uint32_t kReversedPolynomial = 0xEDB88320;
  std::array<uint32_t, 256> table{};
  for (uint32_t index = 0; index < table.size(); ++index) {
    uint32_t value = index;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1) != 0 ? value >> 1 ^ kReversedPolynomial : value >> 1;
    }
    table[index] = value;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

}  // namespace

std::array<uint8_t, 20> HmacSha1(std::span<const uint8_t> key, std::span<const uint8_t> bytes) {
  return Hmac<20>(EVP_sha1(), key, bytes);
}

std::array<uint8_t, 32> HmacSha256(std::span<const uint8_t> key, std::span<const uint8_t> bytes) {
  return Hmac<32>(EVP_sha256(), key, bytes);
}

std::array<uint8_t, 16> LongTermKey(std::string_view user, std::string_view realm,
                                    std::string_view password) {
  std::string text;
  text.reserve(user.size() + realm.size() + password.size() + 2);
  text.append(user).append(":").append(realm).append(":").append(password);
  std::array<uint8_t, 16> key{};
  EVP_Digest(text.data(), text.size(), key.data(), nullptr, EVP_md5(), nullptr);
  OPENSSL_cleanse(text.data(), text.size());
  return key;
}

bool EqualInConstantTime(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

uint32_t Crc32(std::span<const uint8_t> bytes) {
  uint32_t value = 0xFFFFFFFF;
  for (const uint8_t byte : bytes) value = value >> 8 ^ kCrcTable[(value ^ byte) & 0xFF];
  return ~value;
}

}  // namespace sfa::stun
