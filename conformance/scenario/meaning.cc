#include "conformance/scenario/meaning.h"

#include <algorithm>
#include <charconv>

#include "conformance/scenario/network_reader.h"
#include "conformance/scenario/schema.h"
#include "conformance/scenario/teller.h"
#include "conformance/scenario/values.h"

namespace sfa::conformance {
namespace {

constexpr char kAsterisk[] = "asterisk";
// Actors that bring about accidents.
constexpr char kNetwork[] = "network";
constexpr char kCommunity[] = "community";
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
    ReadAccounts(root["accounts"]);
    ReadAsterisk(root["asterisk"]);
    network_.CheckRoom(root["network"]);
    for (const YAML::Node& entry : root["steps"]) ReadStep(entry);
    for (const YAML::Node& entry : root["expect"]) ReadExpectation(entry);
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

  void ReadAccounts(const YAML::Node& accounts) {
    for (const auto& entry : accounts) {
      AccountSpec account;
      account.name = entry.first.Scalar();
      const YAML::Node& node = entry.second;
      if (!IsHostLabel(account.name) || IsReserved(account.name)) {
        Tell(entry.first,
             "account name '" + account.name.substr(0, 80) +
                 "'; expected at most 32 letters, digits, '-', '_' and '.', and none of the "
                 "scenario's own words");
      }
      const std::string& kind = node["kind"].Scalar();
      account.kind = kind == "business"  ? AccountKind::kBusiness
                     : kind == "regular" ? AccountKind::kRegular
                                         : AccountKind::kUnregistered;
      account.password = node["password"] ? node["password"].Scalar() : account.name + "-password";
      if (node["at"]) account.site = network_.Site(node["at"]);
      if (node["online"]) account.online = node["online"].as<bool>();
      if (node["answers_after"]) account.answers_after = DurationOf(node["answers_after"]);
      if (node["busy"]) account.busy = node["busy"].as<bool>();
      if (node["codecs"]) account.codecs = node["codecs"].as<std::vector<std::string>>();
      if (node["profile"] && node["profile"]["fullname"]) {
        account.fullname = node["profile"]["fullname"].Scalar();
      }
      scenario_.accounts.push_back(std::move(account));
    }
  }

  // Words that stand beside an actor's name in a step or an expectation.
  static bool IsReserved(const std::string& name) {
    for (const char* word : {kAsterisk, kNetwork, kCommunity, "at", "requirement", "after",
                             "within", "never", "audio", "audio_gap", "at_end"}) {
      if (name == word) return true;
    }
    return false;
  }

  void ReadAsterisk(const YAML::Node& node) {
    scenario_.asterisk.site = network_.Site(node["at"]);
    scenario_.asterisk.licensed_channels =
        node["licensed_channels"] ? node["licensed_channels"].as<int>() : kDefaultLicensedChannels;
    for (const auto& entry : node) {
      const std::string& key = entry.first.Scalar();
      if (key.ends_with(".conf")) {
        scenario_.asterisk.files.emplace_back(key, entry.second.Scalar());
      }
    }
  }

  std::vector<std::string> Accounts(bool with_client) const {
    std::vector<std::string> names;
    for (const AccountSpec& account : scenario_.accounts) {
      if (!with_client || !account.site.empty()) names.push_back(account.name);
    }
    return names;
  }

  std::string Account(const YAML::Node& node, bool with_client) {
    const std::vector<std::string> known = Accounts(with_client);
    const std::string& name = node.Scalar();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      Tell(node, std::string("no account '") + name + "'" +
                     (with_client ? " with a desktop client (key 'at')" : "") +
                     (known.empty() ? "" : "; there is " + AllowedWords(name, known)));
    }
    return name;
  }

  void ReadStep(const YAML::Node& node) {
    Step step;
    step.place = PlaceOf(node, file_);
    step.at = DurationOf(node["at"]);
    if (!scenario_.steps.empty() && step.at < scenario_.steps.back().at) {
      Tell(node["at"], "this step is before the one above it; steps stand in the order of time");
    }
    for (const auto& entry : node) {
      if (entry.first.Scalar() == "at") continue;
      step.actor = entry.first.Scalar();
      if (step.actor == kNetwork) {
        network_.ReadNetworkFault(entry.second, step);
        continue;
      }
      if (step.actor == kCommunity) {
        network_.ReadCommunityFault(entry.second, Accounts(false), step);
        continue;
      }
      if (step.actor != kAsterisk) Account(entry.first, true);
      const auto& action = *entry.second.begin();
      step.verb = action.first.Scalar();
      if (action.second.IsMap()) {
        step.headers = FieldsOf(action.second);
      } else {
        step.argument = action.second.Scalar();
      }
      if (step.verb == "call") Account(action.second, false);
    }
    scenario_.steps.push_back(std::move(step));
  }

  static Fields FieldsOf(const YAML::Node& map) {
    Fields fields;
    for (const auto& entry : map) fields.emplace_back(entry.first.Scalar(), entry.second.Scalar());
    return fields;
  }

