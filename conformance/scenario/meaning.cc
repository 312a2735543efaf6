#include "conformance/scenario/meaning.h"

#include <algorithm>

#include "conformance/scenario/account_reader.h"
#include "conformance/scenario/expectation_reader.h"
#include "conformance/scenario/license_reader.h"
#include "conformance/scenario/network_reader.h"
#include "conformance/scenario/schema.h"
#include "conformance/scenario/step_reader.h"
#include "conformance/scenario/teller.h"
#include "conformance/scenario/values.h"

namespace sfa::conformance {
namespace {

// A world runs on after its last step and expectation, so that what hangs up has hung up.
constexpr Duration kSettling = std::chrono::seconds(5);
constexpr int kDefaultLicensedChannels = 10;

class Reader {
 public:
  Reader(const std::string& file, const std::vector<std::string>& requirements,
         std::vector<InputError>& errors)
      : file_(file), known_requirements_(requirements), teller_(file, errors) {}

  Scenario Read(const YAML::Node& root) {
    scenario_.file = file_;
    scenario_.name = root["scenario"].Scalar();
    scenario_.summary = root["summary"].Scalar();
    for (const YAML::Node& entry : root["requirements"]) {
      scenario_.requirements.push_back(Requirement(entry));
    }
    scenario_.date = *ParseDate("2010-06-01");
    if (root["date"]) ReadDate(root["date"]);
    if (root["unsupported_on"]) scenario_.unsupported_on = FieldsOf(root["unsupported_on"]);
    network_.ReadSites(root["network"]);
    network_.ReadCommunity(root["community"]);
    accounts_.ReadTelephony(root["community"]);
    accounts_.ReadAccounts(root["accounts"]);
    scenario_.asterisk = ReadAsterisk(root["asterisk"]);
    if (root["far_asterisk"]) scenario_.far_asterisk = ReadAsterisk(root["far_asterisk"]);
    network_.CheckRoom(root["network"]);
    for (const YAML::Node& entry : root["steps"]) ReadStep(entry);
    for (const YAML::Node& entry : root["expect"]) {
      scenario_.expectations.push_back(expectations_.Read(entry));
      scenario_.expectations.back().place = PlaceOf(entry, file_);
    }
    CheckEveryRequirementIsJudged(root["requirements"]);
    SettleDuration(root["lasts"]);
    return std::move(scenario_);
  }

  Step ReadOne(const YAML::Node& step, const Scenario& scenario) {
    scenario_ = scenario;
    scenario_.steps.clear();
    network_.GoOnFromSites();
    ReadStep(step);
    return std::move(scenario_.steps.back());
  }

 private:
  void Tell(const YAML::Node& node, std::string message) { teller_.Tell(node, std::move(message)); }
  Duration DurationOf(const YAML::Node& node) { return teller_.DurationOf(node); }

