// A run of rounds as JSON: from the processes that run them, and for --json.
#ifndef CONFORMANCE_REAL_ASTERISK_ROUNDS_JSON_H_
#define CONFORMANCE_REAL_ASTERISK_ROUNDS_JSON_H_

#include <nlohmann/json.hpp>
#include <string>

#include "conformance/real_asterisk/rounds.h"

namespace sfa::conformance {

nlohmann::ordered_json ToJson(const RoundsRun& run);
// The inverse; an error for text that is not what ToJson() makes.
Result<RoundsRun> RoundsRunFromJson(const std::string& text);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_REAL_ASTERISK_ROUNDS_JSON_H_
