// Licensed channels: one for each concurrent call, whichever its direction (manual, chapter 1).
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_

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

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_
