// Checks a YAML document against the part of JSON Schema that scenarios/schema.json uses: type,
// properties, required, additionalProperties, min/maxProperties, items, minItems, maxItems, enum,
// pattern, minLength, minimum, maximum, anyOf (told apart by type), $ref into $defs.
//
// What editors offer while typing and what the loader accepts thus come from one file. A schema's
// `description` becomes the answer to "what is allowed here".
#ifndef CONFORMANCE_SCENARIO_SCHEMA_H_
#define CONFORMANCE_SCENARIO_SCHEMA_H_

#include <yaml-cpp/yaml.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/scenario/input_error.h"
#include "runtime/result.h"

namespace sfa::conformance {

class Schema {
 public:
  // The text of a schema; an error when it is no JSON or uses a keyword beyond the list above.
  static Result<Schema> Parse(std::string_view text);

  // Adds every mistake found in `node`, in the document's order.
  void Validate(const YAML::Node& node, const std::string& file,
                std::vector<InputError>& errors) const;
  // The same for a part by itself: against the schema's $defs/`definition`, which exists.
  void ValidatePart(const std::string& definition, const YAML::Node& node, const std::string& file,
                    std::vector<InputError>& errors) const;

 private:
  explicit Schema(nlohmann::ordered_json root);
  nlohmann::ordered_json root_;
  std::map<std::string, std::regex> patterns_;  // of all its places, by their text
};

// Where a node stands.
Place PlaceOf(const YAML::Node& node, const std::string& file);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_SCHEMA_H_
