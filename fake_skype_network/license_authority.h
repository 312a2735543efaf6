// Who issues licences: plays the vendor's licence server as far as its files go.
//
// The authority is simulated: its private key is in license_authority.cc for everybody to read.
// Modules built from this repository take its licences (protocol/license/license_file.h,
// SimulatedAuthority()), so they protect nothing; they make licensing behave as it does.
#ifndef FAKE_SKYPE_NETWORK_LICENSE_AUTHORITY_H_
#define FAKE_SKYPE_NETWORK_LICENSE_AUTHORITY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/license/license_file.h"
#include "protocol/stream/keys.h"
#include "runtime/result.h"

namespace sfa::community {

// Manual 4.3: a licence is paid once. Its file has a date all the same, which is far away.
inline constexpr char kNoExpiry[] = "2999-12-31";

class LicenseAuthority {
 public:
  // The one whose licences the modules take.
  LicenseAuthority();
  // Any other.
  explicit LicenseAuthority(const stream::Key& seed);

  const stream::Key& public_key() const { return key_.public_key; }
  // The text of the licence file. kInvalid, with the field, for a licence that cannot be.
  Result<std::string> Issue(const license::License& license) const;

 private:
  stream::SigningKey key_;
};

// A key for sale: "S4A-" and 16 hexadecimal digits. Equal purchases have equal keys, others do not.
std::string KeyOf(std::string_view customer, uint64_t purchase);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_LICENSE_AUTHORITY_H_
