// Scenarios as texts, for tests of what the loader makes of them and says of them.
#ifndef CONFORMANCE_SCENARIO_TEST_TEXT_H_
#define CONFORMANCE_SCENARIO_TEST_TEXT_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"

namespace sfa::conformance {

inline Schema TestSchema() {
  return *Schema::Parse(*ReadFile(SFA_SOURCE_ROOT "/scenarios/schema.json"));
}

inline LoadedScenario LoadTestText(const std::string& text) {
  return LoadScenario("s.yaml", text, TestSchema(), {"SFA-1-03", "SFA-1-04"});
}

// What is said of `good` once `from`, which it holds, has become `to`.
inline std::vector<std::string> MistakesIn(std::string good, const std::string& from,
                                           const std::string& to) {
  const size_t at = good.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  good.replace(at, from.size(), to);
  std::vector<std::string> texts;
  for (const InputError& error : LoadTestText(good).errors) texts.push_back(ToString(error));
  return texts;
}

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_TEST_TEXT_H_
