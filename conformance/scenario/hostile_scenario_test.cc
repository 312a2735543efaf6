// What the loader does with files that nobody meant to write: it answers with place and reason, or
// takes them; it never ends the program, throws, or thinks for long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <yaml-cpp/yaml.h>

#include <functional>

#include "conformance/catalogue/catalogue.h"
#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"

namespace sfa::conformance {
namespace {

using testing::HasSubstr;

// A document that may be wrong in ways in which YAML::Node cannot: a key may stand twice.
struct Tree {
  enum Kind { kScalar, kList, kMapping } kind = kScalar;
  struct Entry;
  std::string scalar;
  std::vector<Entry> entries;

  static Tree Of(const YAML::Node& node);
  static Tree Scalar(std::string text);
  // As flow style, one line for each entry, every scalar in quotes.
  std::string ToYaml() const;
};

// Of a mapping: key and value; of a list: the second.
struct Tree::Entry {
  Tree first, second;
};

Tree Tree::Of(const YAML::Node& node) {
  Tree tree;
  if (node.IsScalar()) tree.scalar = node.Scalar();
  if (node.IsSequence()) tree.kind = kList;
  if (node.IsMap()) tree.kind = kMapping;
  for (const auto& entry : node) {
    if (node.IsMap()) tree.entries.push_back({Of(entry.first), Of(entry.second)});
    if (node.IsSequence()) tree.entries.push_back({Tree{}, Of(entry)});
  }
  return tree;
}

Tree Tree::Scalar(std::string text) { return {kScalar, std::move(text), {}}; }

std::string Tree::ToYaml() const {
  if (kind == kScalar) {
    std::string quoted = "\"";
    for (const char c : scalar) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c == '\n' ? "\\n" : std::string(1, c);
    }
    return quoted + '"';
  }
  std::string text(1, kind == kList ? '[' : '{');
  for (const auto& [key, value] : entries) {
    if (kind == kMapping) text += "? " + key.ToYaml() + " : ";
    text += value.ToYaml() + ",\n";
  }
  return text + (kind == kList ? ']' : '}');
}

class HostileScenarioTest : public testing::Test {
 protected:
  HostileScenarioTest() : schema_(*Schema::Parse(*ReadFile(Path("schema.json")))) {
    const auto chapters = ListFiles(SFA_SOURCE_ROOT "/conformance/catalogue", ".yaml");
    for (const std::string& name : *chapters) {
      const std::string path = SFA_SOURCE_ROOT "/conformance/catalogue/" + name;
      std::vector<InputError> errors;
      catalogue_.AddChapter(path, *ReadFile(path), errors);
    }
  }
  static std::string Path(const std::string& name) { return SFA_SOURCE_ROOT "/scenarios/" + name; }

  LoadedScenario Load(const std::string& text) const {
    return LoadScenario("s.yaml", text, schema_, catalogue_.ids());
  }

