// Scripts with waits, all at the same time, so that waiting for the kernel's timers takes as long
// as one script does. The clock is the caller's.
#ifndef CONFORMANCE_JUDGES_NAT_NAT_WAITING_ROUND_H_
#define CONFORMANCE_JUDGES_NAT_NAT_WAITING_ROUND_H_

#include <memory>
#include <vector>

#include "conformance/judges/nat/model_nat.h"
#include "conformance/judges/nat/nat_comparison.h"
#include "conformance/judges/nat/nat_player.h"

namespace sfa::conformance {

class NatWaitingRound {
 public:
  // Takes windows of TCP out of the comparison, and chance: each script is played three times, and
  // what does not differ each time is no difference.
  NatWaitingRound(const MasqueradeVariant& variant, KernelNat& kernel,
                  std::vector<NatScript> scripts);

  // Plays the steps of this time, which is now; times come in their order.
  void PlayAt(Duration at);
  void Conclude(NatJudgement& judgement) const;

 private:
  // One script before both boxes.
  struct Performance {
    Performance(const NatScript& script, const MasqueradeVariant& variant, KernelNat& kernel,
                uint32_t serial)
        : model(variant, serial),
          with_model(script, model, serial),
          with_kernel(script, kernel, serial) {}
    ModelNat model;
    NatPlayer with_model, with_kernel;
    std::string both;
    bool differs = false;
    bool left_over = false;
  };

  // Whether the kernel has used a port again that the same source has had before.
  static bool IsLeftOver(const NatScript& script, const NatStep& step, const NatOutcome& kernel);

  const MasqueradeVariant variant_;
  const std::vector<NatScript> scripts_;
  std::vector<std::unique_ptr<Performance>> performances_;  // of a script side by side
  std::map<std::string, int> outcomes_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_NAT_NAT_WAITING_ROUND_H_
