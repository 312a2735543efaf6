// The suite rejects every driver that is wrong on purpose, for the requirement that it breaks,
// and passes the reference on the same scenarios.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "conformance/checks/judge.h"
#include "conformance/nonconforming/drivers.h"
#include "conformance/runner/library.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

// Requirement and reason of every check of the scenario that did not pass.
std::vector<CheckResult> NotPassed(const std::string& name, const skype_driver* driver) {
  std::vector<InputError> errors;
  const std::optional<Library> library = Library::Open(SFA_SOURCE_ROOT, errors);
  std::optional<Scenario> scenario;
  if (library) scenario = library->LoadFile(SFA_SOURCE_ROOT "/scenarios/" + name + ".yaml", errors);
  for (const InputError& error : errors) ADD_FAILURE() << ToString(error);
  if (!scenario) return {};
  const auto factory = NewSimulatedPbxFactory(driver);
  const WorldRun run = RunWorld(*scenario, *factory, {});
  std::vector<CheckResult> results;
  for (CheckResult& result : Judge(*scenario, run.trace)) {
    if (result.verdict != Verdict::kPass) results.push_back(std::move(result));
  }
  return results;
}

std::string Describe(const CheckResult& result) {
  return result.requirement + " " + ToString(result.verdict) + ": " + result.check + ": " +
         result.reason + "\n";
}

std::string TestName(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class NonConformingTest : public testing::TestWithParam<NonConformingDriver> {};

// What the break keeps from happening may leave other checks without their stimulus; those are
// inconclusive.
TEST_P(NonConformingTest, IsRejectedForTheRightRequirement) {
  std::set<std::string> failed;
  std::string seen;
  for (const CheckResult& result : NotPassed(GetParam().scenario, GetParam().driver)) {
    if (result.verdict == Verdict::kFail) failed.insert(result.requirement);
    seen += Describe(result);
  }
  EXPECT_TRUE(failed.count(GetParam().requirement))
      << GetParam().requirement << " does not fail in " << GetParam().scenario << ":\n"
      << seen;
}

INSTANTIATE_TEST_SUITE_P(All, NonConformingTest, testing::ValuesIn(NonConformingDrivers()),
                         [](const testing::TestParamInfo<NonConformingDriver>& info) {
                           return TestName(info.param.name);
                         });

// Each scenario that shows a wrong driver.
std::set<std::string> Scenarios() {
  std::set<std::string> scenarios;
  for (const NonConformingDriver& driver : NonConformingDrivers()) {
    scenarios.insert(driver.scenario);
  }
  return scenarios;
}

class ReferenceTest : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceTest, PassesWhereOthersAreRejected) {
  for (const CheckResult& result : NotPassed(GetParam(), skype_reference_driver())) {
    ADD_FAILURE() << Describe(result);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ReferenceTest, testing::ValuesIn(Scenarios()),
                         [](const testing::TestParamInfo<std::string>& info) {
                           return TestName(info.param);
                         });

// Every section of the manual that says how the product behaves has drivers that break it.
TEST(NonConformingDriversTest, AreSpreadOverTheSections) {
  for (const char* section :
       {"SFA-1-", "SFA-3-", "SFA-3.1-", "SFA-3.2.1-", "SFA-3.2.2-", "SFA-3.3.1-", "SFA-3.3.2-",
        "SFA-3.3.3-", "SFA-3.3.4-", "SFA-3.4-", "SFA-3.5.1-", "SFA-3.5.2-", "SFA-3.5.3-",
        "SFA-3.5.4-", "SFA-3.5.5-", "SFA-4.1.1-", "SFA-4.1.2-", "SFA-4.2."}) {
    const std::vector<NonConformingDriver> drivers = NonConformingDrivers();
    EXPECT_TRUE(std::any_of(drivers.begin(), drivers.end(), [&](const NonConformingDriver& driver) {
      return driver.requirement.rfind(section, 0) == 0;
    })) << section;
  }
}

}  // namespace
}  // namespace sfa::conformance
