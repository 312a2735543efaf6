#include "conformance/runner/library.h"

#include <algorithm>
#include <utility>

#include "conformance/host/files.h"

namespace sfa::conformance {

std::optional<Library> Library::Open(const std::string& source_root,
                                     std::vector<InputError>& errors) {
  const std::string schema_file = source_root + "/scenarios/schema.json";
  const Result<std::string> text = ReadFile(schema_file);
  if (!text.ok()) {
    errors.push_back(
        {{schema_file},
         text.error().message + "; is " + source_root + " the root of the repository?"});
    return std::nullopt;
  }
  Result<Schema> schema = Schema::Parse(*text);
  if (!schema.ok()) {
    errors.push_back({{schema_file}, schema.error().message});
    return std::nullopt;
  }
  Library library(source_root, std::move(*schema));
  const std::string chapters = source_root + "/conformance/catalogue";
  const Result<std::vector<std::string>> names = ListFiles(chapters, ".yaml");
  if (!names.ok()) {
    errors.push_back({{chapters}, names.error().message});
    return std::nullopt;
  }
  for (const std::string& name : *names) {
    const std::string path = chapters + "/" + name;
    const Result<std::string> chapter = ReadFile(path);
    if (chapter.ok()) {
      library.catalogue_.AddChapter(path, *chapter, errors);
    } else {
      errors.push_back({{path}, chapter.error().message});
    }
  }
  if (!errors.empty()) return std::nullopt;
  return library;
}

std::vector<std::string> Library::ScenarioFiles() const {
  std::vector<std::string> paths;
  const std::string directory = root_ + "/scenarios";
  const Result<std::vector<std::string>> names = ListFiles(directory, ".yaml");
  if (!names.ok()) return paths;
  for (const std::string& name : *names) paths.push_back(directory + "/" + name);
  return paths;
}

std::vector<std::string> Library::ScenarioFilesFor(const std::string& target) const {
  std::vector<std::string> files = ScenarioFiles();
  std::erase_if(files, [&](const std::string& file) {
    std::vector<InputError> errors;
    const std::optional<Scenario> scenario = LoadFile(file, errors);
    return scenario && std::any_of(scenario->unsupported_on.begin(), scenario->unsupported_on.end(),
                                   [&](const auto& each) { return each.first == target; });
  });
  return files;
}

std::optional<Scenario> Library::LoadFile(const std::string& path,
                                          std::vector<InputError>& errors) const {
  const Result<std::string> text = ReadFile(path, kLongestScenario + 1);
  if (!text.ok()) {
    errors.push_back({{path}, text.error().message});
    return std::nullopt;
  }
  return LoadText(path, *text, errors);
}

std::optional<Scenario> Library::LoadText(const std::string& name, const std::string& text,
                                          std::vector<InputError>& errors) const {
  LoadedScenario loaded = LoadScenario(name, text, schema_, catalogue_.ids());
  errors.insert(errors.end(), loaded.errors.begin(), loaded.errors.end());
  return std::move(loaded.scenario);
}

}  // namespace sfa::conformance
