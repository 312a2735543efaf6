#include "conformance/checks/sighting.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "conformance/checks/xml.h"
#include "conformance/results/pattern.h"
#include "conformance/scenario/values.h"

namespace sfa::conformance {
namespace {

bool AllHeaders(const Fields& wanted, const Observation& seen) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& field) {
    return std::any_of(seen.fields.begin(), seen.fields.end(), [&](const auto& header) {
      return std::equal(header.first.begin(), header.first.end(), field.first.begin(),
                        field.first.end(),
                        [](unsigned char a, unsigned char b) {
                          return std::tolower(a) == std::tolower(b);
                        }) &&
             Matches(field.second, header.second);
    });
  });
}

// As the loader takes a word for a boolean.
bool IsYes(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return word == "true" || word == "yes" || word == "on" || word == "y";
}

// What a dialplan step is called in AMI's Newexten.
Fields NewextenHeaders(const Fields& fields) {
  Fields headers;
  for (const auto& [key, value] : fields) {
    if (key == "context") headers.emplace_back("Context", value);
    if (key == "exten") headers.emplace_back("Extension", value);
    if (key == "priority") headers.emplace_back("Priority", value);
    if (key == "application") headers.emplace_back("Application", value);
    if (key == "data") headers.emplace_back("AppData", value);
  }
  return headers;
}

std::string FieldOf(const Sighting& sighting, const char* name) {
  for (const auto& [key, value] : sighting.fields) {
    if (key == name) return value;
  }
  return "";
}

// What an expectation asks for with one word, as the field of a sight.
struct WordOfSight {
  const char* kind;   // of the expectation
  const char* sight;  // the kind of the sight
  const char* field;  // "" for a sight that has none
};
constexpr WordOfSight kWordsOfSights[] = {{"path", "path", "path"},
                                          {"held", "held", "on"},
                                          {"progress", "progress", ""},
                                          {"transfer", "transfer", "to"},
                                          {"transferred", "transferred", "result"},
                                          {"buddy_removed", "buddy-removed", "buddy"}};

// Everything that is asked for, by its own name but for the word `besides`.
bool HasFields(const Sighting& sighting, const Observation& seen, std::string_view besides) {
  return std::all_of(sighting.fields.begin(), sighting.fields.end(), [&](const auto& field) {
    return field.first == besides || Matches(field.second, seen.Get(field.first));
  });
}

bool IsClientSight(const Sighting& sighting, const Observation& seen) {
  if (seen.observer != Observer::kClient) return false;
  if (sighting.kind == "login") {
    return seen.kind == "login" &&
           seen.Get("state") == (FieldOf(sighting, "login") == "in" ? "Logged In" : "Logged Out");
  }
  for (const WordOfSight& word : kWordsOfSights) {
    if (sighting.kind != word.kind) continue;
    if (seen.kind != word.sight || !HasFields(sighting, seen, word.kind)) return false;
    std::string wanted = FieldOf(sighting, word.kind);
    if (sighting.kind == "held") wanted = IsYes(wanted) ? "yes" : "no";
    return *word.field == '\0' || Matches(wanted, seen.Get(word.field));
  }
  // How far a call is, is the kind of its sight.
  const bool call = sighting.kind == "call";
  return seen.kind == (call ? FieldOf(sighting, "call") : sighting.kind) &&
         HasFields(sighting, seen, call ? "call" : "");
}

bool IsAsteriskSight(const Sighting& sighting, const Observation& seen) {
  if (sighting.kind == "event") {
    return seen.observer == Observer::kAmi && AllHeaders(sighting.fields, seen);
  }
  if (sighting.kind == "response") {
    return seen.observer == Observer::kResponse && AllHeaders(sighting.fields, seen);
  }
  if (sighting.kind == "dialplan") {
    return seen.observer == Observer::kAmi && seen.kind == "Newexten" &&
           AllHeaders(NewextenHeaders(sighting.fields), seen);
  }
  if (sighting.kind == "cli") {
    return seen.observer == Observer::kConsole && seen.kind == FieldOf(sighting, "cli") &&
           seen.Get("output").find(FieldOf(sighting, "contains")) != std::string::npos;
  }
  if (sighting.kind == "log") {
    return seen.observer == Observer::kLog &&
           seen.Get("text").find(FieldOf(sighting, "log")) != std::string::npos;
  }
  if (sighting.kind == "file") {
    return seen.observer == Observer::kFiles && seen.kind == FieldOf(sighting, "file") &&
           seen.Get("text").find(FieldOf(sighting, "contains")) != std::string::npos &&
           (FieldOf(sighting, "is") != "xml" || IsXml(seen.Get("text")));
  }
  const bool started = FieldOf(sighting, "is") != "ended";
  return seen.observer == Observer::kProcess && seen.kind == FieldOf(sighting, "process") &&
         (seen.Get("event") == "started") == started;
}

