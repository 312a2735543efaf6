// Reads the licence files of this machine (manual 2.2, 2.6) and says which of them count.
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_DIRECTORY_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_DIRECTORY_H_

#include <string>

#include "protocol/stream/keys.h"
#include "res_skypeforasterisk/license_report.h"
#include "runtime/runtime.h"

namespace sfa::res {

// Further files are not opened; the log says how many there are.
inline constexpr size_t kMaxLicenseFiles = 1000;
// Refused files that the log names one by one.
inline constexpr size_t kMaxRefusalsTold = 50;

// Every file of the directory with a name of this product's, in the order of names. A licence
// counts when `authority` has signed it for this product and this host, its last day is not over,
// and its key has not been counted already; the channels of all that count add up. Each refused
// file is named in the log with what is wrong and what can be done. Without licences there is no
// channel.
LicenseReport ReadLicenses(Runtime& runtime, const std::string& directory,
                           const stream::Key& authority);

// "2010-06-01", in UTC.
std::string DateOf(WallTime time);

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_DIRECTORY_H_
