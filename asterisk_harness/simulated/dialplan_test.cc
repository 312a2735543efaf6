#include "asterisk_harness/simulated/dialplan.h"

#include <gtest/gtest.h>

namespace sfa::harness {
namespace {

Dialplan Parse(const std::string& text) {
  const Result<Configuration> configuration = ReadConfiguration(
      "extensions.conf", [&](const std::string&) { return std::optional<std::string>(text); });
  EXPECT_TRUE(configuration.ok()) << configuration.error().message;
  return configuration.ok() ? Dialplan(*configuration) : Dialplan();
}

std::string Application(const Dialplan& dialplan, const std::string& exten, int priority) {
  const DialplanStep* step = dialplan.Find("demo", exten, priority, "");
  return step == nullptr ? "" : step->application + "(" + step->data + ")";
}

TEST(ExtensionPattern, TakesWhatAsteriskTakes) {
  EXPECT_TRUE(ExtensionMatches("007", "007"));
  EXPECT_FALSE(ExtensionMatches("007", "0071"));
  EXPECT_TRUE(ExtensionMatches("_X.", "12"));
  EXPECT_FALSE(ExtensionMatches("_X.", "1"));
  EXPECT_TRUE(ExtensionMatches("_X!", "1"));
  EXPECT_TRUE(ExtensionMatches("_NZX", "219"));
  EXPECT_FALSE(ExtensionMatches("_NZX", "109"));
  EXPECT_TRUE(ExtensionMatches("_[1-37]5", "75"));
  EXPECT_FALSE(ExtensionMatches("_[1-37]5", "45"));
  EXPECT_TRUE(ExtensionMatches("_+1XXX", "+1256"));
  EXPECT_TRUE(ExtensionMatches("_5-5", "55"));
}

TEST(Dialplan, CountsPrioritiesAndFindsLabels) {
  const Dialplan dialplan = Parse(
      "[demo]\nexten => 007,1,NoOp(Incoming Skype Call!)\nexten => 007,n(again),Wait(1)\n"
      " same => n,Goto(again)\nexten => 007,hint,Skype:james_bond@austin_powers\n");
  EXPECT_EQ(Application(dialplan, "007", 1), "NoOp(Incoming Skype Call!)");
  EXPECT_EQ(Application(dialplan, "007", 2), "Wait(1)");
  EXPECT_EQ(Application(dialplan, "007", 3), "Goto(again)");
  EXPECT_EQ(Application(dialplan, "007", 4), "");
  EXPECT_EQ(dialplan.FindLabel("demo", "007", "again", ""), 2);
  EXPECT_EQ(dialplan.contexts().at("demo").extensions[0].hint, "Skype:james_bond@austin_powers");
  EXPECT_TRUE(dialplan.warnings().empty());
}

TEST(Dialplan, PlainBeforeNarrowBeforeWide) {
  const Dialplan dialplan = Parse(
      "[demo]\nexten => _.,1,NoOp(any)\nexten => _X.,1,NoOp(digits)\nexten => _N.,1,NoOp(narrow)\n"
      "exten => 25,1,NoOp(plain)\n");
  EXPECT_EQ(Application(dialplan, "25", 1), "NoOp(plain)");
  EXPECT_EQ(Application(dialplan, "26", 1), "NoOp(narrow)");
  EXPECT_EQ(Application(dialplan, "16", 1), "NoOp(digits)");
  EXPECT_EQ(Application(dialplan, "bond", 1), "NoOp(any)");
}

TEST(Dialplan, FollowsIncludesOwnExtensionsFirst) {
  const Dialplan dialplan = Parse(
      "[globals]\nTRUNK=Skype/james_bond\n[demo]\ninclude => more\nexten => 1,1,NoOp(own)\n"
      "[more]\ninclude => demo\ninclude => more\ninclude => demo\nexten => 1,1,NoOp(theirs)\nexten "
      "=> 2,1,NoOp(two)\n");
  EXPECT_EQ(Application(dialplan, "1", 1), "NoOp(own)");
  EXPECT_EQ(Application(dialplan, "2", 1), "NoOp(two)");
  ASSERT_EQ(dialplan.globals().size(), 1u);
  EXPECT_EQ(dialplan.globals()[0].second, "Skype/james_bond");
}

TEST(Dialplan, CallersNumberNarrowsAnExtension) {
  const Dialplan dialplan =
      Parse("[demo]\nexten => s,1,NoOp(all)\nexten => s/_555X,1,NoOp(special)\n");
  EXPECT_EQ(dialplan.Find("demo", "s", 1, "5551")->data, "special");
  EXPECT_EQ(dialplan.Find("demo", "s", 1, "austin")->data, "all");
}

TEST(Dialplan, MistakesAreWarnedAboutWithTheirLine) {
  const Dialplan dialplan = Parse(
      "[demo]\nsame => n,NoOp()\nexten => 1,n,NoOp()\nexten => 1,zero,NoOp()\nexten => 1,1,NoOp(\n"
      "exten => 1,1,Wait(1)\nbogus => x\nexten => 5\n");
  ASSERT_EQ(dialplan.warnings().size(), 7u);
  for (const std::string& warning : dialplan.warnings()) {
    EXPECT_NE(warning.find("line "), std::string::npos) << warning;
  }
}

}  // namespace
}  // namespace sfa::harness
