#include "network_sim/roughness.h"

namespace sfa::sim {
namespace {

// Any numbers that differ; seeds are mixed by the streams themselves.
constexpr uint64_t kJitterStream = 1, kBurstStream = 2, kReorderStream = 3, kDuplicateStream = 4;

uint64_t SeedOf(uint64_t seed, uint64_t stream) { return seed ^ stream << 56; }

}  // namespace

Roughness::Roughness(uint64_t seed)
    : loss_(seed),
      jitter_(SeedOf(seed, kJitterStream)),
      burst_(SeedOf(seed, kBurstStream)),
      reorder_(SeedOf(seed, kReorderStream)),
      duplicate_(SeedOf(seed, kDuplicateStream)) {}

Roughness::Fate Roughness::Next(const LinkSettings& settings) {
  Fate fate;
  if (settings.loss > 0) fate.lost = loss_.Fraction() < settings.loss;
  if (settings.burst_loss > 0 && NextInBurst(settings)) fate.lost = true;
  if (settings.reorder > 0) fate.overtaken = reorder_.Fraction() < settings.reorder;
  if (settings.duplicate > 0) fate.doubled = duplicate_.Fraction() < settings.duplicate;
  if (settings.jitter > Duration::zero()) {
    const double share = jitter_.Fraction();
    fate.jitter =
        Duration(static_cast<int64_t>(share * static_cast<double>(settings.jitter.count() + 1)));
  }
  return fate;
}

bool Roughness::NextInBurst(const LinkSettings& settings) {
  // From bad to good with r = 1 / length; from good to bad so often that the share in the bad state
  // is the wanted one: p / (p + r) = loss.
  const double to_good = 1 / settings.burst_length;
  const double to_bad = to_good * settings.burst_loss / (1 - settings.burst_loss);
  bad_ = burst_.Fraction() < (bad_ ? 1 - to_good : to_bad);
  return bad_;
}

}  // namespace sfa::sim
