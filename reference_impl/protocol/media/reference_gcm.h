// AES-128-GCM and SRTP's key derivation once more, for tests: slow, plain, written from the
// standards (FIPS 197, NIST SP 800-38D, RFC 3711 section 4.3, RFC 7714), so that the library which
// is used in calls is judged by something else than itself.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_REFERENCE_GCM_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_REFERENCE_GCM_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace sfa::media::reference {

using Block = std::array<uint8_t, 16>;
using Bytes = std::vector<uint8_t>;

inline uint8_t Double(uint8_t value) {
  return static_cast<uint8_t>(value << 1 ^ (value & 0x80 ? 0x1B : 0));
}

inline uint8_t Multiply(uint8_t a, uint8_t b) {
  uint8_t product = 0;
  for (; b != 0; b >>= 1, a = Double(a)) {
    if (b & 1) product ^= a;
  }
  return product;
}

// FIPS 197 section 5.1.1: the inverse in GF(2^8), then an affine map.
inline uint8_t Substitute(uint8_t value) {
  uint8_t inverse = 0;
  for (int candidate = 1; candidate < 256 && value != 0; ++candidate) {
    if (Multiply(value, static_cast<uint8_t>(candidate)) == 1) {
      inverse = static_cast<uint8_t>(candidate);
    }
  }
  uint8_t result = 0x63;
  for (int shift = 0; shift < 5; ++shift) {
    result ^= static_cast<uint8_t>(inverse << shift | inverse >> (8 - shift));
  }
  return result;
}

class Aes128 {
 public:
  explicit Aes128(std::span<const uint8_t> key) {
    for (int i = 0; i < 256; ++i) box_[i] = Substitute(static_cast<uint8_t>(i));
    std::copy_n(key.begin(), 16, words_.begin());
    uint8_t round_constant = 1;
    for (size_t i = 16; i < words_.size(); i += 4) {
      std::array<uint8_t, 4> word;
      std::copy_n(words_.begin() + i - 4, 4, word.begin());
      if (i % 16 == 0) {
        std::rotate(word.begin(), word.begin() + 1, word.end());
        for (uint8_t& byte : word) byte = box_[byte];
        word[0] ^= round_constant;
        round_constant = Double(round_constant);
      }
      for (size_t k = 0; k < 4; ++k) words_[i + k] = words_[i + k - 16] ^ word[k];
    }
  }

  Block Encrypt(Block state) const {
    AddKey(state, 0);
    for (size_t round = 1; round <= 10; ++round) {
      Block moved;
      for (size_t i = 0; i < 16; ++i) moved[i] = box_[state[(i + i % 4 * 4) % 16]];
      if (round < 10) MixColumns(moved);
      state = moved;
      AddKey(state, round);
    }
    return state;
  }

 private:
  void AddKey(Block& state, size_t round) const {
    for (size_t i = 0; i < 16; ++i) state[i] ^= words_[16 * round + i];
  }
  static void MixColumns(Block& state) {
    for (size_t c = 0; c < 16; c += 4) {
      std::array<uint8_t, 4> old;
      std::copy_n(state.begin() + c, 4, old.begin());
      for (size_t r = 0; r < 4; ++r) {
        state[c + r] = static_cast<uint8_t>(Multiply(old[r], 2) ^ Multiply(old[(r + 1) % 4], 3) ^
                                            old[(r + 2) % 4] ^ old[(r + 3) % 4]);
      }
    }
  }

  std::array<uint8_t, 256> box_;
  std::array<uint8_t, 176> words_;
};

// SP 800-38D section 6.3.
inline Block MultiplyInField(const Block& x, Block v) {
  Block z{};
  for (int bit = 0; bit < 128; ++bit) {
    if (x[bit / 8] >> (7 - bit % 8) & 1) {
      for (int i = 0; i < 16; ++i) z[i] ^= v[i];
    }
    const bool carry = v[15] & 1;
    for (int i = 15; i > 0; --i) v[i] = static_cast<uint8_t>(v[i] >> 1 | v[i - 1] << 7);
    v[0] >>= 1;
    if (carry) v[0] ^= 0xE1;
  }
  return z;
}

// Ciphertext and tag of 16 bytes.
inline Bytes Seal(std::span<const uint8_t> key, std::span<const uint8_t> iv,
                  std::span<const uint8_t> associated, std::span<const uint8_t> plain) {
  const Aes128 aes(key);
  const Block hash_key = aes.Encrypt(Block{});
  const auto counter_block = [&](uint32_t counter) {
    Block block{};
    std::copy(iv.begin(), iv.end(), block.begin());
    for (int i = 0; i < 4; ++i) block[12 + i] = static_cast<uint8_t>(counter >> (24 - 8 * i));
    return aes.Encrypt(block);
  };
  Bytes sealed(plain.begin(), plain.end());
  for (size_t i = 0; i < sealed.size(); ++i) {
    sealed[i] ^= counter_block(static_cast<uint32_t>(2 + i / 16))[i % 16];
  }
  Block hash{};
  const auto absorb = [&](std::span<const uint8_t> bytes) {
    for (size_t begin = 0; begin < bytes.size(); begin += 16) {
      for (size_t i = begin; i < std::min(begin + 16, bytes.size()); ++i) {
        hash[i - begin] ^= bytes[i];
      }
      hash = MultiplyInField(hash, hash_key);
    }
  };
  absorb(associated);
  absorb(sealed);
  Block lengths{};
  for (int i = 0; i < 8; ++i) {
    lengths[i] = static_cast<uint8_t>(uint64_t{associated.size()} * 8 >> (56 - 8 * i));
    lengths[8 + i] = static_cast<uint8_t>(uint64_t{plain.size()} * 8 >> (56 - 8 * i));
  }
  absorb(lengths);
  const Block mask = counter_block(1);
  for (int i = 0; i < 16; ++i) sealed.push_back(hash[i] ^ mask[i]);
  return sealed;
}

// RFC 3711 section 4.3.1 with a salt of 96 bits (RFC 7714 section 11) and no key derivation rate.
inline Bytes DeriveKey(std::span<const uint8_t> master_key, std::span<const uint8_t> master_salt,
                       uint8_t label, size_t bytes) {
  const Aes128 aes(master_key);
  Bytes derived;
  for (uint8_t counter = 0; derived.size() < bytes; ++counter) {
    Block block{};
    std::copy(master_salt.begin(), master_salt.end(), block.begin());
    block[7] ^= label;
    block[15] = counter;
    const Block stream = aes.Encrypt(block);
    derived.insert(derived.end(), stream.begin(), stream.end());
  }
  derived.resize(bytes);
  return derived;
}

}  // namespace sfa::media::reference

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_REFERENCE_GCM_H_
