#include "network_sim/random_streams.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "network_sim/ipv4.h"

namespace sfa::sim {
namespace {

uint64_t RotateLeft(uint64_t value, int by) { return value << by | value >> (64 - by); }

}  // namespace

NoiseStream::NoiseStream(uint64_t seed) {
  for (uint64_t& word : state_) {
    seed += 0x9E3779B97F4A7C15;
    uint64_t mixed = seed;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    word = mixed ^ mixed >> 31;
  }
}

uint64_t NoiseStream::Next() {
  const uint64_t result = RotateLeft(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = RotateLeft(state_[3], 45);
  return result;
}

ProcessRandom::ProcessRandom(uint64_t seed) {
  WriteU32(key_.data(), static_cast<uint32_t>(seed >> 32));
  WriteU32(key_.data() + 4, static_cast<uint32_t>(seed));
}

void ProcessRandom::Fill(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    if (used_ == block_.size()) Refill();
    const size_t taken = std::min(bytes.size(), block_.size() - used_);
    std::memcpy(bytes.data(), block_.data() + used_, taken);
    // A key is handed out once and not kept here.
    std::memset(block_.data() + used_, 0, taken);
    used_ += taken;
    bytes = bytes.subspan(taken);
  }
}

void ProcessRandom::Refill() {
  uint8_t nonce[crypto_stream_chacha20_NONCEBYTES] = {};
  WriteU32(nonce, static_cast<uint32_t>(blocks_ >> 32));
  WriteU32(nonce + 4, static_cast<uint32_t>(blocks_));
  ++blocks_;
  crypto_stream_chacha20(block_.data(), block_.size(), nonce, key_.data());
  used_ = 0;
}

}  // namespace sfa::sim
