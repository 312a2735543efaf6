// The suite rejects every driver that is wrong on purpose, for the requirement that it breaks,
// and passes the reference on the same scenario.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "conformance/checks/judge.h"
#include "conformance/nonconforming/drivers.h"
#include "conformance/runner/library.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

class NonConformingTest : public testing::TestWithParam<NonConformingDriver> {
 protected:
  static Scenario Load(const std::string& name) {
    std::vector<InputError> errors;
    const std::optional<Library> library = Library::Open(SFA_SOURCE_ROOT, errors);
    std::optional<Scenario> scenario =
        library->LoadFile(SFA_SOURCE_ROOT "/scenarios/" + name + ".yaml", errors);
    for (const InputError& error : errors) ADD_FAILURE() << ToString(error);
    return *scenario;
  }

  // Requirement and reason of every check that did not pass.
  static std::vector<CheckResult> NotPassed(const Scenario& scenario, const skype_driver* driver) {
    const auto factory = NewSimulatedPbxFactory(driver);
    const WorldRun run = RunWorld(scenario, *factory, {});
    std::vector<CheckResult> results;
    for (CheckResult& result : Judge(scenario, run.trace)) {
      if (result.verdict != Verdict::kPass) results.push_back(std::move(result));
    }
    return results;
  }
};

TEST_P(NonConformingTest, IsRejectedForTheRightRequirement) {
  const Scenario scenario = Load(GetParam().scenario);
  std::set<std::string> failed;
  for (const CheckResult& result : NotPassed(scenario, GetParam().driver)) {
    EXPECT_EQ(result.verdict, Verdict::kFail)
        << result.requirement << " " << result.check << ": " << result.reason;
    failed.insert(result.requirement);
  }
  EXPECT_TRUE(failed.count(GetParam().requirement)) << "not rejected for it";
}

TEST_P(NonConformingTest, WhereTheReferencePasses) {
  const Scenario scenario = Load(GetParam().scenario);
  for (const CheckResult& result : NotPassed(scenario, skype_reference_driver())) {
    ADD_FAILURE() << result.requirement << " " << ToString(result.verdict) << ": " << result.check
                  << ": " << result.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(All, NonConformingTest, testing::ValuesIn(NonConformingDrivers()),
                         [](const testing::TestParamInfo<NonConformingDriver>& info) {
                           std::string name = info.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace sfa::conformance