bool IsSeen(const Sighting& sighting, const Observation& seen) {
  if (seen.subject !=
      (sighting.as.empty() ? sighting.actor : InSession(sighting.actor, sighting.as))) {
    return false;
  }
  return sighting.actor == "asterisk" || sighting.actor == "far_asterisk"
             ? IsAsteriskSight(sighting, seen)
             : IsClientSight(sighting, seen);
}

// Digits are judged as a whole: none lost, none doubled, in order.
Finding CompareDigits(const Sighting& sighting, bool never, const Window& window,
                      const Trace& trace) {
  std::string heard;
  std::optional<Duration> at;
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kClient || seen.subject != sighting.actor ||
        seen.kind != "digit" || seen.at < window.start || seen.at > window.end) {
      continue;
    }
    heard += seen.Get("digit");
    at = seen.at.time_since_epoch();
  }
  const bool equal = heard == FieldOf(sighting, "digits");
  return {equal != never ? Verdict::kPass : Verdict::kFail, "heard the digits '" + heard + "'", at};
}

// How many run when the window ends.
Finding CountRunning(const Sighting& sighting, bool never, const Window& window,
                     const Trace& trace) {
  const std::string name = FieldOf(sighting, "process");
  int running = 0;
  std::optional<Duration> at;
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kProcess || seen.subject != sighting.actor ||
        seen.kind != name || seen.at > window.end) {
      continue;
    }
    running += seen.Get("event") == "started" ? 1 : -1;
    at = seen.at.time_since_epoch();
  }
  const bool met = sighting.times ? running == *sighting.times : running > 0;
  return {met != never ? Verdict::kPass : Verdict::kFail,
          fmt::format("{} of them {}", running, running == 1 ? "runs" : "run"), at};
}

// "2 active channels" in the output of core show channels.
std::optional<int> ActiveChannels(const std::string& output) {
  const size_t words = output.find(" active channel");
  if (words == std::string::npos) return std::nullopt;
  size_t start = words;
  while (start > 0 && output[start - 1] >= '0' && output[start - 1] <= '9') --start;
  int count = 0;
  if (std::from_chars(output.data() + start, output.data() + words, count).ec != std::errc()) {
    return std::nullopt;
  }
  return count;
}

// The first number of the line that ends in "licensed channels are currently in use".
std::optional<int> LicensedInUse(const std::string& output) {
  const size_t words = output.find("licensed channel");
  if (words == std::string::npos) return std::nullopt;
  const size_t line = output.rfind('\n', words);
  const size_t start = output.find_first_of("0123456789", line == std::string::npos ? 0 : line);
  int count = 0;
  if (start >= words ||
      std::from_chars(output.data() + start, output.data() + words, count).ec != std::errc()) {
    return std::nullopt;
  }
  return count;
}

// What World tells of people's calls when it looks around.
Finding CompareCalls(int expected, const Trace& trace) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kWorld || seen.kind != "calls left") continue;
    std::string who;
    for (const auto& [name, value] : seen.fields) who += (who.empty() ? ": " : ", ") + name;
    return {static_cast<int>(seen.fields.size()) == expected ? Verdict::kPass : Verdict::kFail,
            fmt::format("{} calls of people at the end{}", seen.fields.size(), who),
            seen.at.time_since_epoch()};
  }
  return {Verdict::kInconclusive, "nobody looked for calls at the end", std::nullopt};
}

