#include "conformance/judges/nat/nat_waiting_round.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sfa::conformance {
namespace {

constexpr size_t kTimesPlayed = 3;

}  // namespace

NatWaitingRound::NatWaitingRound(const MasqueradeVariant& variant, KernelNat& kernel,
                                 std::vector<NatScript> scripts)
    : variant_(variant), scripts_(std::move(scripts)) {
  kernel.TrackWindows(false);
  for (const NatScript& script : scripts_) {
    for (size_t i = 0; i < kTimesPlayed; ++i) {
      performances_.push_back(std::make_unique<Performance>(
          script, variant, kernel, static_cast<uint32_t>(performances_.size())));
    }
  }
}

void NatWaitingRound::PlayAt(Duration at) {
  for (size_t i = 0; i < performances_.size(); ++i) {
    Performance& performance = *performances_[i];
    performance.model.WaitUntil(at);
    for (const NatStep& step : scripts_[i / kTimesPlayed].steps) {
      if (step.at != at || performance.differs) continue;
      const NatOutcome ours = performance.with_model.Play(step);
      const NatOutcome theirs = performance.with_kernel.Play(step);
      ++outcomes_[KindOf(theirs)];
      performance.both += DescribeBoth(step, ours, theirs);
      performance.differs = ours.what != theirs.what;
      performance.left_over =
          performance.differs && IsLeftOver(scripts_[i / kTimesPlayed], step, theirs);
    }
  }
}

bool NatWaitingRound::IsLeftOver(const NatScript& script, const NatStep& step,
                                 const NatOutcome& kernel) {
  return std::any_of(script.steps.begin(), script.steps.end(), [&](const NatStep& earlier) {
    return earlier.verb == NatVerb::kSend && step.verb == NatVerb::kSend &&
           earlier.protocol == step.protocol && earlier.host == step.host &&
           earlier.port == step.port && earlier.id < step.id &&
           kernel.what == fmt::format("out, port as of #{}", earlier.id);
  });
}

void NatWaitingRound::Conclude(NatJudgement& judgement) const {
  judgement.outcomes = outcomes_;
  for (size_t script = 0; script < scripts_.size(); ++script) {
    ++judgement.scripts;
    judgement.steps += static_cast<int>(scripts_[script].steps.size());
    size_t differing = 0, left_over = 0;
    for (size_t i = 0; i < kTimesPlayed; ++i) {
      const Performance& performance = *performances_[script * kTimesPlayed + i];
      if (performance.differs) ++differing;
      if (performance.left_over) ++left_over;
    }
    if (left_over > 0 && left_over == differing) {
      ++judgement.explained[NatExplanation::kLeftOver];
    } else if (differing == kTimesPlayed) {
      judgement.unexplained.push_back(
          fmt::format("{}:\n{}", NameOf(variant_), performances_[script * kTimesPlayed]->both));
    } else if (differing > 0) {
      ++judgement.explained[NatExplanation::kChance];
    }
  }
}

}  // namespace sfa::conformance
