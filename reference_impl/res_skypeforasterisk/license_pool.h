// Licensed channels: one for each concurrent call, whichever its direction (manual, chapter 1).
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_

#include <memory>
#include <string>

#include "runtime/files.h"
#include "runtime/log.h"

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

// Invariant: 0 <= in_use() <= total() at every moment; a Release() too many asserts.
std::unique_ptr<LicensePool> NewLicensePool(int total);

// How many channels are licensed without any licence.
inline constexpr int kDefaultLicensedChannels = 4;

// The number in the file `channels` of the licence directory: decimal digits. The default when
// there is no such file; 0 when it holds anything else, which the log then says.
int ReadLicensedChannels(FileSystem& files, Log& log, const std::string& licenses_directory);

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_POOL_H_
