// What a document that fits the schema means, and the mistakes that no schema can see: names that
// nobody has, times that run backwards, requirements that do not exist.
#ifndef CONFORMANCE_SCENARIO_MEANING_H_
#define CONFORMANCE_SCENARIO_MEANING_H_

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"

namespace sfa::conformance {

// Adds mistakes to `errors`; the result is usable only when none was added.
Scenario ReadMeaning(const YAML::Node& document, const std::string& file,
                     const std::vector<std::string>& known_requirements,
                     std::vector<InputError>& errors);

// A step by itself, as it might stand in the file of `scenario`, whatever the time.
Step ReadStep(const YAML::Node& step, const Scenario& scenario, std::vector<InputError>& errors);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_MEANING_H_
