#include "runtime/address.h"

#include <charconv>

namespace sfa {
namespace {

// A decimal number up to `limit` that ends where `end` is or at a character that is not a digit.
std::optional<uint32_t> ParseNumber(std::string_view& text, uint32_t limit) {
  uint32_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > limit) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(rest - text.data()));
  return value;
}

}  // namespace

std::optional<Ipv4Address> Ipv4Address::Parse(std::string_view text) {
  uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (text.empty() || text.front() != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    const auto number = ParseNumber(text, 255);
    if (!number) return std::nullopt;
    address = address << 8 | *number;
  }
  if (!text.empty()) return std::nullopt;
  return Ipv4Address{address};
}

std::string Ipv4Address::ToString() const {
  return std::to_string(value >> 24) + '.' + std::to_string(value >> 16 & 255) + '.' +
         std::to_string(value >> 8 & 255) + '.' + std::to_string(value & 255);
}

std::optional<Endpoint> Endpoint::Parse(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto address = Ipv4Address::Parse(text.substr(0, colon));
  text.remove_prefix(colon + 1);
  const auto port = ParseNumber(text, 65535);
  if (!address || !port || !text.empty()) return std::nullopt;
  return Endpoint{*address, static_cast<uint16_t>(*port)};
}

std::string Endpoint::ToString() const { return address.ToString() + ':' + std::to_string(port); }

}  // namespace sfa
