// ChannelData: application data with four bytes before it (RFC 8656 section 12.4).
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_CHANNEL_DATA_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_CHANNEL_DATA_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sfa::turn {

// Section 12: the numbers that may be used.
inline constexpr uint16_t kFirstChannel = 0x4000;
inline constexpr uint16_t kLastChannel = 0x4FFF;
// Section 12, figure 4: what a message of these numbers begins with.
inline constexpr uint8_t kFirstChannelByte = 0x40;
inline constexpr uint8_t kLastChannelByte = 0x4F;
inline constexpr size_t kChannelHeaderBytes = 4;

constexpr bool IsChannelByte(uint8_t first) {
  return first >= kFirstChannelByte && first <= kLastChannelByte;
}
constexpr size_t PaddedToFour(size_t size) { return (size + 3) & ~size_t{3}; }

struct ChannelData {
  uint16_t channel = 0;
  std::span<const uint8_t> data;
};

// What may follow the data is padding.
inline std::optional<ChannelData> ParseChannelData(std::span<const uint8_t> bytes) {
  if (bytes.size() < kChannelHeaderBytes || !IsChannelByte(bytes[0])) return std::nullopt;
  const auto channel = static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
  const size_t length = static_cast<size_t>(bytes[2]) << 8 | bytes[3];
  if (length > bytes.size() - kChannelHeaderBytes) return std::nullopt;
  return ChannelData{channel, bytes.subspan(kChannelHeaderBytes, length)};
}

// `data_bytes` at most 65535.
inline std::array<uint8_t, kChannelHeaderBytes> ChannelHeader(uint16_t channel, size_t data_bytes) {
  return {static_cast<uint8_t>(channel >> 8), static_cast<uint8_t>(channel),
          static_cast<uint8_t>(data_bytes >> 8), static_cast<uint8_t>(data_bytes)};
}

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_CHANNEL_DATA_H_
