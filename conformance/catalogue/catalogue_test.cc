#include "conformance/catalogue/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_GE(catalogue.requirements().size(), 40u);
  for (const std::string& id : StandingRequirements()) {
    EXPECT_NE(catalogue.Find(id), nullptr) << id;
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
    if (loaded.scenario) EXPECT_EQ(loaded.scenario->name + ".yaml", file);
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
