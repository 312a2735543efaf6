// From a file to a Scenario, or to a list of what is wrong with it.
#ifndef CONFORMANCE_SCENARIO_LOADER_H_
#define CONFORMANCE_SCENARIO_LOADER_H_

#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/scenario/schema.h"

namespace sfa::conformance {

// Bytes. What is longer is refused unread.
inline constexpr size_t kLongestScenario = size_t{1} << 20;

struct LoadedScenario {
  std::optional<Scenario> scenario;  // set when there is no error
  std::vector<InputError> errors;    // in the file's order
};

// `known_requirements` are the catalogue's identifiers; `file` names the text in messages.
LoadedScenario LoadScenario(const std::string& file, const std::string& text, const Schema& schema,
                            const std::vector<std::string>& known_requirements);

struct LoadedStep {
  std::optional<Step> step;  // set when there is no error
  std::vector<InputError> errors;
};

// A step by itself, as it might stand in the file of `scenario`: what `actor` does is `verb`, with
// `argument` as it stands in the file behind the verb's colon, or as a plain text; "" for a verb
// that takes none. Of the plain text of chat, set and add-buddy the first word is whom or what it
// is about: "chat austin_powers good morning", "set city London".
LoadedStep LoadStep(const std::string& actor, const std::string& verb, const std::string& argument,
                    const Scenario& scenario, const Schema& schema);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_LOADER_H_
