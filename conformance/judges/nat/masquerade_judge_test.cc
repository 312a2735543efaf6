// The kernel's masquerade judges our model of it: the same generated packet scripts to both, and no
// difference that is not explained.
//
//   SFA_NAT_SCRIPTS=5000 SFA_NAT_SEED=7 \
//       build/release/conformance/judges/nat/conformance_masquerade_judge_test
//
// plays five thousand for each variant instead of one thousand, starting elsewhere than at seed 1.
// SFA_NAT_WAITING=300 plays as many scripts that wait for the kernel's timers, side by side, which
// takes two and a half minutes; without it they are skipped.
//
// Needs root, nftables and a kernel with conntrack; is skipped with the reason otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "conformance/judges/nat/nat_waiting_round.h"

namespace sfa::conformance {
namespace {

using testing::HasSubstr;
using Ports = MasqueradeVariant::Ports;

// A number from the environment.
uint64_t Setting(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

class MasqueradeJudge : public testing::TestWithParam<MasqueradeVariant> {};

TEST_P(MasqueradeJudge, FindsTheModelRight) {
  const auto kernel = KernelNat::Make(GetParam());
  if (!kernel.ok()) GTEST_SKIP() << kernel.error().message;
  NatJudge judge(GetParam(), **kernel);
  NatJudgement judgement;
  const uint64_t scripts = Setting("SFA_NAT_SCRIPTS", 1000);
  const uint64_t seed = Setting("SFA_NAT_SEED", 1);
  for (uint64_t i = 0; i < scripts; ++i) {
    judge.Judge(GenerateNatScript(seed + i), judgement);
    ASSERT_FALSE((*kernel)->broken()) << "a marker was lost in script " << seed + i;
  }
  std::cout << NameOf(GetParam()) << ": " << judgement.ToString();
  for (const std::string& difference : judgement.unexplained) ADD_FAILURE() << difference;
  // The scripts brought about what they are for.
  std::vector<std::string> kinds = {"in to host",
                                    "nothing",
                                    "out, port as of ",
                                    "out, another port from ",
                                    "out, another port below ",
                                    "an error about what had been sent"};
  if (GetParam().ports == Ports::kKept) kinds.emplace_back("out, port kept");
  for (const std::string& kind : kinds) EXPECT_GT(judgement.outcomes[kind], 0) << kind;
  // Chance is rare: a low port is one of 511.
  EXPECT_LE(judgement.explained[NatExplanation::kChance], 2 + judgement.scripts / 20);
  EXPECT_LE(judgement.explained[NatExplanation::kWindows], 5 + judgement.scripts / 10);
}

// A model that is wrong is seen, and the script that shows it is as small as can be: a packet that
// comes early and the one that should have punched.
TEST(MasqueradeJudgeItself, SeesAWrongModel) {
  const auto kernel = KernelNat::Make({Ports::kKept, /*input_accepts=*/true});
  if (!kernel.ok()) GTEST_SKIP() << kernel.error().message;
  NatJudge judge({Ports::kKept, /*input_accepts=*/false}, **kernel);
  NatJudgement judgement;
  for (uint64_t seed = 1; judgement.unexplained.empty() && seed < 100; ++seed) {
    judge.Judge(GenerateNatScript(seed), judgement);
  }
  ASSERT_EQ(judgement.unexplained.size(), 1u);
  const std::string& found = judgement.unexplained.front();
  EXPECT_THAT(found, HasSubstr("these 2 are enough"));
  EXPECT_THAT(found, HasSubstr("model:  out, port kept"));
  EXPECT_THAT(found, HasSubstr("kernel: out, another port"));
}

TEST(MasqueradeJudgeItself, TheSameSeedIsTheSameScript) {
  EXPECT_EQ(GenerateNatScript(7).ToString(), GenerateNatScript(7).ToString());
  EXPECT_NE(GenerateNatScript(7).ToString(), GenerateNatScript(8).ToString());
}

TEST(MasqueradeJudgeOfTimers, FindsTheModelRight) {
  const uint64_t count = Setting("SFA_NAT_WAITING", 0);
  if (count == 0) GTEST_SKIP() << "waits for minutes; SFA_NAT_WAITING=300 plays 300 scripts";
  std::vector<NatScript> scripts;
  const uint64_t seed = Setting("SFA_NAT_SEED", 1);
  for (uint64_t i = 0; i < count; ++i) {
    scripts.push_back(GenerateNatScript(seed + i, NatPace::kWaiting));
  }
  std::vector<std::unique_ptr<KernelNat>> kernels;
  std::vector<std::unique_ptr<NatWaitingRound>> rounds;
  for (const bool accepts : {false, true}) {
    const MasqueradeVariant variant{Ports::kKept, accepts};
    auto kernel = KernelNat::Make(variant);
    if (!kernel.ok()) GTEST_SKIP() << kernel.error().message;
    kernels.push_back(std::move(*kernel));
    rounds.push_back(std::make_unique<NatWaitingRound>(variant, *kernels.back(), scripts));
  }
  // The timers are the kernel's and run in its time.
  const auto beginning = std::chrono::steady_clock::now();
  for (int point = 0; point < kScriptGridPoints; ++point) {
    std::this_thread::sleep_until(beginning + point * kScriptGrid);
    for (const auto& round : rounds) round->PlayAt(point * kScriptGrid);
    const auto late = std::chrono::steady_clock::now() - (beginning + point * kScriptGrid);
    if (late > std::chrono::milliseconds(900)) GTEST_SKIP() << "this machine was too slow to tell";
  }
  for (size_t i = 0; i < rounds.size(); ++i) {
    ASSERT_FALSE(kernels[i]->broken());
    NatJudgement judgement;
    rounds[i]->Conclude(judgement);
    std::cout << "with waits: " << judgement.ToString();
    for (const std::string& difference : judgement.unexplained) ADD_FAILURE() << difference;
    EXPECT_LE(judgement.explained[NatExplanation::kChance], 2 + judgement.scripts / 20);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, MasqueradeJudge,
                         testing::Values(MasqueradeVariant{Ports::kKept, false},
                                         MasqueradeVariant{Ports::kKept, true},
                                         MasqueradeVariant{Ports::kRandom, false},
                                         MasqueradeVariant{Ports::kFullyRandom, false},
                                         MasqueradeVariant{Ports::kRandom, true}),
                         [](const testing::TestParamInfo<MasqueradeVariant>& variant) {
                           std::string name = NameOf(variant.param);
                           std::erase_if(name,
                                         [](char c) { return c == ' ' || c == ',' || c == '-'; });
                           return name;
                         });

}  // namespace
}  // namespace sfa::conformance
