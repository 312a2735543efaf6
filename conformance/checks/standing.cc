#include "conformance/checks/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "conformance/checks/clear_speech.h"

namespace sfa::conformance {
namespace {

constexpr char kEngineProcess[] = "skypeforasterisk";  // manual 2.4

std::vector<const Observation*> Select(const Trace& trace, Observer observer,
                                       const std::string& kind) {
  std::vector<const Observation*> selected;
  for (const Observation& seen : trace.observations()) {
    if (seen.observer == observer && seen.subject == "asterisk" && seen.kind == kind) {
      selected.push_back(&seen);
    }
  }
  return selected;
}

std::vector<const Observation*> StatusEvents(const Trace& trace) {
  return Select(trace, Observer::kAmi, "SkypeAccountStatus");
}

std::vector<const Observation*> BuddyLists(const Trace& trace) {
  return Select(trace, Observer::kResponse, "SkypeBuddies");
}

Finding Pass(std::string reason) { return {Verdict::kPass, std::move(reason), std::nullopt}; }
Finding Fail(const Observation& seen, std::string reason) {
  return {Verdict::kFail, std::move(reason), seen.at.time_since_epoch()};
}

// Manual 4.1.1: one event for each login and each logout, so the two alternate, and the first one
// of an account says that it has logged in (readings, 26). Each run of Asterisk
// is a story of its own.
Finding OneStatusEventEach(const Trace& trace) {
  std::map<std::string, std::string> last;
  for (const Observation& seen : trace.observations()) {
    if (seen.subject != "asterisk") continue;
    if (seen.observer == Observer::kWorld && seen.kind == "down") last.clear();
    if (seen.observer != Observer::kAmi || seen.kind != "SkypeAccountStatus") continue;
    std::string& status = last[seen.Get("Username")];
    if (seen.Get("Status") == status) {
      return Fail(seen, fmt::format("'{}' came twice for {}", status, seen.Get("Username")));
    }
    if (status.empty() && seen.Get("Status") == "Logged Out") {
      return Fail(
          seen, fmt::format("Logged Out for {}, which had never logged in", seen.Get("Username")));
    }
    status = seen.Get("Status");
  }
  return Pass("events alternate");
}

Finding StatusEventHeaders(const Trace& trace) {
  for (const Observation* event : StatusEvents(trace)) {
    if (event->Get("Username").empty()) return Fail(*event, "no Username");
    const std::string& status = event->Get("Status");
    if (status != "Logged In" && status != "Logged Out") {
      return Fail(*event, fmt::format("Status is '{}'", status));
    }
  }
  return Pass("all events have Username and Status");
}

Finding StatusEventClass(const Trace& trace) {
  for (const Observation* event : StatusEvents(trace)) {
    if (event->Get("Privilege").find("system") == std::string::npos) {
      return Fail(*event, fmt::format("Privilege is '{}'", event->Get("Privilege")));
    }
  }
  return Pass("all events are of class system");
}

// Manual 3.5.4: the response, then the entries, then the completion. A client that counts on it
// takes what comes later for no part of the answer.
Finding BuddyListInOrder(const Trace& trace) {
  std::map<std::string, bool> ended;  // by ActionID, of the answers that have begun
  for (const Observation* message : BuddyLists(trace)) {
    const std::string& action_id = message->Get("ActionID");
    if (!message->Get("Response").empty()) {
      ended[action_id] = false;
      continue;
    }
    const auto answer = ended.find(action_id);
    if (answer == ended.end() || answer->second) {
      return Fail(*message, fmt::format("{} comes {}", message->Get("Event"),
                                        answer == ended.end() ? "before the response"
                                                              : "after the completion"));
    }
    answer->second = message->Get("Event") != "SkypeBuddyEntry";
  }
  return Pass(fmt::format("{} answers in order", ended.size()));
}

// `/tmp` with nothing executable of the engine's left in it, looked at while the engine runs.
Finding EngineFileIsRemoved(const Trace& trace) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kFiles) continue;
    for (const auto& [name, value] : seen.fields) {
      if (name == "executable") return Fail(seen, fmt::format("{} is still there", value));
    }
  }
  return Pass("no executable is left in engine_directory");
}

Finding EngineEnds(const Trace& trace) {
  int running = 0;
  for (const Observation* seen : Select(trace, Observer::kProcess, kEngineProcess)) {
    running += seen->Get("event") == "started" ? 1 : -1;
  }
  if (running == 0) return Pass("the engine has ended");
  return {Verdict::kFail, fmt::format("{} engines run on after the stop", running), std::nullopt};
}

Finding EngineRunsAsProcess(const Trace& trace) {
  const auto seen = Select(trace, Observer::kProcess, kEngineProcess);
  if (!seen.empty()) return {Verdict::kPass, "it runs", seen[0]->at.time_since_epoch()};
  return {Verdict::kFail, "no process of that name has started", std::nullopt};
}

}  // namespace

std::vector<CheckResult> CheckStanding(const Trace& trace) {
  std::vector<CheckResult> results;
  const auto check = [&](const char* requirement, const char* what, Finding (*body)(const Trace&)) {
    for (CheckResult& result : RunCheck({requirement}, what, [&] { return body(trace); })) {
      results.push_back(std::move(result));
    }
  };
  if (!StatusEvents(trace).empty()) {
    check("SFA-4.1.1-01", "one account status event for each login and logout", OneStatusEventEach);
    check("SFA-4.1.1-02", "headers of account status events", StatusEventHeaders);
    check("SFA-4.1-01", "class of account status events", StatusEventClass);
  }
  if (!BuddyLists(trace).empty()) {
    check("SFA-3.5.4-13", "order of the answer to SkypeBuddies", BuddyListInOrder);
  }
  const auto any = [&](Observer observer) {
    return std::any_of(trace.observations().begin(), trace.observations().end(),
                       [&](const Observation& seen) { return seen.observer == observer; });
  };
  if (any(Observer::kProcess)) {
    check("SFA-2.4-01", "the engine runs as the process skypeforasterisk", EngineRunsAsProcess);
    check("SFA-2.4-07", "no engine is left after the stop", EngineEnds);
  }
  if (any(Observer::kFiles)) {
    check("SFA-2.4-02", "the engine's file is removed after its launch", EngineFileIsRemoved);
  }
  return results;
}

std::vector<std::string> StandingRequirements() {
  return {kClearSpeechRequirement, "SFA-2.4-01", "SFA-2.4-02",   "SFA-2.4-07",
          "SFA-3.5.4-13",          "SFA-4.1-01", "SFA-4.1.1-01", "SFA-4.1.1-02"};
}

}  // namespace sfa::conformance