  std::string Requirement(const YAML::Node& node) {
    const std::string& name = node.Scalar();
    if (std::find(known_requirements_.begin(), known_requirements_.end(), name) ==
        known_requirements_.end()) {
      const std::string nearest = NearestWord(name, known_requirements_);
      Tell(node, "no requirement '" + name + "' in the catalogue (conformance/catalogue)" +
                     (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
    }
    return name;
  }

  void ReadDate(const YAML::Node& node) {
    if (const auto date = ParseDate(node.Scalar())) {
      scenario_.date = *date;
    } else {
      Tell(node,
           "there is no day '" + node.Scalar() + "'; expected one from 1970-01-01 to 2199-12-31");
    }
  }

  std::string Manager(const YAML::Node& name) {
    const std::string& text = name.Scalar();
    if (!IsHostLabel(text) || text == "general" || text == "sfalab") {
      Tell(name, "manager user '" + text.substr(0, 80) +
                     "'; expected at most 32 letters, digits, '-', '_' and '.', and neither "
                     "general nor sfalab");
    }
    return text;
  }

  AsteriskSpec ReadAsterisk(const YAML::Node& node) {
    AsteriskSpec asterisk;
    asterisk.site = network_.Site(node["at"]);
    asterisk.licensed_channels = kDefaultLicensedChannels;
    if (node["licensed_channels"]) asterisk.licensed_channels = node["licensed_channels"].as<int>();
    if (node["licenses"]) {
      if (node["licensed_channels"]) {
        Tell(node["licenses"], "'licenses' and 'licensed_channels' exclude each other");
      }
      asterisk.licensed_channels = 0;
      for (const YAML::Node& each : node["licenses"]) asterisk.licenses.push_back(LicenseOf(each));
    }
    if (node["g729"]) asterisk.g729 = node["g729"].as<bool>();
    if (node["engine_version"]) asterisk.engine_version = node["engine_version"].Scalar();
    for (const auto& entry : node) {
      const std::string& key = entry.first.Scalar();
      if (key.ends_with(".conf")) asterisk.files.emplace_back(key, entry.second.Scalar());
    }
    for (const auto& entry : node["managers"]) {
      asterisk.managers.push_back(
          {Manager(entry.first), entry.second["read"].Scalar(), entry.second["write"].Scalar()});
    }
    return asterisk;
  }

  void ReadStep(const YAML::Node& node) {
    Step step = steps_.Read(node);
    step.place = PlaceOf(node, file_);
    if (!scenario_.steps.empty() && step.at < scenario_.steps.back().at) {
      Tell(node["at"], "this step is before the one above it; steps stand in the order of time");
    }
    scenario_.steps.push_back(std::move(step));
  }

  void CheckEveryRequirementIsJudged(const YAML::Node& list) {
    for (const Expectation& expectation : scenario_.expectations) {
      if (expectation.requirement.empty()) return;
    }
    for (const YAML::Node& entry : list) {
      const bool judged =
          std::any_of(scenario_.expectations.begin(), scenario_.expectations.end(),
                      [&](const Expectation& each) { return each.requirement == entry.Scalar(); });
      if (!judged) Tell(entry, "no expectation judges requirement '" + entry.Scalar() + "'");
    }
  }

  void SettleDuration(const YAML::Node& lasts) {
    Duration last{};
    for (const Step& step : scenario_.steps) last = std::max(last, step.at);
    const Duration first = scenario_.steps.empty() ? Duration{} : scenario_.steps.front().at;
    for (const Expectation& expectation : scenario_.expectations) {
      const Duration start = expectation.after.value_or(first);
      last = std::max(last, start + expectation.within.value_or(Duration{}));
    }
    scenario_.lasts = last + kSettling;
    if (!lasts) return;
    scenario_.lasts = DurationOf(lasts);
    if (scenario_.lasts < last) {
      Tell(lasts, "'" + lasts.Scalar() + "' ends before the last step or expectation, at " +
                      FormatSeconds(last));
    }
  }

  const std::string& file_;
  const std::vector<std::string>& known_requirements_;
  Teller teller_;
  Scenario scenario_;
  NetworkReader network_{teller_, scenario_};
  AccountReader accounts_{teller_, network_, scenario_};
  StepReader steps_{teller_, network_, accounts_, scenario_};
  ExpectationReader expectations_{teller_, accounts_, scenario_,
                                  [this](const YAML::Node& node) { return Requirement(node); }};
};

}  // namespace

Scenario ReadMeaning(const YAML::Node& document, const std::string& file,
                     const std::vector<std::string>& known_requirements,
                     std::vector<InputError>& errors) {
  return Reader(file, known_requirements, errors).Read(document);
}

Step ReadStep(const YAML::Node& step, const Scenario& scenario, std::vector<InputError>& errors) {
  return Reader(scenario.file, scenario.requirements, errors).ReadOne(step, scenario);
}

}  // namespace sfa::conformance
