#include "conformance/catalogue/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Catalogue Of(const std::vector<std::string>& ids) {
  std::string text = "requirements:\n";
  for (const std::string& id : ids) {
    const bool extension = id.rfind("SFA-X", 0) == 0;
    text += "  - {id: " + id + (extension ? ", kind: extension, origin: o" : ", kind: mandatory");
    text += ", clause: L96, statement: what " + id + " says, observed: o, targets: [sim]}\n";
  }
  Catalogue catalogue;
  std::vector<InputError> errors;
  catalogue.AddChapter("c.yaml", text, errors);
  for (const InputError& error : errors) ADD_FAILURE() << ToString(error);
  return catalogue;
}

TEST(CoverageTest, TellsWhatNobodyLooksAt) {
  const Catalogue catalogue = Of({"SFA-1-01", "SFA-1-02", "SFA-X-01"});
  const std::vector<MissingScenario> missing = WithoutScenario(catalogue, {"SFA-1-01"});
  ASSERT_EQ(missing.size(), 2u);
  EXPECT_EQ(missing[0].id, "SFA-1-02");
  EXPECT_EQ(missing[0].kind, "mandatory");
  EXPECT_EQ(missing[0].statement, "what SFA-1-02 says");
  EXPECT_EQ(missing[1].kind, "extension");
}

TEST(CoverageTest, CountsByChapterAndJoinsWhatIsInARow) {
  const Catalogue catalogue =
      Of({"SFA-1-01", "SFA-1-02", "SFA-1-03", "SFA-1-04", "SFA-1-05", "SFA-3.1-01", "SFA-3.1-02",
          "SFA-3.2-01", "SFA-4.2.10-01", "SFA-X-01"});
  const auto lines = [&](const std::set<std::string>& judged) {
    return MissingByChapter(WithoutScenario(catalogue, judged), catalogue);
  };
  EXPECT_THAT(lines({"SFA-1-02"}),
              ElementsAre("  chapter 1: 4 of 5: 1-01, 1-03 to 05",
                          "  chapter 3: 3 of 3: 3.1-01 to 02, 3.2-01",
                          "  chapter 4: 1 of 1: 4.2.10-01", "  beyond the manual: 1 of 1: X-01"));
  EXPECT_THAT(lines({"SFA-1-01", "SFA-1-02", "SFA-1-03", "SFA-1-04", "SFA-1-05", "SFA-3.1-01",
                     "SFA-4.2.10-01", "SFA-X-01"}),
              ElementsAre("  chapter 3: 2 of 3: 3.1-02, 3.2-01"));
  const std::vector<std::string> ids = catalogue.ids();
  EXPECT_THAT(lines({ids.begin(), ids.end()}), IsEmpty());
}

TEST(CoverageTest, LongListsAreBrokenBetweenIdentifiers) {
  std::vector<std::string> ids;
  std::set<std::string> judged;
  for (int i = 10; i < 90; ++i) {
    ids.push_back("SFA-3.1-" + std::to_string(i));
    if (i % 2 == 0) judged.insert(ids.back());
  }
  const Catalogue catalogue = Of(ids);
  const std::vector<std::string> lines =
      MissingByChapter(WithoutScenario(catalogue, judged), catalogue);
  ASSERT_GT(lines.size(), 2u);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 100u) << line;
  EXPECT_EQ(lines[1].rfind("    3.1-", 0), 0u) << lines[1];
  EXPECT_EQ(lines.back().substr(lines.back().size() - 6), "3.1-89");
}

}  // namespace
}  // namespace sfa::conformance