  // Empty when `text` is taken, or refused so that its author can mend it.
  std::string WhatIsWrongWithTheAnswerTo(const std::string& text) const {
    const LoadedScenario loaded = Load(text);
    if (loaded.scenario.has_value() != loaded.errors.empty()) return "neither taken nor refused";
    if (loaded.errors.size() > kMostErrors) return "more mistakes than anybody reads";
    for (const InputError& error : loaded.errors) {
      if (error.place.file != "s.yaml") return "no file in: " + ToString(error);
      if (error.place.line <= 0 || error.place.column <= 0) return "no place: " + ToString(error);
      if (error.message.size() < 10) return "no reason: " + ToString(error);
      if (error.message.size() > 10'000) return "a reason that is endless: " + ToString(error);
    }
    return "";
  }
  void ExpectAnswer(const std::string& text) const {
    EXPECT_EQ(WhatIsWrongWithTheAnswerTo(text), "") << text.substr(0, 4000);
  }

  // The first mistake.
  std::string Answer(const std::string& text) const {
    const LoadedScenario loaded = Load(text);
    return loaded.errors.empty() ? "taken" : ToString(loaded.errors[0]);
  }
  std::string AnswerWith(const std::string& from, const std::string& to) const {
    std::string text = *ReadFile(Path("incoming-call-two-nats.yaml"));
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return Answer(text.replace(at, from.size(), to));
  }

  Schema schema_;
  Catalogue catalogue_;
};

// Calls `visit` for `tree` with each change to `part` and to all below it.
void Mutate(Tree& tree, Tree& part, const std::function<void(const Tree&)>& visit) {
  static const std::vector<Tree> kValues = {
      Tree::Scalar(""),
      Tree::Scalar("-1"),
      Tree::Scalar("-5s"),
      Tree::Scalar("99999999999999999999999999"),
      Tree::Scalar("1e400"),
      Tree::Scalar("~"),
      Tree::Scalar("../../../../etc/passwd"),
      Tree::Scalar("9999-12-31"),
      Tree::Scalar("99999999999999h"),
      Tree::Scalar(">= "),
      Tree::Scalar(std::string(2000, 'x')),
      {Tree::kList, "", {}},
      {Tree::kList, "", {{Tree{}, Tree::Scalar("x")}}},
      {Tree::kMapping, "", {}},
      {Tree::kMapping, "", {{Tree::Scalar("x"), Tree::Scalar("y")}}},
      {Tree::kMapping, "", {{Tree{Tree::kList, "", {}}, Tree::Scalar("y")}}}};
  const auto with = [&](Tree& place, const Tree& value) {
    const Tree before = std::exchange(place, value);
    visit(tree);
    place = before;
  };
  for (const Tree& value : kValues) with(part, value);
  for (size_t i = 0; i < part.entries.size(); ++i) {
    const auto entry = part.entries[i];
    const auto position = part.entries.begin() + static_cast<std::ptrdiff_t>(i);
    part.entries.erase(position);
    visit(tree);
    part.entries.insert(part.entries.begin() + static_cast<std::ptrdiff_t>(i), {entry, entry});
    visit(tree);
    part.entries.erase(part.entries.begin() + static_cast<std::ptrdiff_t>(i));
    if (part.kind == Tree::kMapping) {
      with(part.entries[i].first, Tree::Scalar(entry.first.scalar + "x"));
      with(part.entries[i].first, Tree::Scalar("asterisk"));
      with(part.entries[i].first, Tree::Scalar("../x"));
      with(part.entries[i].first, Tree::Scalar(""));
      with(part.entries[i].first, Tree{Tree::kList, "", {}});
    }
    Mutate(tree, part.entries[i].second, visit);
  }
}

// These use every key of the schema but for a few.
TEST_F(HostileScenarioTest, EveryKeyAndValueCanBeWrong) {
  size_t documents = 0, refused = 0;
  for (const char* name : {"incoming-call-two-nats.yaml", "outgoing-busy.yaml",
                           "console-and-events.yaml", "rough-line-behind-a-carrier.yaml"}) {
    Tree tree = Tree::Of(YAML::Load(*ReadFile(Path(name))));
    ASSERT_EQ(Answer(tree.ToYaml()), "taken") << name << " in flow style";
    Mutate(tree, tree, [&](const Tree& mutant) {
      const std::string text = mutant.ToYaml();
      ++documents;
      refused += Answer(text) != "taken";
      if (!HasFailure()) ExpectAnswer(text);
    });
  }
  EXPECT_GT(documents, 5'000u);
  EXPECT_GT(refused, documents / 2);
  EXPECT_LT(refused, documents);
}

RC_GTEST_FIXTURE_PROP(HostileScenarioTest, BytesMayChangeAnywhere, ()) {
  static const std::string kText = *ReadFile(Path("incoming-call-two-nats.yaml"));
  std::string text = kText;
  const auto changes = *rc::gen::resize(
      8, rc::gen::nonEmpty<std::vector<std::tuple<uint16_t, uint8_t, std::string>>>());
  for (const auto& [where, length, with] : changes) {
    const size_t at = where % (text.size() + 1);
    text.replace(at, length % 16, with);
  }
  const std::string wrong = WhatIsWrongWithTheAnswerTo(text);
  RC_LOG() << wrong << "\n" << text;
  RC_ASSERT(wrong.empty());
}

TEST_F(HostileScenarioTest, OnlyTextIsRead) {
  const std::string good = *ReadFile(Path("incoming-call-two-nats.yaml"));
  EXPECT_EQ(Answer(good), "taken");
  EXPECT_EQ(Answer("\xEF\xBB\xBF" + good), "taken") << "a byte order mark";
  std::string windows;
  for (const char c : good) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(Answer(windows), "taken");
  EXPECT_EQ(Load(windows).scenario->asterisk.files, Load(good).scenario->asterisk.files);
  EXPECT_THAT(AnswerWith("summary: A", std::string("summary: A\0", 11)),
              HasSubstr("s.yaml:3:11: the byte 0x00 is a control character; expected text"));
  EXPECT_THAT(AnswerWith("summary: A", "summary: \xFF"),
              HasSubstr("s.yaml:3:10: the byte 0xFF is not UTF-8"));
  EXPECT_THAT(AnswerWith("summary: A", "summary: \xED\xA0\x80"), HasSubstr("is not UTF-8"));
  EXPECT_THAT(AnswerWith("summary: A", "summary: \xC3"), HasSubstr("is not UTF-8"));
  EXPECT_EQ(AnswerWith("Austin Powers", "\xC3\x84ustin \xF0\x9F\x98\x80"), "taken");
  EXPECT_THAT(AnswerWith("  home:", "\thome:"), HasSubstr("s.yaml:"));
  EXPECT_THAT(Answer(""), HasSubstr("exactly one"));
  EXPECT_THAT(Answer(good + "---\n" + good), HasSubstr("exactly one"));
  // Documents without end, to some of the parser's functions.
  EXPECT_THAT(Answer("a: &a [1, 2]\nb:* a--- !!set {}\n--- !,set {}\n"), HasSubstr("exactly one"));
  EXPECT_THAT(Answer(std::string(10 << 20, 'x')), HasSubstr("more than 1 MiB"));
}

TEST_F(HostileScenarioTest, NamesDoNotLeadOutOfTheirFolder) {
  for (const char* name : {"..", ".", "/etc", "a/b", "../x", "a\\b", "\"\"", "A", "\"a b\"", "-a",
                           "\"a\\nb\"", "\xC3\xA4"}) {
    EXPECT_THAT(AnswerWith("scenario: incoming-call-two-nats", std::string("scenario: ") + name),
                HasSubstr("s.yaml:2:11: scenario is "))
        << name;
  }
  EXPECT_THAT(AnswerWith("scenario: incoming-call-two-nats", "scenario: " + std::string(65, 'a')),
              HasSubstr("at most 64"));
  for (const char* name : {"..", "../x", "\"a b\"", "-a", "login-server", "supernode-1"}) {
    EXPECT_THAT(AnswerWith("  office:", std::string("  ") + name + ":"), HasSubstr("site name '"));
  }
  for (const char* name : {"..", "../x", "\"a b\"", "asterisk", "at_end", "\"a\\r\\nEvent: x\""}) {
    EXPECT_THAT(AnswerWith("  james_bond: ", std::string("  ") + name + ": "),
                HasSubstr("account name '"));
  }
}

TEST_F(HostileScenarioTest, TimesAndDatesHaveBounds) {
  EXPECT_THAT(AnswerWith("2010-06-01", "9999-12-31"), HasSubstr("from 1970-01-01 to 2199-12-31"));
  EXPECT_THAT(AnswerWith("2010-06-01", "2010-02-30"), HasSubstr("there is no day '2010-02-30'"));
  EXPECT_THAT(AnswerWith("2010-06-01", "1969-12-31"), HasSubstr("there is no day"));
  EXPECT_THAT(AnswerWith("at: 10s", "at: -10s"), HasSubstr("expected a duration"));
  EXPECT_THAT(AnswerWith("at: 10s", "at: 1001h"), HasSubstr("longer than 1000h"));
  EXPECT_THAT(AnswerWith("at: 10s", "at: 1" + std::string(250, '0') + "h"), HasSubstr("1000h"));
  EXPECT_THAT(AnswerWith("at: 30s", "at: 15s"), HasSubstr("is before the one above it"));
  EXPECT_THAT(AnswerWith("licensed_channels: 2", "licensed_channels: 010"),
              HasSubstr("a whole number"));
  EXPECT_THAT(AnswerWith("licensed_channels: 2", "licensed_channels: 99999999999999999999"),
              HasSubstr("a whole number"));
  EXPECT_THAT(AnswerWith("mos: \">= 3.9\"", "delay: \"<= 99999999999999s\""),
              HasSubstr("longer than 1000h"));
}

TEST_F(HostileScenarioTest, ASightHasOnlyDetailsOfItsKind) {
  EXPECT_THAT(AnswerWith("Channel: Skype/james_bond-*}, times: 1", "A: b}, contains: x"),
              HasSubstr("'contains' does not go with 'event'; allowed beside it: as or times"));
  EXPECT_THAT(AnswerWith("{call: answered}", "{login: in, reason: busy}"),
              HasSubstr("'reason' does not go with 'login'"));
}

// An alias costs a word and may stand for a mebibyte.
TEST_F(HostileScenarioTest, AliasesDoNotMultiply) {
  std::string laughs = "scenario: x\nsummary: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    laughs += "k" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) laughs += "*a" + std::to_string(i - 1) + (j < 9 ? ", " : "]\n");
  }
  ExpectAnswer(laughs);
  ExpectAnswer("&a {scenario: *a, summary: *a, steps: [*a, *a], expect: *a}");
  std::string many = "big: &big {";
  for (int i = 0; i < 50'000; ++i) many += "k" + std::to_string(i) + ": 1, ";
  many += "}\nsteps: [";
  for (int i = 0; i < 9'999; ++i) many += "*big, ";
  ExpectAnswer(many + "*big]\nexpect: [{asterisk: {event: *big}}]\n");
  const std::string list = "[" + std::string(1, 'x');
  std::string wide = "steps: [";
  for (int i = 0; i < 200'000; ++i) wide += "~, ";
  ExpectAnswer(wide + "~]\n");
}

TEST_F(HostileScenarioTest, DepthHasABound) {
  for (const char* open : {"[", "{a: ", "- ", "? ", "!!x ", "{? "}) {
    std::string deep;
    while (deep.size() < 200'000) deep += open;
    ExpectAnswer(deep);
    ExpectAnswer("scenario: " + deep);
  }
  std::string stairs;
  for (size_t i = 0; i < 1000; ++i) stairs += std::string(i, ' ') + "a:\n";
  ExpectAnswer(stairs);
}

}  // namespace
}  // namespace sfa::conformance
