#include "conformance/world/license_files.h"

#include <utility>

#include "asterisk_harness/real/namespace_door.h"
#include "conformance/host/files.h"
#include "fake_skype_network/license_authority.h"
#include "network_sim/ethernet_address.h"
#include "protocol/license/host_id.h"

namespace sfa::conformance {
namespace {

std::string HostIdOf(const std::array<uint8_t, 6>& mac) {
  NetworkInterface ethernet;
  ethernet.mac = mac;
  return license::HostId({ethernet});
}

}  // namespace

LicenseDesk::LicenseDesk(Ipv4Address machine)
    : host_id_(HostIdOf(sim::EthernetAddressOf(machine))) {}

Result<std::vector<LicenseFile>> LicenseDesk::Issue(const AsteriskSpec& asterisk) {
  std::vector<LicenseSpec> specs = asterisk.licenses;
  if (asterisk.licensed_channels > 0) {
    specs.emplace_back();
    specs.back().channels = asterisk.licensed_channels;
  }
  std::vector<LicenseFile> files;
  for (const LicenseSpec& spec : specs) {
    Result<LicenseFile> file = Issue(spec);
    if (!file.ok()) return file.error();
    files.push_back(std::move(*file));
  }
  return files;
}

Result<LicenseFile> LicenseDesk::Issue(const LicenseSpec& spec) {
  license::License license;
  const uint64_t purchase = ++issued_;
  license.key = spec.key.empty() ? community::KeyOf(host_id_, purchase) : spec.key;
  license.user = "scenario";
  license.host_id = spec.fault == LicenseFault::kOtherHost ? HostIdOf({0x02, 0xFF}) : host_id_;
  license.channels = spec.channels;
  license.expires = spec.expires.empty() ? community::kNoExpiry : spec.expires;
  LicenseFile file;
  file.name = license::FileName(license);
  // A key that is named again is in a second file.
  if (!names_.insert(file.name).second) {
    file.name = license.key + "-" + std::to_string(purchase) + ".lic";
  }
  if (spec.fault == LicenseFault::kOtherProduct) {
    license.product = "G.729 codec";
    license.key = "G729-" + license.key.substr(4);
  }
  const bool stranger = spec.fault == LicenseFault::kOtherAuthority;
  const community::LicenseAuthority authority =
      stranger ? community::LicenseAuthority(stream::Key{1}) : community::LicenseAuthority();
  const Result<std::string> text = authority.Issue(license);
  if (!text.ok()) return text.error();
  file.text = *text;
  if (spec.fault == LicenseFault::kTruncated) file.text.resize(file.text.size() / 2);
  if (spec.fault == LicenseFault::kEdited) {
    file.text.insert(file.text.find("\nexpires"), "0");  // ten times the channels
  }
  if (spec.fault == LicenseFault::kTooLarge) file.text.append(10000, '\n');
  file.directory = spec.fault == LicenseFault::kDirectory;
  return file;
}

Status LicenseRealAsterisk(const AsteriskSpec& asterisk, Ipv4Address address, LicenseDesk& desk,
                           const harness::RealAsterisk& machine) {
  if (Status set =
          harness::SetEthernetAddress(machine.tap_descriptor(), sim::EthernetAddressOf(address));
      !set.ok()) {
    return set;
  }
  if (Status made = MakeDirectory(machine.root() + kLicensesDirectory); !made.ok()) {
    return made;
  }
  const Result<std::vector<LicenseFile>> files = desk.Issue(asterisk);
  if (!files.ok()) return files.error();
  for (const LicenseFile& file : *files) {
    if (Status put = PutLicense(machine.root(), file); !put.ok()) return put;
  }
  return {};
}

Status PutLicense(const std::string& root, const LicenseFile& file) {
  const std::string path = root + kLicensesDirectory + "/" + file.name;
  return file.directory ? MakeDirectory(path) : WriteFile(path, file.text);
}

}  // namespace sfa::conformance
