#include "conformance/runner/ladder.h"

#include <algorithm>
#include <set>

namespace sfa::conformance {
namespace {

constexpr char kAsterisk[] = "asterisk";
constexpr char kFarAsterisk[] = "far_asterisk";
// Sights that have nothing to do with a call.
constexpr const char* kSightsOfCommunity[] = {"account", "asked", "buddy",    "buddy-removed",
                                              "chat",    "done",  "voicemail"};

// What a step is called in a drawing.
std::string Spoken(const std::string& verb) {
  if (verb == "call") return "calls";
  if (verb == "answer") return "answers";
  if (verb == "reject") return "rejects";
  if (verb == "hangup") return "hangs up";
  if (verb == "dtmf") return "dials";
  if (verb == "login") return "logs in";
  if (verb == "logout") return "logs out";
  if (verb == "cli") return "console:";
  return verb;
}

class LadderBuilder {
 public:
  LadderBuilder(const Scenario& scenario, CaseResult& result) : result_(result) {
    for (const AccountSpec& account : scenario.accounts) {
      if (account.acts()) result.lanes.push_back(account.name);
    }
    const auto second = result.lanes.begin() + (result.lanes.empty() ? 0 : 1);
    result.lanes.insert(second, kAsterisk);
    if (scenario.far_asterisk) result.lanes.push_back(kFarAsterisk);
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
        return Note(seen, seen.subject, "process " + seen.kind + " " + seen.Get("event"));
      case Observer::kWorld:
        if (seen.kind == "broken" || seen.kind == "late" || seen.kind == "unsupported") {
          Note(seen, kAsterisk, seen.kind + ": " + seen.Get("reason"));
        }
        return;
      default:
        return;
    }
  }

 private:
  void Arrow(const Observation& seen, const std::string& from, const std::string& to,
             std::string label) {
    result_.ladder.push_back({seen.at.time_since_epoch(), from, to, std::move(label)});
  }
  void Note(const Observation& seen, const std::string& lane, std::string label) {
    Arrow(seen, lane, lane, std::move(label));
  }

  void AddStep(const Observation& seen) {
    const std::string& who = seen.subject;
    if (seen.kind == "did not happen") {
      leaving_.erase(who);
      return Note(seen, who, seen.Get("step") + " did not happen");
    }
    std::string label = Spoken(seen.kind);
    for (const char* detail : {"argument", "Channel", "Action"}) {
      const std::string value = seen.Get(detail);
      // The argument of a step that takes none is the word true.
      if (!value.empty() && value != "true") label += " " + value;
    }
    if (seen.kind == "call") in_call_.insert(who);
    // What reaches nobody is a note: the console, logging in, hanging up when the call is over.
    if (in_call_.count(who) == 0 || seen.kind == "logout") return Note(seen, who, label);
    if (seen.kind == "answer") ringing_.erase(who);
    if (seen.kind == "hangup" || seen.kind == "reject") leaving_.insert(who);
    Arrow(seen, who, kAsterisk, label);
  }

  void AddSight(const Observation& seen) {
    const std::string& who = seen.subject;
    if (seen.kind == "login") {
      if (seen.Get("state") != "Logged In" && seen.Get("state") != "Logged Out") return;
      return Note(seen, who, seen.Get("state"));
    }
    if (seen.kind == "incoming") {
      ringing_.insert(who);
      in_call_.insert(who);
      return Arrow(seen, kAsterisk, who, "call from " + seen.Get("from"));
    }
    if (seen.kind == "answered") {
      const std::string codec = seen.Get("codec").empty() ? "" : ", " + seen.Get("codec");
      // Who still rings has answered by itself.
      if (ringing_.erase(who) > 0) return Arrow(seen, who, kAsterisk, "answers" + codec);
      return Arrow(seen, kAsterisk, who, "answered" + codec);
    }
    if (seen.kind == "ended") {
      const std::string label = "ended (" + seen.Get("reason") + ")";
      ringing_.erase(who);
      in_call_.erase(who);
      if (leaving_.erase(who) > 0) return Note(seen, who, label);
      return Arrow(seen, kAsterisk, who, label);
    }
    for (const char* const kind : kSightsOfCommunity) {
      if (seen.kind == kind) return Note(seen, who, Summary(seen));
    }
    if (seen.kind == "digit") return Arrow(seen, kAsterisk, who, "digit " + seen.Get("digit"));
    Arrow(seen, kAsterisk, who, seen.kind);
  }

  // "buddy moneypenny Away"
  static std::string Summary(const Observation& seen) {
    std::string text = seen.kind;
    for (const auto& [name, value] : seen.fields) {
      if (!value.empty()) text += " " + value;
    }
    return text;
  }

  void AddEvent(const Observation& seen) {
    if (seen.kind == "Newexten") {
      const std::string step = seen.Get("Application") + "(" + seen.Get("AppData") + ")";
      const std::string extension = seen.Get("Extension");
      return Note(seen, seen.subject, extension.empty() ? step : extension + ": " + step);
    }
    if (seen.kind == "Newchannel" || seen.kind == "Hangup") {
      const char* what = seen.kind == "Hangup" ? "hung up " : "new ";
      return Note(seen, seen.subject, what + seen.Get("Channel"));
    }
    if (seen.kind == "SkypeAccountStatus") {
      return Note(seen, seen.subject, seen.Get("Username") + ": " + seen.Get("Status"));
    }
  }

  CaseResult& result_;
  std::set<std::string> in_call_;  // people whose client has a call
  std::set<std::string> ringing_;  // of these, those whose client rings
  std::set<std::string> leaving_;  // people who end a call themselves
};

}  // namespace

void FillLadder(const Scenario& scenario, const Trace& trace, CaseResult& result) {
  LadderBuilder builder(scenario, result);
  for (const Observation& seen : trace.observations()) builder.Add(seen);
}

}  // namespace sfa::conformance
