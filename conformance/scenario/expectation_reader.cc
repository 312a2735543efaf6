#include "conformance/scenario/expectation_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "conformance/scenario/step_reader.h"
#include "conformance/scenario/values.h"

namespace sfa::conformance {
namespace {

using Words = std::vector<std::string>;

// What an account or a telephone can see.
const Words& SightsOfPeople() {
  static const Words kWords = {"login",         "call",  "digits",   "path",        "progress",
                               "party",         "held",  "transfer", "transferred", "buddy",
                               "buddy_removed", "asked", "chat",     "account",     "done",
                               "voicemail",     "digit"};
  return kWords;
}

const Words& SightsOfAsterisk() {
  static const Words kWords = {"event", "response", "dialplan", "cli", "log", "process", "file"};
  return kWords;
}

// What may stand beside a sight.
Words DetailsOf(const std::string& kind) {
  if (kind == "call") {
    return {"from",  "fullname",     "reason",          "codec", "topic",
            "token", "forwarded_by", "target_identity", "times"};
  }
  if (kind == "path") return {"local", "remote", "times"};
  if (kind == "cli") return {"contains", "times"};
  if (kind == "event" || kind == "response") return {"as", "times"};
  if (kind == "file") return {"contains", "is", "times"};
  if (kind == "process") return {"is", "times"};
  return {"times"};
}

double Bound(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  const char* digits = text.data() + text.find_first_of("0123456789");
  double value = 0;
  std::from_chars(digits, text.data() + text.size(), value);
  return value;
}

std::string OnOneLine(const YAML::Node& node) {
  YAML::Emitter line;
  line.SetMapFormat(YAML::Flow);
  line.SetSeqFormat(YAML::Flow);
  line << YAML::Clone(node);
  std::string text = line.c_str();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Expectation ExpectationReader::Read(const YAML::Node& node) {
  Expectation expectation;
  expectation.text = OnOneLine(node);
  int subjects = 0;
  for (const auto& entry : node) {
    const std::string& key = entry.first.Scalar();
    const YAML::Node& value = entry.second;
    if (key == "requirement") {
      expectation.requirement = requirement_(value);
      RequireListed(value);
    } else if (key == "after") {
      expectation.after = teller_.DurationOf(value);
    } else if (key == "within") {
      expectation.within = teller_.DurationOf(value);
    } else if (key == "never") {
      expectation.never = value.as<bool>();
    } else {
      ++subjects;
      ReadSubject(entry.first, value, expectation);
    }
  }
  if (subjects != 1) {
    teller_.Tell(node, "an expectation has " + std::to_string(subjects) +
                           " subjects; expected exactly one of audio, audio_gap, at_end, asterisk "
                           "or an account");
  }
  return expectation;
}

void ExpectationReader::ReadSubject(const YAML::Node& key, const YAML::Node& value,
                                    Expectation& expectation) {
  if (key.Scalar() == "audio") {
    expectation.subject = ReadAudio(value);
  } else if (key.Scalar() == "audio_gap") {
    expectation.subject = ReadAudioGap(value);
  } else if (key.Scalar() == "at_end") {
    expectation.subject = ReadAtEnd(value);
  } else {
    expectation.subject = ReadSighting(key, value);
  }
}

void ExpectationReader::RequireListed(const YAML::Node& node) {
  const auto& listed = scenario_.requirements;
  if (std::find(listed.begin(), listed.end(), node.Scalar()) == listed.end()) {
    teller_.Tell(node, "requirement '" + node.Scalar() +
                           "' is not among the scenario's; add it to 'requirements' at the top");
  }
}

AudioExpectation ExpectationReader::ReadAudio(const YAML::Node& node) {
  AudioExpectation audio;
  audio.from = accounts_.Account(node["from"], true);
  audio.heard_by = accounts_.Account(node["heard_by"], true);
  if (node["correlation"]) audio.correlation = Bound(node["correlation"]);
  if (node["mos"]) audio.mos = Bound(node["mos"]);
  if (node["delay"]) audio.delay = DurationBound(node["delay"]);
  return audio;
}

AudioGapExpectation ExpectationReader::ReadAudioGap(const YAML::Node& node) {
  return {accounts_.Account(node["from"], true), accounts_.Account(node["heard_by"], true),
          DurationBound(node["at_most"])};
}

// "<= 300ms", or "300ms" where the key says which bound it is.
Duration ExpectationReader::DurationBound(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  const auto bound = ParseDuration(text.substr(text.find_first_of("0123456789")));
  if (!bound) teller_.Tell(node, "'" + text + "' is longer than 1000h");
  return bound.value_or(Duration{});
}

AtEnd ExpectationReader::ReadAtEnd(const YAML::Node& node) {
  AtEnd end;
  if (node["channels_in_use"]) end.channels_in_use = node["channels_in_use"].as<int>();
  if (node["licensed_channels_in_use"]) {
    end.licensed_channels_in_use = node["licensed_channels_in_use"].as<int>();
  }
  if (node["calls"]) end.calls = node["calls"].as<int>();
  if (node["relays"]) end.relays = node["relays"].as<int>();
  for (const auto& entry : node["credit"]) {
    const std::string name = accounts_.Account(entry.first, false);
    const AccountSpec* const account = accounts_.Find(name);
    if (account != nullptr && !account->credit_micros) {
      teller_.Tell(entry.first,
                   "account '" + name + "' has no credit; give it some (key 'credit')");
    }
    end.credit.emplace_back(name, ParseMoney(entry.second.Scalar()).value_or(0));
  }
  return end;
}

Sighting ExpectationReader::ReadSighting(const YAML::Node& actor, const YAML::Node& node) {
  Sighting sighting;
  sighting.actor = actor.Scalar();
  const bool far = sighting.actor == kFarAsterisk;
  const bool asterisk = far || sighting.actor == kAsterisk;
  if (!asterisk) accounts_.Account(actor, true);
  if (far && !scenario_.far_asterisk) {
    teller_.Tell(actor, "there is no far_asterisk; describe it beside 'asterisk'");
  }
  const Words& kinds = asterisk ? SightsOfAsterisk() : SightsOfPeople();
  int found = 0;
  std::vector<YAML::Node> others;
  for (const auto& entry : node) {
    const std::string& key = entry.first.Scalar();
    if (key == "times") {
      sighting.times = entry.second.as<int>();
      continue;
    }
    if (asterisk && key == "as") {
      const bool described = !far || scenario_.far_asterisk;
      if (described) {
        sighting.as =
            ManagerNamed(entry.second, far ? *scenario_.far_asterisk : scenario_.asterisk, teller_);
      }
      others.push_back(entry.first);
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
    teller_.Tell(node, "found " + std::to_string(found) +
                           " things to see; expected exactly one of " + allowed);
    return sighting;
  }
  CheckDetails(sighting.kind, others);
  if (sighting.kind == "cli") CheckIsAsked(sighting.actor, "cli", node["cli"]);
  if (sighting.kind == "file") CheckIsAsked(sighting.actor, "read", node["file"]);
  if (const YAML::Node is = node["is"]; is && (is.Scalar() == "xml") != (sighting.kind == "file")) {
    teller_.Tell(is, "'" + is.Scalar() + "' does not go with '" + sighting.kind + "'");
  }
  return sighting;
}

void ExpectationReader::CheckDetails(const std::string& kind, const std::vector<YAML::Node>& keys) {
  const Words allowed = DetailsOf(kind);
  for (const YAML::Node& key : keys) {
    const std::string& word = key.Scalar();
    if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) continue;
    teller_.Tell(key, "'" + word + "' does not go with '" + kind +
                          "'; allowed beside it: " + AllowedWords(word, allowed));
  }
}

void ExpectationReader::CheckIsAsked(const std::string& actor, const std::string& verb,
                                     const YAML::Node& what) {
  const std::string& wanted = what.Scalar();
  Words asked;
  for (const Step& step : scenario_.steps) {
    if (step.actor == actor && step.verb == verb) asked.push_back(step.argument);
  }
  if (std::find(asked.begin(), asked.end(), wanted) != asked.end()) return;
  teller_.Tell(what, (verb == "cli" ? "no step runs the console command '" : "no step reads '") +
                         wanted + "'" +
                         (asked.empty() ? "" : "; there is " + AllowedWords(wanted, asked)));
}

}  // namespace sfa::conformance
