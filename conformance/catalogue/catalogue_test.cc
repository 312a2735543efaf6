#include "conformance/catalogue/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "conformance/checks/standing.h"
#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"

namespace sfa::conformance {
namespace {

using testing::HasSubstr;

Catalogue LoadAll(std::vector<InputError>& errors) {
  Catalogue catalogue;
  const std::string directory = SFA_SOURCE_ROOT "/conformance/catalogue";
  const std::vector<std::string> listed = *ListFiles(directory, ".yaml");
  for (const std::string& name : listed) {
    catalogue.AddChapter(name, *ReadFile(directory + "/" + name), errors);
  }
  return catalogue;
}

TEST(CatalogueTest, IsWellFormedAndEveryRequirementNamedExists) {
  std::vector<InputError> errors;
  const Catalogue catalogue = LoadAll(errors);
  for (const InputError& error : errors) ADD_FAILURE() << ToString(error);
  EXPECT_GE(catalogue.requirements().size(), 500u);
  for (const std::string& id : StandingRequirements()) {
    EXPECT_NE(catalogue.Find(id), nullptr) << id;
  }
}

// Where each section of the manual begins.
struct SectionStart {
  int line;
  const char* section;
};
constexpr SectionStart kSections[] = {
    {90, "1"},       {163, "2"},      {178, "2.1"},   {192, "2.2"},     {202, "2.2.1"},
    {213, "2.2.2"},  {224, "2.3"},    {230, "2.3.1"}, {248, "2.3.2"},   {264, "2.4"},
    {296, "2.5"},    {300, "2.6"},    {306, "3"},     {315, "3.1"},     {348, "3.2"},
    {352, "3.2.1"},  {376, "3.2.2"},  {396, "3.3"},   {402, "3.3.1"},   {434, "3.3.2"},
    {478, "3.3.3"},  {523, "3.3.4"},  {550, "3.4"},   {568, "3.5"},     {578, "3.5.1"},
    {592, "3.5.2"},  {598, "3.5.3"},  {609, "3.5.4"}, {635, "3.5.5"},   {652, "4"},
    {654, "4.1"},    {661, "4.1.1"},  {677, "4.1.2"}, {699, "4.2"},     {717, "4.2.1"},
    {721, "4.2.2"},  {725, "4.2.3"},  {729, "4.2.4"}, {733, "4.2.5"},   {737, "4.2.6"},
    {741, "4.2.7"},  {745, "4.2.8"},  {749, "4.2.9"}, {753, "4.2.10"},  {757, "4.2.11"},
    {761, "4.2.12"}, {765, "4.2.13"}, {769, "4.3"},   {927, "appendix"}};

std::string SectionOfLine(int line) {
  std::string section;
  for (const SectionStart& each : kSections) {
    if (each.line <= line) section = each.section;
  }
  return section;
}

// The sections of the lines of the manual that a clause names.
std::vector<std::string> SectionsOf(const std::string& clause) {
  std::vector<std::string> sections;
  for (size_t at = clause.find('L'); at != std::string::npos; at = clause.find('L', at + 1)) {
    sections.push_back(SectionOfLine(std::stoi(clause.substr(at + 1))));
  }
  return sections;
}

// The section itself, or one that it is a part of: its introduction counts for it.
bool Covers(const std::string& section, const std::string& part) {
  return part == section || part.rfind(section + ".", 0) == 0;
}

TEST(CatalogueTest, EveryClauseNamesALineOfItsSection) {
  std::vector<InputError> errors;
  const Catalogue catalogue = LoadAll(errors);
  for (const Requirement& each : catalogue.requirements()) {
    const std::vector<std::string> sections = SectionsOf(each.clause);
    if (sections.empty()) continue;  // a reading alone
    const std::string section = each.id.substr(4, each.id.rfind('-') - 4);
    EXPECT_TRUE(std::any_of(sections.begin(), sections.end(),
                            [&](const std::string& named) { return Covers(named, section); }))
        << each.id << ": " << each.clause;
  }
}

TEST(CatalogueTest, EverySectionIsNumberedWithoutGapsAndInOrder) {
  std::vector<InputError> errors;
  const Catalogue catalogue = LoadAll(errors);
  std::map<std::string, int> numbers;
  for (const Requirement& each : catalogue.requirements()) {
    const size_t dash = each.id.rfind('-');
    EXPECT_EQ(std::stoi(each.id.substr(dash + 1)), ++numbers[each.id.substr(0, dash)]) << each.id;
  }
}

TEST(CatalogueTest, EveryStatementIsOneSentenceOfItsOwn) {
  std::vector<InputError> errors;
  const Catalogue catalogue = LoadAll(errors);
  std::map<std::string, std::string> statements;
  for (const Requirement& each : catalogue.requirements()) {
    EXPECT_EQ(each.statement.back(), '.') << each.id;
    EXPECT_EQ(each.statement.find(". "), std::string::npos) << each.id;
    const auto [earlier, added] = statements.emplace(each.statement, each.id);
    EXPECT_TRUE(added) << each.id << " says what " << earlier->second << " says";
  }
}

TEST(CatalogueTest, EveryScenarioLoads) {
  std::vector<InputError> errors;
  const Catalogue catalogue = LoadAll(errors);
  const std::string directory = SFA_SOURCE_ROOT "/scenarios";
  const Result<Schema> schema = Schema::Parse(*ReadFile(directory + "/schema.json"));
  ASSERT_TRUE(schema.ok());
  std::vector<std::string> names;
  const std::vector<std::string> listed = *ListFiles(directory, ".yaml");
  for (const std::string& file : listed) {
    const LoadedScenario loaded =
        LoadScenario(file, *ReadFile(directory + "/" + file), *schema, catalogue.ids());
    for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
    if (loaded.scenario) {
      EXPECT_EQ(loaded.scenario->name + ".yaml", file);
    }
    names.push_back(file);
  }
  EXPECT_THAT(names, testing::Contains("incoming-call-two-nats.yaml"));
}

TEST(CatalogueTest, TellsWhatIsWrong) {
  Catalogue catalogue;
  std::vector<InputError> errors;
  catalogue.AddChapter("c.yaml",
                       "requirements:\n"
                       "  - {id: SFA-1-1, clause: 12, kind: mandatry, statement: s, observed: o,"
                       " targets: [sin]}\n",
                       errors);
  std::string all;
  for (const InputError& error : errors) all += ToString(error) + "\n";
  EXPECT_THAT(all, HasSubstr("c.yaml:2:5: identifier 'SFA-1-1'; expected"));
  EXPECT_THAT(all, HasSubstr("clause '12'"));
  EXPECT_THAT(all, HasSubstr("did you mean 'mandatory'?"));
  EXPECT_THAT(all, HasSubstr("did you mean 'sim'?"));
}

// What is told of one requirement with these keys.
std::string MistakesOf(const std::string& keys) {
  Catalogue catalogue;
  std::vector<InputError> errors;
  catalogue.AddChapter(
      "c.yaml", "requirements:\n  - {statement: s, observed: o, targets: [sim], " + keys + "}\n",
      errors);
  std::string all;
  for (const InputError& error : errors) all += ToString(error) + "\n";
  return all;
}

TEST(CatalogueTest, ClausesStandInTheManualOrAmongTheReadings) {
  EXPECT_EQ(MistakesOf("id: SFA-1-01, kind: mandatory, clause: 'L1298, R50'"), "");
  EXPECT_THAT(MistakesOf("id: SFA-1-01, kind: mandatory, clause: 'L96, L1299'"),
              HasSubstr("the last one is L1298"));
  EXPECT_THAT(MistakesOf("id: SFA-1-01, kind: mandatory, clause: R51"),
              HasSubstr("the last one is R50"));
  EXPECT_THAT(MistakesOf("id: SFA-1-01, kind: mandatory, clause: L0"), HasSubstr("the last one"));
  EXPECT_THAT(MistakesOf("id: SFA-1-01, kind: mandatory, clause: L99999999999"),
              HasSubstr("expected lines"));
  EXPECT_THAT(MistakesOf("id: SFA-1-01, kind: mandatory"), HasSubstr("under the key 'clause'"));
}

TEST(CatalogueTest, ExtensionsSayWhereTheyComeFrom) {
  EXPECT_EQ(MistakesOf("id: SFA-X-01, kind: extension, origin: decided here"), "");
  EXPECT_THAT(MistakesOf("id: SFA-X-01, kind: extension"), HasSubstr("under the key 'origin'"));
  EXPECT_THAT(MistakesOf("id: SFA-X-01, kind: mandatory, clause: L96"),
              HasSubstr("expected SFA-X-.. for what the manual does not have"));
  EXPECT_THAT(MistakesOf("id: SFA-1-01, kind: extension, origin: o"),
              HasSubstr("expected SFA-X-.. for what the manual does not have"));
}

TEST(CatalogueTest, NothingIsEmpty) {
  Catalogue catalogue;
  std::vector<InputError> errors;
  catalogue.AddChapter("c.yaml",
                       "requirements:\n  - {id: SFA-1-01, clause: L96, kind: mandatory, statement: "
                       "'', observed: '', targets: []}\n",
                       errors);
  EXPECT_EQ(errors.size(), 3u);
}

TEST(CatalogueTest, RefusesTheSameIdentifierTwice) {
  Catalogue catalogue;
  std::vector<InputError> errors;
  const std::string one =
      "requirements:\n  - {id: SFA-1-01, clause: L1, kind: mandatory, statement: s, observed: o, "
      "targets: [sim]}\n";
  catalogue.AddChapter("a.yaml", one, errors);
  EXPECT_TRUE(errors.empty());
  catalogue.AddChapter("b.yaml", one, errors);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(ToString(errors[0]), "b.yaml:2:5: requirement 'SFA-1-01' stands already at a.yaml:2");
  EXPECT_EQ(catalogue.requirements().size(), 1u);
}

}  // namespace
}  // namespace sfa::conformance
