// IPv4 addresses and transport endpoints as values.
#ifndef REFERENCE_IMPL_RUNTIME_ADDRESS_H_
#define REFERENCE_IMPL_RUNTIME_ADDRESS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sfa {

// An IPv4 address; `value` is in host byte order, 192.0.2.1 being 0xC0000201.
struct Ipv4Address {
  uint32_t value = 0;

  static constexpr Ipv4Address Any() { return {0}; }
  static constexpr Ipv4Address Loopback() { return {0x7F000001}; }
  static constexpr Ipv4Address Of(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    return {static_cast<uint32_t>(a) << 24 | static_cast<uint32_t>(b) << 16 |
            static_cast<uint32_t>(c) << 8 | d};
  }
  // Dotted quad only; nothing else is an address.
  static std::optional<Ipv4Address> Parse(std::string_view text);

  bool is_any() const { return value == 0; }
  bool is_loopback() const { return value >> 24 == 127; }
  std::string ToString() const;

  friend constexpr auto operator<=>(const Ipv4Address&, const Ipv4Address&) = default;
};

// An address and a UDP or TCP port.
struct Endpoint {
  Ipv4Address address;
  uint16_t port = 0;

  // "192.0.2.1:5060"
  static std::optional<Endpoint> Parse(std::string_view text);
  std::string ToString() const;
  bool is_set() const { return address.value != 0 || port != 0; }

  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace sfa

template <>
struct std::hash<sfa::Ipv4Address> {
  size_t operator()(sfa::Ipv4Address address) const noexcept {
    return static_cast<size_t>(address.value * 0x9E3779B97F4A7C15ull >> 16);
  }
};

template <>
struct std::hash<sfa::Endpoint> {
  size_t operator()(sfa::Endpoint endpoint) const noexcept {
    const uint64_t key = static_cast<uint64_t>(endpoint.address.value) << 16 | endpoint.port;
    return static_cast<size_t>((key * 0x9E3779B97F4A7C15ull) >> 16);
  }
};

#endif  // REFERENCE_IMPL_RUNTIME_ADDRESS_H_
