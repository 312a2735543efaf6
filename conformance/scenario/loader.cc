#include "conformance/scenario/loader.h"

#include <algorithm>
#include <set>

#include "conformance/scenario/meaning.h"

namespace sfa::conformance {
namespace {

constexpr size_t kLongestFile = 1 << 20;

void SortByPlace(std::vector<InputError>& errors) {
  std::stable_sort(errors.begin(), errors.end(), [](const InputError& a, const InputError& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
}

}  // namespace

LoadedScenario LoadScenario(const std::string& file, const std::string& text, const Schema& schema,
                            const std::vector<std::string>& known_requirements) {
  LoadedScenario loaded;
  if (text.size() > kLongestFile) {
    loaded.errors.push_back({{file}, "the file has more than 1 MiB; a scenario is a page of text"});
    return loaded;
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() != 1) {
      loaded.errors.push_back({{file},
                               "the file holds " + std::to_string(documents.size()) +
                                   " YAML documents; a scenario is exactly one"});
      return loaded;
    }
    schema.Validate(documents[0], file, loaded.errors);
    if (loaded.errors.empty()) {
      Scenario scenario = ReadMeaning(documents[0], file, known_requirements, loaded.errors);
      scenario.text = text;
      if (loaded.errors.empty()) loaded.scenario = std::move(scenario);
    }
  } catch (const YAML::Exception& problem) {
    const YAML::Mark& mark = problem.mark;
    Place place{file, 0, 0};
    if (!mark.is_null()) place = {file, mark.line + 1, mark.column + 1};
    loaded.errors.push_back({place, "this is not YAML: " + problem.msg});
  }
  SortByPlace(loaded.errors);
  return loaded;
}

}  // namespace sfa::conformance
