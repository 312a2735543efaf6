#include "protocol/stream/keys.h"

#include <sodium.h>

#include <algorithm>

namespace sfa::stream {

SigningKey SigningKeyOf(const Key& seed) {
  SigningKey key;
  crypto_sign_ed25519_seed_keypair(key.public_key.data(), key.secret.data(), seed.data());
  return key;
}

SigningKey NewSigningKey(Random& random) { return SigningKeyOf(random.Bytes<32>()); }

ExchangeKey NewExchangeKey(Random& random) {
  ExchangeKey key;
  random.Fill(key.secret);
  crypto_scalarmult_curve25519_base(key.public_key.data(), key.secret.data());
  return key;
}

std::optional<Key> Agree(const Key& secret, const Key& public_key) {
  Key shared;
  if (crypto_scalarmult_curve25519(shared.data(), secret.data(), public_key.data()) != 0) return {};
  return shared;
}

Fields& Fields::Add(std::string_view bytes) {
  return Add({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

Fields& Fields::Add(std::span<const uint8_t> bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes_.push_back(static_cast<uint8_t>(bytes.size() >> shift));
  }
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

Fields& Fields::Add(uint64_t number) {
  std::array<uint8_t, 8> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(number >> (56 - 8 * i));
  return Add(std::span<const uint8_t>(bytes));
}

Signature Sign(const SigningKey& key, const Fields& fields) {
  Signature signature;
  const auto bytes = fields.bytes();
  crypto_sign_ed25519_detached(signature.data(), nullptr, bytes.data(), bytes.size(),
                               key.secret.data());
  return signature;
}

bool Verify(const Key& public_key, const Fields& fields, std::string_view signature) {
  if (signature.size() != crypto_sign_ed25519_BYTES) return false;
  const auto bytes = fields.bytes();
  return crypto_sign_ed25519_verify_detached(reinterpret_cast<const uint8_t*>(signature.data()),
                                             bytes.data(), bytes.size(), public_key.data()) == 0;
}

void Blake2b(std::span<uint8_t> into, std::span<const uint8_t> bytes,
             std::span<const uint8_t> key) {
  crypto_generichash_blake2b(into.data(), into.size(), bytes.data(), bytes.size(),
                             key.empty() ? nullptr : key.data(), key.size());
}

std::string ToString(std::span<const uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

std::optional<Key> ToKey(std::string_view bytes) {
  Key key;
  if (bytes.size() != key.size()) return {};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

}  // namespace sfa::stream
