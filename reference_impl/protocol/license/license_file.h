// The text of a licence file, <astvarlibdir>/licenses/S4A-….lic (manual 2.2, 2.6). Whoever issues
// licences, registers them or counts them agrees on it here.
//
// One form only: these lines in this order, each ended by one line feed, and nothing more.
//
//     license-file: 1
//     product: Skype for Asterisk
//     key: S4A-5E1F00D2C0FFEE07
//     user: Goldfinger Ltd
//     host-id: 59:af:d7:c5:36:8c:2f:a9:c3:bc:3e:99:d9:fb:e0:43:cd:37:d1:4f
//     channels: 5
//     expires: 2999-12-31
//     authority: 16 hexadecimal digits, the beginning of the public key
//     signature: 128 hexadecimal digits, Ed25519 (RFC 8032) over all lines before it
//
// So any changed byte makes another file, for which the signature is not good.
#ifndef REFERENCE_IMPL_PROTOCOL_LICENSE_LICENSE_FILE_H_
#define REFERENCE_IMPL_PROTOCOL_LICENSE_LICENSE_FILE_H_

#include <string>
#include <string_view>

#include "protocol/stream/keys.h"
#include "runtime/result.h"

namespace sfa::license {

inline constexpr std::string_view kProduct = "Skype for Asterisk";
// Keys of this product begin with it, and so do the names of its files.
inline constexpr std::string_view kKeyPrefix = "S4A-";
inline constexpr std::string_view kFileSuffix = ".lic";
// A whole file; the form above never comes near it.
inline constexpr size_t kMaxFileBytes = 4096;
inline constexpr int kMaxChannels = 10000;  // of one licence

struct License {
  std::string product = std::string(kProduct);
  std::string key;      // "S4A-" and 8 to 32 hexadecimal digits, capitals
  std::string user;     // whose it is; may be empty, at most 200 bytes on one line
  std::string host_id;  // as HostId() writes it
  int channels = 0;     // 1 to kMaxChannels
  std::string expires;  // the last day on which it is good, YYYY-MM-DD in UTC
};

enum class Authenticity {
  kGenuine,
  kTruncated,       // it ends too early
  kMalformed,       // it has another form
  kOtherAuthority,  // it names another signer
  kChanged,         // the signature is not good
};

struct Reading {
  Authenticity authenticity = Authenticity::kMalformed;
  std::string problem;  // for people, without the file's name; "" when genuine
  License license;      // empty unless genuine: what nobody has signed is not shown either
};

// Any bytes; `authority` is the public key that must have signed them.
Reading Read(std::string_view text, const stream::Key& authority);

// kInvalid, with the field, for a licence that could not be read back.
Result<std::string> Write(const License& license, const stream::SigningKey& authority);

// "<key>.lic"
std::string FileName(const License& license);
// Of this product, by its name: others' licences lie in the same directory.
bool IsFileName(std::string_view name);

// The public key of the licence authority that fake_skype_network plays. Its private key is in this
// repository too, so its licences are good for nothing outside of it; who really sells licences
// builds with a key of their own.
stream::Key SimulatedAuthority();

}  // namespace sfa::license

#endif  // REFERENCE_IMPL_PROTOCOL_LICENSE_LICENSE_FILE_H_
