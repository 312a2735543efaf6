// What a fuzz target reads its choices from, and what writes the same choices for a seed.
#ifndef FUZZ_INPUT_H_
#define FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfa::fuzz {

using Bytes = std::vector<uint8_t>;

// Reads from the front. When the bytes are used up, numbers are 0 and blocks empty.
class Input {
 public:
  explicit Input(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  uint8_t Byte() { return static_cast<uint8_t>(Number(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Number(2)); }
  uint32_t U32() { return static_cast<uint32_t>(Number(4)); }
  bool Flag() { return Byte() & 1; }
  // 0 to `end` - 1.
  size_t Below(size_t end) { return Byte() % end; }
  std::span<const uint8_t> Take(size_t size) {
    const auto taken = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  // A length, and as many bytes.
  std::span<const uint8_t> Block() { return Take(U16()); }
  std::span<const uint8_t> Rest() { return Take(bytes_.size()); }

 private:
  uint64_t Number(size_t size) {
    uint64_t number = 0;
    for (const uint8_t byte : Take(size)) number = number << 8 | byte;
    return number;
  }
  std::span<const uint8_t> bytes_;
};

inline std::string_view TextOf(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Writes what Input reads.
class Script {
 public:
  Script& Byte(uint8_t value) { return Number(value, 1); }
  Script& U16(uint16_t value) { return Number(value, 2); }
  Script& U32(uint32_t value) { return Number(value, 4); }
  Script& Put(std::span<const uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Script& Put(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  template <typename Content>
  Script& Block(const Content& content) {
    return U16(static_cast<uint16_t>(content.size())).Put(content);
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Script& Number(uint64_t value, int size) {
    for (int i = size - 1; i >= 0; --i) bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
    return *this;
  }
  Bytes bytes_;
};

// A broken promise of the code under test.
[[noreturn]] void Fail(const char* file, int line, const char* promise);

#define SFA_FUZZ_CHECK(promise) \
  ((promise) ? static_cast<void>(0) : ::sfa::fuzz::Fail(__FILE__, __LINE__, #promise))

}  // namespace sfa::fuzz

#endif  // FUZZ_INPUT_H_