  void ReadExpectation(const YAML::Node& node) {
    Expectation expectation;
    expectation.place = PlaceOf(node, file_);
    YAML::Emitter line;
    line.SetMapFormat(YAML::Flow);
    line.SetSeqFormat(YAML::Flow);
    line << YAML::Clone(node);
    expectation.text = line.c_str();
    std::replace(expectation.text.begin(), expectation.text.end(), '\n', ' ');
    int subjects = 0;
    for (const auto& entry : node) {
      const std::string& key = entry.first.Scalar();
      const YAML::Node& value = entry.second;
      if (key == "requirement") {
        expectation.requirement = Requirement(value);
        RequireListed(value);
      } else if (key == "after") {
        expectation.after = DurationOf(value);
      } else if (key == "within") {
        expectation.within = DurationOf(value);
      } else if (key == "never") {
        expectation.never = value.as<bool>();
      } else {
        ++subjects;
        if (key == "audio") {
          expectation.subject = ReadAudio(value);
        } else if (key == "audio_gap") {
          expectation.subject = ReadAudioGap(value);
        } else if (key == "at_end") {
          expectation.subject = ReadAtEnd(value);
        } else {
          expectation.subject = ReadSighting(entry.first, value);
        }
      }
    }
    if (subjects != 1) {
      Tell(node, "an expectation has " + std::to_string(subjects) +
                     " subjects; expected exactly one of audio, audio_gap, at_end, asterisk or an "
                     "account");
    }
    scenario_.expectations.push_back(std::move(expectation));
  }

  void RequireListed(const YAML::Node& node) {
    const auto& listed = scenario_.requirements;
    if (std::find(listed.begin(), listed.end(), node.Scalar()) == listed.end()) {
      Tell(node, "requirement '" + node.Scalar() +
                     "' is not among the scenario's; add it to 'requirements' at the top");
    }
  }

  AudioExpectation ReadAudio(const YAML::Node& node) {
    AudioExpectation audio;
    audio.from = Account(node["from"], true);
    audio.heard_by = Account(node["heard_by"], true);
    if (node["correlation"]) audio.correlation = Bound(node["correlation"]);
    if (node["mos"]) audio.mos = Bound(node["mos"]);
    if (node["delay"]) audio.delay = DurationBound(node["delay"]);
    return audio;
  }

  AudioGapExpectation ReadAudioGap(const YAML::Node& node) {
    return {Account(node["from"], true), Account(node["heard_by"], true),
            DurationBound(node["at_most"])};
  }

  // "<= 300ms", or "300ms" where the key says which bound it is.
  Duration DurationBound(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    const auto bound = ParseDuration(text.substr(text.find_first_of("0123456789")));
    if (!bound) Tell(node, "'" + text + "' is longer than 1000h");
    return bound.value_or(Duration{});
  }

  static double Bound(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    const char* digits = text.data() + text.find_first_of("0123456789");
    double value = 0;
    std::from_chars(digits, text.data() + text.size(), value);
    return value;
  }

  static AtEnd ReadAtEnd(const YAML::Node& node) {
    AtEnd end;
    if (node["channels_in_use"]) end.channels_in_use = node["channels_in_use"].as<int>();
    if (node["licensed_channels_in_use"]) {
      end.licensed_channels_in_use = node["licensed_channels_in_use"].as<int>();
    }
    if (node["calls"]) end.calls = node["calls"].as<int>();
    if (node["relays"]) end.relays = node["relays"].as<int>();
    return end;
  }

  Sighting ReadSighting(const YAML::Node& actor, const YAML::Node& node) {
    Sighting sighting;
    sighting.actor = actor.Scalar();
    const bool asterisk = sighting.actor == kAsterisk;
    if (!asterisk) Account(actor, true);
    const std::vector<std::string> kinds =
        asterisk
            ? std::vector<std::string>{"event", "response", "dialplan", "cli", "log", "process"}
            : std::vector<std::string>{"login", "call", "digits", "path"};
    int found = 0;
    std::vector<YAML::Node> others;
    for (const auto& entry : node) {
      const std::string& key = entry.first.Scalar();
      if (key == "times") {
        sighting.times = entry.second.as<int>();
        continue;
      }
      if (std::find(kinds.begin(), kinds.end(), key) != kinds.end()) {
        ++found;
        sighting.kind = key;
      } else {
        others.push_back(entry.first);
      }
      if (entry.second.IsMap()) {
        sighting.fields = FieldsOf(entry.second);
      } else {
        sighting.fields.emplace_back(key, entry.second.Scalar());
      }
    }
    if (found != 1) {
      std::string allowed;
      for (const std::string& kind : kinds) allowed += (allowed.empty() ? "" : ", ") + kind;
      Tell(node,
           "found " + std::to_string(found) + " things to see; expected exactly one of " + allowed);
      return sighting;
    }
    CheckDetails(sighting.kind, others);
    if (sighting.kind == "cli") CheckCommandIsRun(node);
    return sighting;
  }

  // What is asked about besides must be something that such a sight has.
  void CheckDetails(const std::string& kind, const std::vector<YAML::Node>& keys) {
    std::vector<std::string> allowed = {"times"};
    if (kind == "call") allowed = {"from", "fullname", "reason", "times"};
    if (kind == "path") allowed = {"local", "remote", "times"};
    if (kind == "cli") allowed = {"contains", "times"};
    if (kind == "process") allowed = {"is", "times"};
    for (const YAML::Node& key : keys) {
      const std::string& word = key.Scalar();
      if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) continue;
      Tell(key, "'" + word + "' does not go with '" + kind +
                    "'; allowed beside it: " + AllowedWords(word, allowed));
    }
  }

  // A console output is only seen when a step has asked for it.
  void CheckCommandIsRun(const YAML::Node& node) {
    const std::string& command = node["cli"].Scalar();
    std::vector<std::string> commands;
    for (const Step& step : scenario_.steps) {
      if (step.verb == "cli") commands.push_back(step.argument);
    }
    if (std::find(commands.begin(), commands.end(), command) != commands.end()) return;
    Tell(node["cli"],
         "no step runs the console command '" + command + "'" +
             (commands.empty() ? "" : "; there is " + AllowedWords(command, commands)));
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
