// The three sums that protect a STUN message.
#ifndef REFERENCE_IMPL_PROTOCOL_STUN_DIGEST_H_
#define REFERENCE_IMPL_PROTOCOL_STUN_DIGEST_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace sfa::stun {

std::array<uint8_t, 20> HmacSha1(std::span<const uint8_t> key, std::span<const uint8_t> bytes);
std::array<uint8_t, 32> HmacSha256(std::span<const uint8_t> key, std::span<const uint8_t> bytes);
// The key of the long-term mechanism (RFC 8489 section 9.2.2): MD5 of the three, joined by colons.
std::array<uint8_t, 16> LongTermKey(std::string_view user, std::string_view realm,
                                    std::string_view password);
// In time that does not depend on where they differ.
bool EqualInConstantTime(std::span<const uint8_t> a, std::span<const uint8_t> b);
// The CRC-32 of ITU V.42, as FINGERPRINT uses it.
uint32_t Crc32(std::span<const uint8_t> bytes);

}  // namespace sfa::stun

#endif  // REFERENCE_IMPL_PROTOCOL_STUN_DIGEST_H_
