#include "network_sim/roughness.h"

#include <gtest/gtest.h>
// RapidCheck's header needs GoogleTest's.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

namespace sfa::sim {
namespace {

using std::chrono::milliseconds;

std::vector<Roughness::Fate> Fates(const LinkSettings& settings, uint64_t seed, int count) {
  Roughness roughness(seed);
  std::vector<Roughness::Fate> fates;
  fates.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) fates.push_back(roughness.Next(settings));
  return fates;
}

template <typename Member>
double Share(const std::vector<Roughness::Fate>& fates, Member member) {
  double count = 0;
  for (const Roughness::Fate& fate : fates) count += fate.*member ? 1 : 0;
  return count / static_cast<double>(fates.size());
}

double MeanBurst(const std::vector<Roughness::Fate>& fates) {
  double lost = 0, bursts = 0;
  bool before = false;
  for (const Roughness::Fate& fate : fates) {
    lost += fate.lost ? 1 : 0;
    bursts += fate.lost && !before ? 1 : 0;
    before = fate.lost;
  }
  return bursts > 0 ? lost / bursts : 0;
}

// Five standard deviations of a share that is measured over `count` packets.
double Tolerance(double share, double count) { return 5 * std::sqrt(share * (1 - share) / count); }

RC_GTEST_PROP(RoughnessTest, EachRateIsWhatItsSettingSays, (uint64_t seed)) {
  constexpr int kCount = 20'000;
  const auto percent = [](int most) { return *rc::gen::inRange(0, most + 1) / 100.0; };
  LinkSettings settings;
  settings.loss = percent(100);
  settings.reorder = percent(100);
  settings.duplicate = percent(100);
  const auto fates = Fates(settings, seed, kCount);
  const auto near = [](double measured, double wanted) {
    return std::abs(measured - wanted) <= Tolerance(wanted, kCount);
  };
  RC_ASSERT(near(Share(fates, &Roughness::Fate::lost), settings.loss));
  RC_ASSERT(near(Share(fates, &Roughness::Fate::overtaken), settings.reorder));
  RC_ASSERT(near(Share(fates, &Roughness::Fate::doubled), settings.duplicate));
}

RC_GTEST_PROP(RoughnessTest, BurstsHaveTheirShareAndTheirLength, (uint64_t seed)) {
  constexpr int kCount = 100'000;
  LinkSettings settings;
  settings.burst_length = *rc::gen::inRange(1, 12);
  const double most = settings.burst_length / (settings.burst_length + 1);
  settings.burst_loss = std::min(most, *rc::gen::inRange(1, 60) / 100.0);
  const auto fates = Fates(settings, seed, kCount);
  // Neighbours hang together: as many of them count as one as a burst is long, and twice that.
  const double counted = kCount / (2 * settings.burst_length);
  RC_ASSERT(std::abs(Share(fates, &Roughness::Fate::lost) - settings.burst_loss) <=
            Tolerance(settings.burst_loss, counted));
  RC_ASSERT(std::abs(MeanBurst(fates) / settings.burst_length - 1) <= 0.2);
}

RC_GTEST_PROP(RoughnessTest, OneMoreImpairmentChangesNoOther, (uint64_t seed, uint8_t which)) {
  LinkSettings all;
  all.loss = 0.1;
  all.jitter = milliseconds(20);
  all.reorder = 0.1;
  all.duplicate = 0.1;
  LinkSettings some = all;
  if (which & 1) some.loss = 0;
  if (which & 2) some.jitter = {};
  if (which & 4) some.reorder = 0;
  if (which & 8) some.duplicate = 0;
  if (which & 16) some.burst_loss = 0.1, some.burst_length = 3;
  const auto a = Fates(all, seed, 500), b = Fates(some, seed, 500);
  for (size_t i = 0; i < a.size(); ++i) {
    if (some.loss > 0 && some.burst_loss == 0) RC_ASSERT(a[i].lost == b[i].lost);
    if (some.burst_loss > 0 && some.loss > 0) RC_ASSERT(!a[i].lost || b[i].lost);
    if (some.jitter > Duration::zero()) RC_ASSERT(a[i].jitter == b[i].jitter);
    if (some.reorder > 0) RC_ASSERT(a[i].overtaken == b[i].overtaken);
    if (some.duplicate > 0) RC_ASSERT(a[i].doubled == b[i].doubled);
  }
}

TEST(RoughnessTest, LossesByThemselvesComeInBurstsOfHardlyMoreThanOne) {
  LinkSettings settings;
  settings.loss = 0.05;
  EXPECT_NEAR(MeanBurst(Fates(settings, 1, 100'000)), 1 / 0.95, 0.03);
}

TEST(RoughnessTest, AGentleLineNeedsNone) {
  EXPECT_FALSE(IsRough({}));
  EXPECT_TRUE(IsRough({.jitter = milliseconds(1)}));
  EXPECT_TRUE(IsRough({.loss = 0.1}));
  EXPECT_TRUE(IsRough({.burst_loss = 0.1}));
  EXPECT_TRUE(IsRough({.reorder = 0.1}));
  EXPECT_TRUE(IsRough({.duplicate = 0.1}));
}

}  // namespace
}  // namespace sfa::sim
