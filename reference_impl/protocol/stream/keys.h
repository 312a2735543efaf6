// The few cryptographic operations of the protocol, on libsodium, with every key drawn from the
// runtime: libsodium's own generator is never used, and sodium_init(), which would, never called.
#ifndef REFERENCE_IMPL_PROTOCOL_STREAM_KEYS_H_
#define REFERENCE_IMPL_PROTOCOL_STREAM_KEYS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/random.h"

namespace sfa::stream {

using Key = std::array<uint8_t, 32>;
using Hash = std::array<uint8_t, 32>;
using Signature = std::array<uint8_t, 64>;

// Ed25519.
struct SigningKey {
  std::array<uint8_t, 64> secret{};
  Key public_key{};
};
SigningKey SigningKeyOf(const Key& seed);
SigningKey NewSigningKey(Random& random);

// X25519.
struct ExchangeKey {
  Key secret{};
  Key public_key{};
};
ExchangeKey NewExchangeKey(Random& random);
// The secret that both ends share; none for a public key of low order (RFC 7748 section 6.1).
std::optional<Key> Agree(const Key& secret, const Key& public_key);

// Bytes to be signed or hashed, as fields that cannot run into each other: each is preceded by its
// length. `purpose` keeps a signature made for one thing from being good for another.
class Fields {
 public:
  explicit Fields(std::string_view purpose) { Add(purpose); }
  Fields& Add(std::string_view bytes);
  Fields& Add(std::span<const uint8_t> bytes);
  Fields& Add(uint64_t number);
  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

Signature Sign(const SigningKey& key, const Fields& fields);
bool Verify(const Key& public_key, const Fields& fields, std::string_view signature);

// BLAKE2b (RFC 7693), 16 to 64 bytes long as `into` is; `key` may be empty, at most 64 bytes.
void Blake2b(std::span<uint8_t> into, std::span<const uint8_t> bytes,
             std::span<const uint8_t> key = {});

// Bytes fields of Protocol Buffers are strings.
std::string ToString(std::span<const uint8_t> bytes);
// Nothing when the length is not that of a key.
std::optional<Key> ToKey(std::string_view bytes);

}  // namespace sfa::stream

#endif  // REFERENCE_IMPL_PROTOCOL_STREAM_KEYS_H_
