#include "protocol/license/host_id.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace sfa::license {
namespace {

std::array<uint8_t, 20> Sha1(const std::vector<uint8_t>& bytes) {
  std::array<uint8_t, 20> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
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
  for (const uint8_t byte : Sha1(bytes)) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

}  // namespace sfa::license
