// Licences in scenario files.
#ifndef CONFORMANCE_SCENARIO_LICENSE_READER_H_
#define CONFORMANCE_SCENARIO_LICENSE_READER_H_

#include <yaml-cpp/yaml.h>

#include "conformance/scenario/scenario.h"

namespace sfa::conformance {

// Of a node that the schema has passed.
LicenseSpec LicenseOf(const YAML::Node& node);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_LICENSE_READER_H_
