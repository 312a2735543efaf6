#include "conformance/checks/judge.h"

#include <charconv>
#include <chrono>
#include <exception>

#include "conformance/checks/audio.h"
#include "conformance/checks/gap.h"
#include "conformance/checks/sighting.h"
#include "conformance/checks/standing.h"
#include "conformance/scenario/values.h"

namespace sfa::conformance {
namespace {

// What an adaptive jitter buffer bears; what is late by more may be heard too late or not at all.
constexpr std::chrono::milliseconds kSpoilsFailures{250};
// Retransmissions begin (RFC 6298 clause 2.4, RFC 8489 clause 6.2.1): nothing happens in the order
// in which it would have happened.
constexpr std::chrono::milliseconds kSpoilsEverything{1000};

// Of an observation "late"; beyond all bounds when it does not say.
std::chrono::milliseconds LatenessOf(const Observation& late) {
  const std::string& text = late.Get("milliseconds");
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0) {
    return std::chrono::milliseconds::max();
  }
  return std::chrono::milliseconds(count);
}

std::string ClockWasLate(const Observation& late) {
  return "the clock was late (" + late.Get("reason") + ")";
}

// Why a check that fails does not prove anything; "" when it does.
std::string WhyExcused(const Trace& trace) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer == Observer::kWorld && seen.kind == "late" &&
        LatenessOf(seen) > kSpoilsFailures) {
      return ClockWasLate(seen);
    }
  }
  return "";
}

// Why nothing in this trace can be judged, and what everything is then.
std::optional<Finding> WhyUnusable(const Trace& trace) {
  bool stopped = false;
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kWorld) continue;
    const std::string& reason = seen.Get("reason");
    if (seen.kind == "unsupported") return Finding{Verdict::kUnsupported, reason, {}};
    if (seen.kind == "broken") {
      return Finding{Verdict::kInconclusive, "the platform broke: " + reason, {}};
    }
    if (seen.kind == "late" && LatenessOf(seen) > kSpoilsEverything) {
      return Finding{Verdict::kInconclusive, ClockWasLate(seen), {}};
    }
    stopped |= seen.kind == "stopped";
  }
  if (stopped) return std::nullopt;
  return Finding{Verdict::kInconclusive, "the run has no end", {}};
}

// The first stimulus up to `end` that did not happen; "" when all did.
std::string MissingStimulus(const Trace& trace, MonotonicTime end) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer == Observer::kStep && seen.kind == "did not happen" && seen.at <= end) {
      return "the step '" + seen.subject + " " + seen.Get("step") + "' at " +
             FormatSeconds(seen.at.time_since_epoch()) + " did not happen: " + seen.Get("reason");
    }
  }
  return "";
}

Verdict Opposite(Verdict verdict) {
  return verdict == Verdict::kPass   ? Verdict::kFail
         : verdict == Verdict::kFail ? Verdict::kPass
                                     : verdict;
}

class ScenarioJudge {
 public:
  ScenarioJudge(const Scenario& scenario, const Trace& trace)
      : scenario_(scenario), trace_(trace) {}

  std::vector<CheckResult> Run() {
    for (const Expectation& expectation : scenario_.expectations) {
      const std::vector<std::string> requirements =
          expectation.requirement.empty() ? scenario_.requirements
                                          : std::vector<std::string>{expectation.requirement};
      Append(RunCheck(requirements, expectation.text, [&] { return Look(expectation); }));
    }
    Append(CheckStanding(trace_));
    if (const std::string late = WhyExcused(trace_); !late.empty()) ExcuseFailures(late);
    if (const std::optional<Finding> unusable = WhyUnusable(trace_)) MakeAll(*unusable);
    return std::move(results_);
  }

 private:
  void Append(std::vector<CheckResult> results) {
    for (CheckResult& result : results) results_.push_back(std::move(result));
  }

  void ExcuseFailures(const std::string& why) {
    for (CheckResult& result : results_) {
      if (result.verdict != Verdict::kFail) continue;
      result.verdict = Verdict::kInconclusive;
      result.reason = why + "; seen: " + result.reason;
    }
  }

  void MakeAll(const Finding& finding) {
    results_.insert(results_.begin(),
                    {"", "the platform can judge this", finding.verdict, finding.reason, {}});
    for (CheckResult& result : results_) {
      result.verdict = finding.verdict;
      result.reason = finding.reason;
    }
  }

  Finding Look(const Expectation& expectation) {
    const Window window = WindowOf(expectation);
    Finding finding;
    if (const auto* sighting = std::get_if<Sighting>(&expectation.subject)) {
      finding = LookFor(*sighting, expectation.never, window, trace_);
    } else if (const auto* audio = std::get_if<AudioExpectation>(&expectation.subject)) {
      finding = Listen(*audio, window, trace_);
      if (expectation.never) finding.verdict = Opposite(finding.verdict);
    } else if (const auto* gap = std::get_if<AudioGapExpectation>(&expectation.subject)) {
      finding = LookForGap(*gap, window, expectation.after.has_value(),
                           expectation.within.has_value(), trace_);
    } else {
      finding = LookAtEnd(std::get<AtEnd>(expectation.subject), trace_);
    }
    if (finding.verdict != Verdict::kFail) return finding;
    const std::string missing = MissingStimulus(trace_, window.end);
    if (missing.empty()) return finding;
    return {Verdict::kInconclusive, missing, finding.at};
  }

  Window WindowOf(const Expectation& expectation) const {
    const Duration first = scenario_.steps.empty() ? Duration{} : scenario_.steps.front().at;
    const Duration start = expectation.after.value_or(first);
    const Duration end = expectation.within ? start + *expectation.within : scenario_.lasts;
    return {MonotonicTime(start), MonotonicTime(end)};
  }

  const Scenario& scenario_;
  const Trace& trace_;
  std::vector<CheckResult> results_;
};

}  // namespace

std::vector<CheckResult> RunCheck(const std::vector<std::string>& requirements,
                                  const std::string& check, const std::function<Finding()>& body) {
  Finding finding;
  try {
    finding = body();
  } catch (const std::exception& problem) {
    finding = {Verdict::kInconclusive, std::string("the check itself failed: ") + problem.what(),
               std::nullopt};
  } catch (...) {
    finding = {Verdict::kInconclusive, "the check itself failed", std::nullopt};
  }
  std::vector<CheckResult> results;
  results.reserve(requirements.size());
  for (const std::string& requirement : requirements) {
    results.push_back({requirement, check, finding.verdict, finding.reason, finding.at});
  }
  return results;
}

std::vector<CheckResult> Judge(const Scenario& scenario, const Trace& trace) {
  return ScenarioJudge(scenario, trace).Run();
}

}  // namespace sfa::conformance
