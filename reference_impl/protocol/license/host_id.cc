#include "protocol/license/host_id.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sfa::license {
namespace {

uint32_t Rotate(uint32_t value, int bits) { return (value << bits) | (value >> (32 - bits)); }

using Sha1State = std::array<uint32_t, 5>;

// RFC 3174 section 6.1: one block of 64 bytes.
void Sha1Block(const uint8_t* block, Sha1State& h) {
  std::array<uint32_t, 80> w{};
  for (size_t t = 0; t < 16; ++t) {
    for (size_t i = 0; i < 4; ++i) w[t] = (w[t] << 8) | block[4 * t + i];
  }
  for (size_t t = 16; t < 80; ++t) w[t] = Rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  auto [a, b, c, d, e] = h;
  for (size_t t = 0; t < 80; ++t) {
    uint32_t f = b ^ c ^ d;
    uint32_t k = 0xCA62C1D6;
    if (t < 20) {
      f = (b & c) | (~b & d);
      k = 0x5A827999;
    } else if (t < 40) {
      k = 0x6ED9EBA1;
    } else if (t < 60) {
      f = (b & c) | (b & d) | (c & d);
      k = 0x8F1BBCDC;
    }
    const uint32_t next = Rotate(a, 5) + f + e + w[t] + k;
    e = d;
    d = c;
    c = Rotate(b, 30);
    b = a;
    a = next;
  }
  const Sha1State add = {a, b, c, d, e};
  for (size_t i = 0; i < h.size(); ++i) h[i] += add[i];
}

std::array<uint8_t, 20> Sha1(std::vector<uint8_t> bytes) {
  const uint64_t bits = bytes.size() * uint64_t{8};
  bytes.push_back(0x80);
  while (bytes.size() % 64 != 56) bytes.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(bits >> shift));
  Sha1State h = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  for (size_t at = 0; at < bytes.size(); at += 64) Sha1Block(&bytes[at], h);
  std::array<uint8_t, 20> digest{};
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(h[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

}  // namespace

std::string HostId(const std::vector<NetworkInterface>& interfaces) {
  const bool any_physical =
      std::any_of(interfaces.begin(), interfaces.end(),
                  [](const NetworkInterface& device) { return device.physical; });
  std::vector<std::array<uint8_t, 6>> addresses;
  for (const NetworkInterface& device : interfaces) {
    const bool ethernet = !device.loopback && device.mac != std::array<uint8_t, 6>{};
    if (ethernet && (device.physical || !any_physical)) addresses.push_back(device.mac);
  }
  if (addresses.empty()) return "";
  std::sort(addresses.begin(), addresses.end());
  std::vector<uint8_t> bytes;
  for (const auto& address : addresses) bytes.insert(bytes.end(), address.begin(), address.end());
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : Sha1(std::move(bytes))) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

}  // namespace sfa::license
