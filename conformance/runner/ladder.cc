#include "conformance/runner/ladder.h"

#include <algorithm>

namespace sfa::conformance {
namespace {

constexpr char kAsterisk[] = "asterisk";

class LadderBuilder {
 public:
  LadderBuilder(const Scenario& scenario, CaseResult& result) : result_(result) {
    for (const AccountSpec& account : scenario.accounts) {
      if (!account.site.empty()) result.lanes.push_back(account.name);
    }
    const auto second = result.lanes.begin() + (result.lanes.empty() ? 0 : 1);
    result.lanes.insert(second, kAsterisk);
  }

  void Add(const Observation& seen) {
    switch (seen.observer) {
      case Observer::kStep:
        return AddStep(seen);
      case Observer::kClient:
        return AddSight(seen);
      case Observer::kAmi:
        return AddEvent(seen);
      case Observer::kProcess:
        return Rung(seen, kAsterisk, kAsterisk, seen.kind + " " + seen.Get("event"));
      case Observer::kWorld:
        if (seen.kind == "broken") {
          Rung(seen, kAsterisk, kAsterisk, "platform broke: " + seen.Get("reason"));
        }
        return;
      default:
        return;
    }
  }

 private:
  void Rung(const Observation& seen, const std::string& from, const std::string& to,
            std::string label) {
    result_.ladder.push_back({seen.at.time_since_epoch(), from, to, std::move(label)});
  }

  void AddStep(const Observation& seen) {
    std::string label = seen.kind;
    const std::string argument = seen.Get("argument");
    if (!argument.empty()) label += " " + argument;
    if (seen.kind == "originate") label += " " + seen.Get("Channel");
    if (seen.kind == "did not happen") label = seen.Get("step") + " did not happen";
    if (seen.subject == kAsterisk) return Rung(seen, kAsterisk, kAsterisk, label);
    const bool towards_pbx = seen.kind == "call" || seen.kind == "hangup" ||
                             seen.kind == "answer" || seen.kind == "dtmf" || seen.kind == "reject";
    Rung(seen, seen.subject, towards_pbx ? kAsterisk : seen.subject, label);
  }

  void AddSight(const Observation& seen) {
    std::string label = seen.kind;
    if (seen.kind == "login") {
      if (seen.Get("state") != "Logged In" && seen.Get("state") != "Logged Out") return;
      return Rung(seen, seen.subject, seen.subject, seen.Get("state"));
    }
    if (seen.kind == "incoming") label = "call from " + seen.Get("from");
    if (seen.kind == "ended") label += " (" + seen.Get("reason") + ")";
    if (seen.kind == "digit") label += " " + seen.Get("digit");
    if (seen.kind == "answered" && !seen.Get("codec").empty()) label += ", " + seen.Get("codec");
    Rung(seen, kAsterisk, seen.subject, label);
  }

  void AddEvent(const Observation& seen) {
    if (seen.kind == "Newexten") {
      return Rung(
          seen, kAsterisk, kAsterisk,
          seen.Get("Extension") + ": " + seen.Get("Application") + "(" + seen.Get("AppData") + ")");
    }
    if (seen.kind == "Newchannel" || seen.kind == "Hangup") {
      return Rung(seen, kAsterisk, kAsterisk, seen.kind + " " + seen.Get("Channel"));
    }
    if (seen.kind == "SkypeAccountStatus") {
      return Rung(seen, kAsterisk, kAsterisk, seen.Get("Username") + ": " + seen.Get("Status"));
    }
  }

  CaseResult& result_;
};

}  // namespace

void FillLadder(const Scenario& scenario, const Trace& trace, CaseResult& result) {
  LadderBuilder builder(scenario, result);
  for (const Observation& seen : trace.observations()) builder.Add(seen);
}

}  // namespace sfa::conformance
