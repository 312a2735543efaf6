#include "runtime/random.h"

#include <gtest/gtest.h>

#include <vector>

namespace sfa {
namespace {

// Gives the values it was told to.
class Scripted final : public Random {
 public:
  explicit Scripted(std::vector<uint64_t> values) : values_(std::move(values)) {}
  void Fill(std::span<uint8_t> bytes) override {
    const uint64_t value = values_.at(next_++);
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<uint8_t>(value >> (8 * (bytes.size() - 1 - i)));
    }
  }
  size_t used() const { return next_; }

 private:
  std::vector<uint64_t> values_;
  size_t next_ = 0;
};

TEST(Random, BelowRejectsWhatWouldBias) {
  // 2^64 - 1 lies in the incomplete last block of 10.
  Scripted random({UINT64_MAX, 27});
  EXPECT_EQ(random.Below(10), 7u);
  EXPECT_EQ(random.used(), 2u);
}

TEST(Random, Next64IsBigEndian) {
  Scripted random({0x0102030405060708});
  EXPECT_EQ(random.Next64(), 0x0102030405060708u);
}

}  // namespace
}  // namespace sfa
