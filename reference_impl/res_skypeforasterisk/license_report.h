// What was found in the directory of licence files, for console and manager.
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_REPORT_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_REPORT_H_

#include <string>
#include <vector>

namespace sfa::res {

struct SeenLicense {
  std::string file;    // its name, without control characters
  std::string status;  // "OK", or in a few words why its channels do not count
  bool good = false;
  // "" and 0 when the file does not come from the licence authority.
  std::string key;
  std::string host_id;
  std::string expires;
  int channels = 0;
};

struct LicenseReport {
  std::string host_id;                // of this machine; "" when it has no Ethernet device
  std::vector<SeenLicense> licenses;  // by name; bounded
  int channels = 0;                   // of the good ones together
};

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_LICENSE_REPORT_H_
