#include "conformance/judges/nat/nat_comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/judges/nat/model_nat.h"
#include "conformance/judges/nat/nat_player.h"
#include "network_sim/ipv4.h"

namespace sfa::conformance {
namespace {

// A port drawn from 511 is the one that was wanted, or one seen before, once in some hundred
// draws. Three times in a row, with other draws in the model too, it is not by chance.
constexpr int kTimesToBeSure = 3;

constexpr size_t kMostReported = 5;

// Enough to play a script, to be sure and to make it small.
constexpr uint32_t kSerialsOfScript = 4'000;

NatScript UpTo(const NatScript& script, const NatStep& last) {
  NatScript beginning = script;
  std::erase_if(beginning.steps, [&](const NatStep& step) { return step.id > last.id; });
  return beginning;
}

}  // namespace

std::string KindOf(const NatOutcome& outcome) {
  return outcome.what.substr(0, outcome.what.find_first_of("#0123456789"));
}

std::string DescribeBoth(const NatStep& step, const NatOutcome& model, const NatOutcome& kernel) {
  if (model.what == kernel.what) {
    return fmt::format("  {}\n      both:   {}  {}\n", ToString(step), model.what, kernel.ports);
  }
  return fmt::format("  {}\n      model:  {}  {}\n      kernel: {}  {}\n", ToString(step),
                     model.what, model.ports, kernel.what, kernel.ports);
}

const char* ReasonOf(NatExplanation explanation) {
  switch (explanation) {
    case NatExplanation::kRouterAnswers:
      return "the router's own stack answers what is for itself (port unreachable, reset, echo); "
             "the model's router has no stack";
    case NatExplanation::kChance:
      return "a port that was drawn happened to be one that had been seen; another draw does not";
    case NatExplanation::kWindows:
      return "conntrack refuses TCP segments outside of the window, the model looks at no windows; "
             "with nf_conntrack_tcp_be_liberal both do the same";
    case NatExplanation::kLeftOver:
      return "the kernel prefers the port of a flow of the same source whose time is over but "
             "which "
             "has not been collected yet; the model has forgotten it";
  }
  return "";
}

std::string NatJudgement::ToString() const {
  std::string text = fmt::format("{} scripts, {} steps\n", scripts, steps);
  for (const auto& [what, times] : outcomes) text += fmt::format("  {:>6}  {}\n", times, what);
  text += "explained differences:\n";
  for (const auto& [explanation, times] : explained) {
    text += fmt::format("  {:>6}  {}\n", times, ReasonOf(explanation));
  }
  text += fmt::format("unexplained differences: {}\n", unexplained.size());
  return text;
}

void NatJudge::Judge(const NatScript& script, NatJudgement& judgement) {
  if (played_ + kSerialsOfScript > kMostSerials) {
    judgement.unexplained.emplace_back("no addresses are left for more scripts");
    return;
  }
  ++judgement.scripts;
  NatScript rest = script;
  NatJudgement* counted = &judgement;
  // A step that is explained is left out and the rest compared, so this ends.
  while (const auto difference = Compare(rest, counted).difference) {
    counted = nullptr;
    if (!Differ(rest)) {
      ++judgement.explained[NatExplanation::kChance];
      return;
    }
    if (DiffersWithoutWindows(UpTo(rest, difference->step))) {
      Report(rest, judgement);
      return;
    }
    ++judgement.explained[NatExplanation::kWindows];
    rest = Without(rest, difference->step);
  }
}

void NatJudge::Report(const NatScript& script, NatJudgement& judgement) {
  if (judgement.unexplained.size() >= kMostReported) {
    judgement.unexplained.emplace_back("one more");
    return;
  }
  const NatScript small = Shrink(script, [this](const NatScript& smaller) {
    const auto difference = Compare(smaller, nullptr).difference;
    return difference && Differ(smaller) && DiffersWithoutWindows(UpTo(smaller, difference->step));
  });
  judgement.unexplained.push_back(fmt::format("{}: of {} steps these {} are enough:\n{}",
                                              NameOf(variant_), script.steps.size(),
                                              small.steps.size(), Compare(small, nullptr).both));
}

bool NatJudge::Differ(const NatScript& script) {
  for (int i = 0; i < kTimesToBeSure; ++i) {
    if (!Compare(script, nullptr).difference) return false;
  }
  return true;
}

bool NatJudge::DiffersWithoutWindows(const NatScript& script) {
  kernel_.TrackWindows(false);
  const bool differs = Differ(script);
  kernel_.TrackWindows(true);
  return differs;
}

NatJudge::Comparison NatJudge::Compare(const NatScript& script, NatJudgement* judgement) {
  Comparison comparison;
  // Who runs out of addresses in the middle of a script has no difference to show for it; no more
  // scripts are judged then.
  if (played_ >= kMostSerials) return comparison;
  const uint32_t serial = played_++;
  ModelNat model(variant_, serial);
  NatPlayer with_model(script, model, serial);
  NatPlayer with_kernel(script, kernel_, serial);
  for (const NatStep& step : script.steps) {
    const NatOutcome ours = with_model.Play(step);
    const NatOutcome theirs = with_kernel.Play(step);
    comparison.both += DescribeBoth(step, ours, theirs);
    if (judgement) {
      ++judgement->steps;
      ++judgement->outcomes[KindOf(theirs)];
      if (theirs.router_answered) ++judgement->explained[NatExplanation::kRouterAnswers];
    }
    if (ours.what == theirs.what) continue;
    comparison.difference = {step, ours.what, theirs.what};
    return comparison;
  }
  return comparison;
}

}  // namespace sfa::conformance
