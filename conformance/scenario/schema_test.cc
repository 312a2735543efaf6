#include "conformance/scenario/schema.h"

#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

std::vector<std::string> Mistakes(const std::string& schema, const std::string& yaml) {
  Result<Schema> parsed = Schema::Parse(schema);
  if (!parsed.ok()) return {parsed.error().message};
  std::vector<InputError> errors;
  parsed->Validate(YAML::Load(yaml), "f", errors);
  std::vector<std::string> texts;
  texts.reserve(errors.size());
  for (const InputError& error : errors) texts.push_back(ToString(error));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(SchemaTest, RefusesWhatItWouldIgnore) {
  EXPECT_EQ(Mistakes(R"({"type":"object","properties":{"a":{"format":"email"}}})", "a: b"),
            Texts{"the schema uses the keyword 'format', which the loader does not understand"});
  EXPECT_EQ(Mistakes("[", "a"), Texts{"the schema is not a JSON object"});
}

TEST(SchemaTest, TellsPlaceFoundAllowedAndNearest) {
  const std::string schema =
      R"({"type":"object","additionalProperties":false,"required":["kind"],
          "properties":{"kind":{"type":"string","enum":["business","regular"]},
                        "count":{"type":"integer","minimum":1,"maximum":9}}})";
  EXPECT_EQ(Mistakes(schema, "kind: regular\ncount: 3"), Texts{});
  EXPECT_EQ(
      Mistakes(schema, "kind: regulr"),
      Texts{"f:1:7: kind is 'regulr'; allowed: business or regular; did you mean 'regular'?"});
  EXPECT_EQ(Mistakes(schema, "knd: regular"),
            (Texts{"f:1:1: unknown key 'knd' in the scenario; allowed: kind or count; did you mean "
                   "'kind'?",
                   "f:1:1: the scenario lacks the key 'kind'"}));
  EXPECT_EQ(Mistakes(schema, "kind: regular\ncount: 10"),
            Texts{"f:2:8: count is 10; the most is 9"});
  EXPECT_EQ(Mistakes(schema, "kind: regular\ncount: many"),
            Texts{"f:2:8: count is 'many'; expected a whole number"});
  EXPECT_EQ(Mistakes(schema, "kind: regular\nkind: regular"),
            Texts{"f:2:1: key 'kind' stands twice in the scenario"});
  EXPECT_EQ(Mistakes(schema, "[1]"),
            Texts{"f:1:1: the scenario is a list; expected a mapping of keys to values"});
}

TEST(SchemaTest, ChoosesAnAlternativeByItsType) {
  const std::string schema =
      R"({"type":"object","properties":{"nat":{"anyOf":[
          {"type":"string","enum":["none"],"description":"none"},
          {"type":"object","additionalProperties":false,"properties":{"hairpin":{"type":"boolean"}}}
          ]}}})";
  EXPECT_EQ(Mistakes(schema, "nat: none"), Texts{});
  EXPECT_EQ(Mistakes(schema, "nat: {hairpin: no}"), Texts{});
  EXPECT_EQ(Mistakes(schema, "nat: {hairpin: maybe}"),
            Texts{"f:1:16: hairpin is 'maybe'; expected true or false"});
  EXPECT_EQ(Mistakes(schema, "nat: [1]"),
            Texts{"f:1:6: nat is a list; expected none, or a mapping of keys to values"});
}

TEST(SchemaTest, LongTextsDoNotExhaustTheStack) {
  const std::string schema =
      R"({"type":"object","properties":{"a":{"type":"string","pattern":"^[a-z]*$"}}})";
  EXPECT_EQ(Mistakes(schema, "a: " + std::string(200000, 'a')).size(), 1u);
}

}  // namespace
}  // namespace sfa::conformance
