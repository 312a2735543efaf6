// Licensed channels: one for each concurrent call, whichever its direction (manual, chapter 1).
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_

#include <atomic>

namespace sfa::res {

// Safe from any thread; no call waits.
class LicensePool {
 public:
  virtual ~LicensePool() = default;

  // False when all channels are in use; then nothing was taken.
  virtual bool Acquire() = 0;
  virtual void Release() = 0;
  virtual int total() const = 0;
  virtual int in_use() const = 0;
};

// Invariant: 0 <= in_use(), and Acquire() never takes it beyond total(). A Release() too many
// asserts.
class CountingPool final : public LicensePool {
 public:
  explicit CountingPool(int total) : total_(total) {}

  bool Acquire() override;
  void Release() override;
  int total() const override { return total_.load(std::memory_order_acquire); }
  int in_use() const override { return in_use_.load(std::memory_order_acquire); }

  // What is in use stays so, also beyond the new total.
  void SetTotal(int total) { total_.store(total, std::memory_order_release); }

 private:
  std::atomic<int> total_;
  std::atomic<int> in_use_{0};
};

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_
