// scenarios/examples-of-the-manual.md: what it says of scenarios stands in them.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

constexpr char kScenarios[] = SFA_SOURCE_ROOT "/scenarios/";
constexpr char kIndent[] = "    ";

// "L380 L384 `originators`": the name, or "" for what is no such line.
std::string ScenarioOf(const std::string& line) {
  const size_t open = line.find('`');
  if (line.rfind('L', 0) != 0 || open == std::string::npos || line.back() != '`') return "";
  return line.substr(open + 1, line.size() - open - 2);
}

TEST(ExamplesOfTheManual, StandInTheirScenarios) {
  const Result<std::string> table = ReadFile(std::string(kScenarios) + "examples-of-the-manual.md");
  ASSERT_TRUE(table.ok()) << table.error().message;
  std::map<std::string, int> lines;
  std::string scenario, text;
  std::istringstream stream(*table);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.front() == 'L') {
      scenario = ScenarioOf(line);
      ASSERT_FALSE(scenario.empty()) << line;
      const Result<std::string> file = ReadFile(kScenarios + scenario + ".yaml");
      ASSERT_TRUE(file.ok()) << file.error().message;
      text = *file;
    } else if (line.rfind(kIndent, 0) == 0) {
      const std::string example = line.substr(sizeof kIndent - 1);
      EXPECT_NE(text.find(example), std::string::npos) << scenario << " has no: " << example;
      ++lines[scenario];
    } else if (line.rfind('#', 0) == 0) {
      scenario.clear();
      text.clear();
    }
  }
  EXPECT_GE(lines.size(), 15u);
  EXPECT_EQ(lines.count(""), 0u) << "an example under no scenario";
}

}  // namespace
}  // namespace sfa::conformance
