// The page that people read has every word that the schema allows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

using Json = nlohmann::json;

// Names of properties, and the values of enumerations, anywhere below.
void CollectWords(const Json& node, std::set<std::string>& words) {
  if (node.is_array()) {
    for (const Json& item : node) CollectWords(item, words);
  }
  if (!node.is_object()) return;
  if (const auto properties = node.find("properties"); properties != node.end()) {
    for (const auto& [name, property] : properties->items()) words.insert(name);
  }
  if (const auto values = node.find("enum"); values != node.end()) {
    for (const Json& value : *values) words.insert(value.get<std::string>());
  }
  for (const auto& [name, child] : node.items()) CollectWords(child, words);
}

// What stands between backquotes, cut into words: "`call: {to, topic}`" has call, to and topic.
std::set<std::string> WordsOf(const std::string& page) {
  std::set<std::string> words;
  bool quoted = false;
  std::string word, phrase;
  const auto end_word = [&words](std::string& text) {
    if (!text.empty()) words.insert(text);
    text.clear();
  };
  for (const char c : page) {
    if (c == '`') {
      end_word(word);
      end_word(phrase);
      quoted = !quoted;
    } else if (quoted) {
      const bool of_word = c == '_' || c == '-' || c == '.' || (c >= '0' && c <= '9') ||
                           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (of_word) {
        word += c;
      } else {
        end_word(word);
      }
      phrase += c;  // "Do Not Disturb"
    }
  }
  return words;
}

TEST(VocabularyPage, HasEveryWordOfTheSchema) {
  const auto schema = ReadFile(SFA_SOURCE_ROOT "/scenarios/schema.json");
  const auto page = ReadFile(SFA_SOURCE_ROOT "/docs/scenario-vocabulary.md");
  ASSERT_TRUE(schema.ok());
  ASSERT_TRUE(page.ok());
  std::set<std::string> wanted;
  CollectWords(Json::parse(*schema), wanted);
  const std::set<std::string> there = WordsOf(*page);
  std::set<std::string> missing;
  for (const std::string& word : wanted) {
    if (there.count(word) == 0) missing.insert(word);
  }
  EXPECT_THAT(missing, testing::IsEmpty());
}

}  // namespace
}  // namespace sfa::conformance
