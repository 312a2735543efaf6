// The licence files of a scenario's Asterisk, issued by the simulated licence authority for the
// machine that it runs on.
#ifndef CONFORMANCE_WORLD_LICENSE_FILES_H_
#define CONFORMANCE_WORLD_LICENSE_FILES_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "asterisk_harness/real/real_asterisk.h"
#include "conformance/scenario/scenario.h"
#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::conformance {

inline constexpr char kLicensesDirectory[] = "/var/lib/asterisk/licenses";

struct LicenseFile {
  std::string name;
  std::string text;
  bool directory = false;  // of that name, instead of a file
};

// Issues licences for one machine, each with a key of its own unless the scenario names one.
class LicenseDesk {
 public:
  // As the network sees it: its Ethernet address, and so its Host-ID, follow from this.
  explicit LicenseDesk(Ipv4Address machine);

  const std::string& host_id() const { return host_id_; }
  // What the machine has from the beginning.
  Result<std::vector<LicenseFile>> Issue(const AsteriskSpec& asterisk);
  Result<LicenseFile> Issue(const LicenseSpec& spec);

 private:
  std::string host_id_;
  uint64_t issued_ = 0;
  std::set<std::string> names_;
};

// Before it is started: gives it the Ethernet address that belongs to `address`, and its licences.
Status LicenseRealAsterisk(const AsteriskSpec& asterisk, Ipv4Address address, LicenseDesk& desk,
                           const harness::RealAsterisk& machine);

// Lays a file into the machine whose root directory is `root` on this one.
Status PutLicense(const std::string& root, const LicenseFile& file);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_LICENSE_FILES_H_
