// Where readers of a document say what is wrong in it.
#ifndef CONFORMANCE_SCENARIO_TELLER_H_
#define CONFORMANCE_SCENARIO_TELLER_H_

#include <yaml-cpp/yaml.h>

#include <string>
#include <utility>
#include <vector>

#include "conformance/scenario/input_error.h"
#include "conformance/scenario/schema.h"
#include "conformance/scenario/values.h"

namespace sfa::conformance {

class Teller {
 public:
  // Both outlive it.
  Teller(const std::string& file, std::vector<InputError>& errors) : file_(file), errors_(errors) {}

  void Tell(const YAML::Node& node, std::string message) {
    if (errors_.size() < kMostErrors) errors_.push_back({PlaceOf(node, file_), std::move(message)});
  }

  // Of a text that fits the schema's pattern.
  Duration DurationOf(const YAML::Node& node) {
    const auto duration = ParseDuration(node.Scalar());
    if (!duration) Tell(node, "'" + node.Scalar() + "' is longer than 1000h");
    return duration.value_or(Duration{});
  }

 private:
  const std::string& file_;
  std::vector<InputError>& errors_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_TELLER_H_
