#include "conformance/scenario/step_reader.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "conformance/scenario/license_reader.h"
#include "protocol/peer/service_names.h"

namespace sfa::conformance {
namespace {

// Whom a verb is about.
enum class Object { kNone, kCallable, kAccount };
Object ObjectOf(const std::string& verb) {
  for (const char* each : {"call", "transfer", "add-buddy", "remove-buddy"}) {
    if (verb == each) return Object::kCallable;
  }
  for (const char* each : {"authorise", "deny", "block", "unblock", "chat"}) {
    if (verb == each) return Object::kAccount;
  }
  return Object::kNone;
}

}  // namespace

Fields FieldsOf(const YAML::Node& map) {
  Fields fields;
  for (const auto& entry : map) {
    if (!entry.second.IsSequence()) {
      fields.emplace_back(entry.first.Scalar(), entry.second.Scalar());
      continue;
    }
    for (const YAML::Node& value : entry.second) {
      fields.emplace_back(entry.first.Scalar(), value.Scalar());
    }
  }
  return fields;
}

std::string ManagerNamed(const YAML::Node& name, const AsteriskSpec& asterisk, Teller& teller) {
  std::vector<std::string> known;
  for (const ManagerUser& user : asterisk.managers) {
    if (user.name == name.Scalar()) return user.name;
    known.push_back(user.name);
  }
  teller.Tell(name, "no manager user '" + name.Scalar().substr(0, 80) + "'" +
                        (known.empty() ? "; describe it under 'managers' of asterisk"
                                       : "; there is " + AllowedWords(name.Scalar(), known)));
  return "";
}

Step StepReader::Read(const YAML::Node& node) {
  Step step;
  step.at = teller_.DurationOf(node["at"]);
  for (const auto& entry : node) {
    if (entry.first.Scalar() == "at") continue;
    ReadAction(entry.first, entry.second, step);
  }
  return step;
}

void StepReader::ReadAction(const YAML::Node& actor, const YAML::Node& action, Step& step) {
  step.actor = actor.Scalar();
  if (step.actor == "network") return network_.ReadNetworkFault(action, step);
  if (step.actor == "community") {
    return network_.ReadCommunityFault(action, accounts_.Names(false), step);
  }
  if (step.actor == kAsterisk || step.actor == kFarAsterisk)
    return ReadOfAsterisk(actor, action, step);
  const auto& pair = *action.begin();
  step.verb = pair.first.Scalar();
  accounts_.Account(actor, true);
  ReadOfPerson(pair.first, pair.second, step);
}

void StepReader::ReadOfAsterisk(const YAML::Node& actor, const YAML::Node& action, Step& step) {
  const bool far = step.actor == kFarAsterisk;
  if (far && !scenario_.far_asterisk) {
    teller_.Tell(actor, "there is no far_asterisk; describe it beside 'asterisk'");
    return;
  }
  int verbs = 0;
  for (const auto& entry : action) {
    if (entry.first.Scalar() == "as") {
      step.as =
          ManagerNamed(entry.second, far ? *scenario_.far_asterisk : scenario_.asterisk, teller_);
      continue;
    }
    ++verbs;
    step.verb = entry.first.Scalar();
    if (step.verb == "license") {
      step.license = LicenseOf(entry.second);
    } else if (entry.second.IsMap()) {
      step.headers = FieldsOf(entry.second);
    } else {
      step.argument = entry.second.Scalar();
    }
  }
  if (verbs != 1 || (!step.as.empty() && step.verb != "ami")) {
    teller_.Tell(action, "expected one thing to do, and beside 'ami' only 'as'");
  }
}

void StepReader::ReadOfPerson(const YAML::Node& verb, const YAML::Node& value, Step& step) {
  const AccountSpec* const account = accounts_.Find(step.actor);
  if (account != nullptr && account->kind == AccountKind::kTelephone) {
    CheckTelephoneCan(verb, value);
  }
  // Of a mapping the one whom it is about is the argument, the rest are details.
  const char* const main = step.verb == "add-buddy" ? "name" : "to";
  const YAML::Node object = value.IsMap() ? value[main] : value;
  if (object) {
    step.argument = object.Scalar();
    const Object kind = ObjectOf(step.verb);
    if (kind == Object::kCallable) accounts_.Callable(object);
    if (kind == Object::kAccount) accounts_.Account(object, false);
  }
  if (!value.IsMap()) return;
  for (const auto& [key, text] : FieldsOf(value)) {
    if (key != main) step.headers.emplace_back(key, text);
  }
}

void StepReader::CheckTelephoneCan(const YAML::Node& verb, const YAML::Node& value) {
  const std::vector<std::string> able = {"call", "answer", "reject", "hangup", "cancel", "dtmf"};
  const std::string& word = verb.Scalar();
  if (std::find(able.begin(), able.end(), word) == able.end()) {
    teller_.Tell(verb, "a telephone cannot '" + word + "'; allowed: " + AllowedWords(word, able));
  } else if (word == "call" && !(value.IsScalar() && peer::IsPhoneNumber(value.Scalar()))) {
    teller_.Tell(value, "a telephone dials numbers; expected one such as +442079460000");
  }
}

}  // namespace sfa::conformance
