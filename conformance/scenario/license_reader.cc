#include "conformance/scenario/license_reader.h"

#include <utility>

namespace sfa::conformance {
namespace {

constexpr std::pair<const char*, LicenseFault> kFaults[] = {
    {"other-host", LicenseFault::kOtherHost},
    {"other-product", LicenseFault::kOtherProduct},
    {"other-authority", LicenseFault::kOtherAuthority},
    {"edited", LicenseFault::kEdited},
    {"truncated", LicenseFault::kTruncated},
    {"too-large", LicenseFault::kTooLarge},
    {"directory", LicenseFault::kDirectory}};

}  // namespace

LicenseSpec LicenseOf(const YAML::Node& node) {
  LicenseSpec license;
  license.channels = node["channels"].as<int>();
  if (node["key"]) license.key = node["key"].Scalar();
  if (node["expires"]) license.expires = node["expires"].Scalar();
  if (!node["fault"]) return license;
  for (const auto& [name, fault] : kFaults) {
    if (node["fault"].Scalar() == name) license.fault = fault;
  }
  return license;
}

}  // namespace sfa::conformance
