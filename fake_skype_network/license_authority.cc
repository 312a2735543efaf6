#include "fake_skype_network/license_authority.h"

#include <algorithm>
#include <array>

namespace sfa::community {
namespace {

// Published on purpose: see the header.
constexpr char kSeed[33] = "published seed: licences to test";

stream::Key PublishedSeed() {
  stream::Key seed;
  std::copy_n(kSeed, seed.size(), seed.begin());
  return seed;
}

}  // namespace

LicenseAuthority::LicenseAuthority() : LicenseAuthority(PublishedSeed()) {}

LicenseAuthority::LicenseAuthority(const stream::Key& seed) : key_(stream::SigningKeyOf(seed)) {}

Result<std::string> LicenseAuthority::Issue(const license::License& license) const {
  return license::Write(license, key_);
}

std::string KeyOf(std::string_view customer, uint64_t purchase) {
  std::array<uint8_t, 16> digest;
  stream::Blake2b(digest, stream::Fields("sfa licence key").Add(customer).Add(purchase).bytes());
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string key(license::kKeyPrefix);
  for (size_t i = 0; i < 8; ++i) {
    key += kDigits[digest[i] >> 4];
    key += kDigits[digest[i] & 0xF];
  }
  return key;
}

}  // namespace sfa::community
