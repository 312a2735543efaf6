#include "conformance/scenario/loader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "conformance/scenario/meaning.h"

namespace sfa::conformance {
namespace {

void SortByPlace(std::vector<InputError>& errors) {
  std::stable_sort(errors.begin(), errors.end(), [](const InputError& a, const InputError& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
}

// The length of the UTF-8 sequence at `at`, 0 when there is none: RFC 3629 section 4.
size_t SequenceLength(const std::string& text, size_t at) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return 1;
  const size_t length = first < 0xC2   ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
  if (length == 0) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

// The first byte that text has no use for. The parser takes a NUL for the end and guesses at
// encodings, and what it then says has no place in the file.
std::optional<InputError> FindNoText(const std::string& file, const std::string& text) {
  Place place{file, 1, 1};
  for (size_t at = 0, length; at < text.size(); at += length) {
    const auto byte = static_cast<unsigned char>(text[at]);
    length = SequenceLength(text, at);
    const bool control =
        (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    if (length == 0 || control) {
      return InputError{place, fmt::format("the byte 0x{:02X} is {}; expected text in UTF-8", byte,
                                           control ? "a control character" : "not UTF-8")};
    }
    ++place.column;
    if (byte == '\n') place = {file, place.line + 1, 1};
  }
  return std::nullopt;
}

// Counts documents, and knows where the latest begins.
class DocumentCounter final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { begin = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
  YAML::Mark begin = YAML::Mark::null_mark();
};

struct Documents {
  int count = 0;  // no more than 2 are looked at
  Place second;
};

// YAML::LoadAll() finds documents without end in some malformed files.
Documents FindDocuments(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentCounter counter;
  Documents documents;
  while (documents.count < 2 && parser.HandleNextDocument(counter)) ++documents.count;
  documents.second.line = counter.begin.line + 1;
  documents.second.column = counter.begin.column + 1;
  return documents;
}

// What stands behind the verb's colon.
YAML::Node ActionOf(const std::string& verb, const std::string& argument) {
  if (argument.empty()) return YAML::Node("true");
  if (std::string_view("{['\"").find(argument[0]) != std::string_view::npos) {
    return YAML::Load(argument);
  }
  // The first word says whom or what, the rest is a text.
  const size_t word = argument.find_first_of(" \t");
  const std::string first = argument.substr(0, word);
  const size_t text = word == std::string::npos ? word : argument.find_first_not_of(" \t", word);
  const std::string rest = text == std::string::npos ? "" : argument.substr(text);
  YAML::Node action;
  if (verb == "chat") {
    action["to"] = first;
    action["text"] = rest;
  } else if (verb == "set") {
    action[first] = rest;
  } else if (verb == "add-buddy" && !rest.empty()) {
    action["name"] = first;
    action["text"] = rest;
  } else {
    action = argument;
  }
  return action;
}

}  // namespace

LoadedScenario LoadScenario(const std::string& file, const std::string& text, const Schema& schema,
                            const std::vector<std::string>& known_requirements) {
  LoadedScenario loaded;
  if (text.size() > kLongestScenario) {
    loaded.errors.push_back({{file}, "the file has more than 1 MiB; a scenario is a page of text"});
    return loaded;
  }
  if (auto mistake = FindNoText(file, text)) {
    loaded.errors.push_back(std::move(*mistake));
    return loaded;
  }
  try {
    const Documents documents = FindDocuments(text);
    if (documents.count != 1) {
      Place place = documents.count == 0 ? Place{file} : documents.second;
      if (place.line == 0) place.line = place.column = 1;
      place.file = file;
      const std::string found =
          documents.count == 0 ? "0 YAML documents" : "more than one YAML document";
      loaded.errors.push_back({place, "the file holds " + found + "; a scenario is exactly one"});
      return loaded;
    }
    const YAML::Node document = YAML::Load(text);
    schema.Validate(document, file, loaded.errors);
    if (loaded.errors.empty()) {
      Scenario scenario = ReadMeaning(document, file, known_requirements, loaded.errors);
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

LoadedStep LoadStep(const std::string& actor, const std::string& verb, const std::string& argument,
                    const Scenario& scenario, const Schema& schema) {
  LoadedStep loaded;
  try {
    YAML::Node action, step;
    action[verb] = ActionOf(verb, argument);
    step["at"] = "0s";
    step[actor] = action;
    schema.ValidatePart("step", step, scenario.file, loaded.errors);
    if (loaded.errors.empty()) {
      Step read = ReadStep(step, scenario, loaded.errors);
      if (loaded.errors.empty()) loaded.step = std::move(read);
    }
  } catch (const YAML::Exception& problem) {
    loaded.errors.push_back({{scenario.file}, "this is not YAML: " + problem.msg});
  }
  // It stands nowhere.
  for (InputError& error : loaded.errors) error.place = {};
  return loaded;
}

}  // namespace sfa::conformance
