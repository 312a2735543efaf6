// Results as JSON: between worker processes, for --json, and in the result store.
#ifndef CONFORMANCE_RESULTS_JSON_H_
#define CONFORMANCE_RESULTS_JSON_H_

#include <nlohmann/json.hpp>
#include <string>

#include "conformance/results/results.h"
#include "runtime/result.h"

namespace sfa::conformance {

nlohmann::ordered_json ToJson(const CaseResult& result);
nlohmann::ordered_json ToJson(const SuiteResult& suite);

// The inverse; an error for text that is not what ToJson() makes.
Result<CaseResult> CaseResultFromJson(const std::string& text);
Result<SuiteResult> SuiteResultFromJson(const std::string& text);

// One line; what is not UTF-8 becomes U+FFFD.
std::string Dump(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RESULTS_JSON_H_