Finding CompareRelays(int expected, const Trace& trace) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kWorld || seen.kind != "relays left") continue;
    const std::string& found = seen.Get("allocations");
    return {found == std::to_string(expected) ? Verdict::kPass : Verdict::kFail,
            found + " relays are allocated at the end", seen.at.time_since_epoch()};
  }
  return {Verdict::kInconclusive, "nobody looked for relays at the end", std::nullopt};
}

// What World tells of the accounts that have credit.
Finding CompareCredit(const std::string& account, int64_t expected, const Trace& trace) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kWorld || seen.kind != "credit left") continue;
    const std::string& found = seen.Get(account);
    if (found.empty()) break;
    return {found == FormatMoney(expected) ? Verdict::kPass : Verdict::kFail,
            fmt::format("{} has a credit of {}", account, found), seen.at.time_since_epoch()};
  }
  return {Verdict::kInconclusive, "nobody could tell the credit of " + account, std::nullopt};
}

const Observation* LastOutput(const Trace& trace, const std::string& command) {
  const Observation* last = nullptr;
  for (const Observation& seen : trace.observations()) {
    if (seen.observer == Observer::kConsole && seen.subject == "asterisk" && seen.kind == command) {
      last = &seen;
    }
  }
  return last;
}

Finding CompareCount(const char* what, int expected, const Trace& trace, const char* command,
                     std::optional<int> (*read)(const std::string&)) {
  const Observation* output = LastOutput(trace, command);
  if (output == nullptr) {
    return {Verdict::kInconclusive, fmt::format("'{}' was not answered", command), std::nullopt};
  }
  if (output->Get("output").starts_with("No such command")) {
    return {Verdict::kUnsupported, fmt::format("there is no command '{}'", command),
            output->at.time_since_epoch()};
  }
  const std::optional<int> found = read(output->Get("output"));
  if (!found) {
    return {Verdict::kInconclusive,
            fmt::format("the answer to '{}' names no number: {}", command, output->Get("output")),
            output->at.time_since_epoch()};
  }
  return {*found == expected ? Verdict::kPass : Verdict::kFail,
          fmt::format("{} {} at the end", *found, what), output->at.time_since_epoch()};
}

}  // namespace

Finding LookFor(const Sighting& sighting, bool never, const Window& window, const Trace& trace) {
  if (sighting.kind == "digits") return CompareDigits(sighting, never, window, trace);
  if (sighting.kind == "process" && FieldOf(sighting, "is") == "running") {
    return CountRunning(sighting, never, window, trace);
  }
  int count = 0;
  std::optional<Duration> first, outside;
  for (const Observation& seen : trace.observations()) {
    if (!IsSeen(sighting, seen)) continue;
    if (seen.at < window.start || seen.at > window.end) {
      outside = seen.at.time_since_epoch();
      continue;
    }
    if (count++ == 0) first = seen.at.time_since_epoch();
  }
  const int expected = sighting.times.value_or(1);
  const bool met = never ? count == 0 : sighting.times ? count == expected : count >= expected;
  std::string reason = fmt::format("seen {} {}", count, count == 1 ? "time" : "times");
  if (count == 0 && outside) reason += ", but at " + FormatSeconds(*outside);
  return {met ? Verdict::kPass : Verdict::kFail, reason, first};
}

Finding LookAtEnd(const AtEnd& expected, const Trace& trace) {
  Finding worst{Verdict::kPass, "", std::nullopt};
  const auto add = [&](const Finding& finding) {
    if (!worst.reason.empty()) worst.reason += "; ";
    worst.reason += finding.reason;
    worst.at = finding.at;
    worst.verdict = Compose({worst.verdict, finding.verdict});
  };
  if (expected.channels_in_use) {
    add(CompareCount("channels in use", *expected.channels_in_use, trace, "core show channels",
                     ActiveChannels));
  }
  if (expected.licensed_channels_in_use) {
    add(CompareCount("licensed channels in use", *expected.licensed_channels_in_use, trace,
                     "skype show licenses", LicensedInUse));
  }
  if (expected.calls) add(CompareCalls(*expected.calls, trace));
  if (expected.relays) add(CompareRelays(*expected.relays, trace));
  for (const auto& [account, micros] : expected.credit) {
    add(CompareCredit(account, micros, trace));
  }
  return worst;
}

}  // namespace sfa::conformance
