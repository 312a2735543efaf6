#include "conformance/catalogue/catalogue.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <regex>

#include "conformance/scenario/schema.h"

namespace sfa::conformance {
namespace {

const std::vector<std::string> kKinds = {"mandatory", "conditional", "informative"};
const std::vector<std::string> kTargets = {"sim", "asterisk-22", "asterisk-16"};
const std::vector<std::string> kKeys = {"id",        "clause",   "statement", "kind",
                                        "condition", "observed", "targets"};

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
    static const std::regex kIdentifier("SFA-[0-9]+(\\.[0-9]+)*-[0-9]{2}");
    if (requirement.id.size() > 40 || !std::regex_match(requirement.id, kIdentifier)) {
      Tell(node, "identifier '" + requirement.id + "'; expected one such as SFA-3.2.2-01");
    }
    requirement.clause = Text(node, "clause");
    static const std::regex kClause("(L[0-9]+|R[0-9]+)(, ?(L[0-9]+|R[0-9]+))*");
    if (requirement.clause.size() > 60 || !std::regex_match(requirement.clause, kClause)) {
      Tell(node, "clause '" + requirement.clause +
                     "'; expected lines of the manual (L380) or numbers of readings (R29)");
    }
    requirement.statement = Text(node, "statement");
    requirement.kind = Text(node, "kind");
    if (std::find(kKinds.begin(), kKinds.end(), requirement.kind) == kKinds.end()) {
      Tell(node,
           "kind '" + requirement.kind + "'; allowed: " + AllowedWords(requirement.kind, kKinds));
    }
    requirement.condition = Text(node, "condition", requirement.kind == "conditional");
    requirement.observed = Text(node, "observed");
    ReadTargets(node, requirement);
    return requirement;
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
