#include "conformance/catalogue/catalogue.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <regex>

#include "conformance/scenario/schema.h"

namespace sfa::conformance {
namespace {

const std::vector<std::string> kKinds = {"mandatory", "conditional", "informative", "extension"};
const std::vector<std::string> kTargets = {"sim", "asterisk-22", "asterisk-16"};
const std::vector<std::string> kKeys = {"id",   "clause",    "origin",   "statement",
                                        "kind", "condition", "observed", "targets"};
// The manual's last line, the number of the last reading.
constexpr int kManualLines = 1298;
constexpr int kReadings = 50;

class ChapterReader {
 public:
  ChapterReader(const std::string& file, std::vector<InputError>& errors)
      : file_(file), errors_(errors) {}

  std::vector<Requirement> Read(const YAML::Node& root) {
    std::vector<Requirement> requirements;
    const YAML::Node list = root.IsMap() ? root["requirements"] : YAML::Node();
    if (!list || !list.IsSequence()) {
      Tell(root, "expected a list under the key 'requirements'");
      return requirements;
    }
    for (const YAML::Node& entry : list) {
      if (entry.IsMap()) {
        requirements.push_back(ReadOne(entry));
      } else {
        Tell(entry, "expected a requirement: a mapping of keys to values");
      }
    }
    return requirements;
  }

 private:
  void Tell(const YAML::Node& node, std::string message) {
    errors_.push_back({PlaceOf(node, file_), std::move(message)});
  }

  std::string Text(const YAML::Node& node, const char* key, bool required = true) {
    const YAML::Node value = node[key];
    if (value && value.IsScalar() && !value.Scalar().empty()) return value.Scalar();
    if (required || value) Tell(node, std::string("expected a text under the key '") + key + "'");
    return "";
  }

  Requirement ReadOne(const YAML::Node& node) {
    for (const auto& entry : node) {
      const std::string& key = entry.first.Scalar();
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        Tell(entry.first, "unknown key '" + key + "'; allowed: " + AllowedWords(key, kKeys));
      }
    }
    Requirement requirement;
    requirement.place = PlaceOf(node, file_);
    requirement.id = Text(node, "id");
    static const std::regex kIdentifier("SFA-([0-9]+(\\.[0-9]+)*|X)-[0-9]{2,3}");
    if (requirement.id.size() > 40 || !std::regex_match(requirement.id, kIdentifier)) {
      Tell(node, "identifier '" + requirement.id + "'; expected one such as SFA-3.2.2-01");
    }
    requirement.statement = Text(node, "statement");
    requirement.kind = Text(node, "kind");
    if (std::find(kKinds.begin(), kKinds.end(), requirement.kind) == kKinds.end()) {
      Tell(node,
           "kind '" + requirement.kind + "'; allowed: " + AllowedWords(requirement.kind, kKinds));
    }
    ReadSource(node, requirement);
    requirement.condition = Text(node, "condition", requirement.kind == "conditional");
    requirement.observed = Text(node, "observed");
    ReadTargets(node, requirement);
    return requirement;
  }

  // Where it stands: in the manual or in a reading, or, when it is in neither, where it comes from.
  void ReadSource(const YAML::Node& node, Requirement& requirement) {
    const bool extension = requirement.kind == "extension";
    if (extension != (requirement.id.rfind("SFA-X-", 0) == 0)) {
      Tell(node, "'" + requirement.id + "' of kind '" + requirement.kind +
                     "'; expected SFA-X-.. for what the manual does not have, and for that alone");
    }
    requirement.origin = Text(node, "origin", extension);
    requirement.clause = Text(node, "clause", !extension);
    if (!requirement.clause.empty()) CheckClause(node, requirement.clause);
  }

  void CheckClause(const YAML::Node& node, const std::string& clause) {
    static const std::regex kClause("[LR][0-9]{1,4}(, ?[LR][0-9]{1,4})*");
    if (clause.size() > 60 || !std::regex_match(clause, kClause)) {
      Tell(node, "clause '" + clause +
                     "'; expected lines of the manual (L380) or numbers of readings (R29)");
      return;
    }
    for (size_t at = clause.find_first_of("LR"); at != std::string::npos;
         at = clause.find_first_of("LR", at + 1)) {
      const int number = std::stoi(clause.substr(at + 1));
      const int last = clause[at] == 'L' ? kManualLines : kReadings;
      if (number < 1 || number > last) {
        Tell(node, "clause '" + clause + "'; the last one is " + clause[at] + std::to_string(last));
      }
    }
  }

  void ReadTargets(const YAML::Node& node, Requirement& requirement) {
    const YAML::Node list = node["targets"];
    if (!list || !list.IsSequence() || list.size() == 0) {
      Tell(node, "expected a list under the key 'targets'");
      return;
    }
    for (const YAML::Node& entry : list) {
      const std::string target = entry.IsScalar() ? entry.Scalar() : "";
      if (std::find(kTargets.begin(), kTargets.end(), target) == kTargets.end()) {
        Tell(entry, "target '" + target + "'; allowed: " + AllowedWords(target, kTargets));
      }
      requirement.targets.push_back(target);
    }
  }

  const std::string& file_;
  std::vector<InputError>& errors_;
};

}  // namespace

void Catalogue::AddChapter(const std::string& file, const std::string& text,
                           std::vector<InputError>& errors) {
  try {
    for (Requirement& requirement : ChapterReader(file, errors).Read(YAML::Load(text))) {
      if (const Requirement* earlier = Find(requirement.id)) {
        errors.push_back({requirement.place, "requirement '" + requirement.id +
                                                 "' stands already at " + earlier->place.file +
                                                 ":" + std::to_string(earlier->place.line)});
        continue;
      }
      requirements_.push_back(std::move(requirement));
    }
  } catch (const YAML::Exception& problem) {
    errors.push_back({{file, problem.mark.line + 1, problem.mark.column + 1},
                      "this is not YAML: " + problem.msg});
  }
}

const Requirement* Catalogue::Find(const std::string& id) const {
  for (const Requirement& requirement : requirements_) {
    if (requirement.id == id) return &requirement;
  }
  return nullptr;
}

std::vector<std::string> Catalogue::ids() const {
  std::vector<std::string> ids;
  for (const Requirement& requirement : requirements_) ids.push_back(requirement.id);
  return ids;
}

}  // namespace sfa::conformance
