// Two boxes, the same script: where they differ, and what explains it.
#ifndef CONFORMANCE_JUDGES_NAT_NAT_COMPARISON_H_
#define CONFORMANCE_JUDGES_NAT_NAT_COMPARISON_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/judges/nat/kernel_nat.h"
#include "conformance/judges/nat/nat_player.h"
#include "conformance/judges/nat/nat_script.h"

namespace sfa::conformance {

// Differences that are none of the model's, each with its reason; all that occur are counted.
enum class NatExplanation {
  kRouterAnswers,
  kChance,
  kWindows,
  kLeftOver,
};
const char* ReasonOf(NatExplanation explanation);

// An outcome without references to steps and ports, so that it can be counted.
std::string KindOf(const NatOutcome& outcome);
// A step and what became of it, as a person reads it.
std::string DescribeBoth(const NatStep& step, const NatOutcome& model, const NatOutcome& kernel);

struct NatDifference {
  NatStep step;
  std::string model, kernel;  // what became of it
};

struct NatJudgement {
  int scripts = 0;
  int steps = 0;
  std::map<std::string, int> outcomes;  // how often the kernel did what
  std::map<NatExplanation, int> explained;
  // Each as a person reads it: the smallest script that shows it, and what the two did.
  std::vector<std::string> unexplained;
  std::string ToString() const;
};

class NatJudge {
 public:
  NatJudge(MasqueradeVariant variant, KernelNat& kernel) : variant_(variant), kernel_(kernel) {}

  void Judge(const NatScript& script, NatJudgement& judgement);

 private:
  struct Comparison {
    std::optional<NatDifference> difference;
    std::string both;  // step by step
  };
  Comparison Compare(const NatScript& script, NatJudgement* judgement);
  // Makes the script small and keeps what it shows.
  void Report(const NatScript& script, NatJudgement& judgement);
  // Whether the two differ, and not by chance.
  bool Differ(const NatScript& script);
  // The same when conntrack does not look at sequence numbers.
  bool DiffersWithoutWindows(const NatScript& script);

  const MasqueradeVariant variant_;
  KernelNat& kernel_;
  uint32_t played_ = 0;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_NAT_COMPARISON_H_
