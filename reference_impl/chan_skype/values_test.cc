// The small parts by themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chan_skype/property_names.h"
#include "chan_skype/setvar.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

using testing::HasSubstr;

TEST(Text, Utf8) {
  for (const char* good : {"", "abc", "ä", "€", "\xF0\x9F\x98\x80"}) EXPECT_TRUE(IsUtf8(good));
  for (const char* bad : {"\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xFF", "\x80", "a\xC3(", "\xE2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

TEST(Text, CutText) {
  EXPECT_EQ(CutText("abc", 2), "ab");
  EXPECT_EQ(CutText("aä", 2), "a");
  EXPECT_EQ(CutText("ä", 0), "");
  EXPECT_EQ(CutText("€", 2), "");
  EXPECT_EQ(CutText("\x80\x80", 1), "");
}

// RFC 4648 section 10.
TEST(Text, Base64) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) EXPECT_EQ(Base64(plain), encoded);
  EXPECT_EQ(Base64("\xFF\xFE"), "//4=");
}

TEST(Text, Names) {
  for (const char* good : {"austin", "test-test", "555.5555", "+12564286000", "live:x", "ä"}) {
    EXPECT_TRUE(IsName(good)) << good;
  }
  EXPECT_FALSE(IsName(""));
  EXPECT_FALSE(IsName(std::string(256, 'x')));
  for (const char* bad : {"a b", "a@b", "a/b", "a,b", "a\n", "\x7F", "\xFF"}) {
    EXPECT_FALSE(IsName(bad)) << bad;
  }
}

TEST(Setvar, Forms) {
  struct Case {
    const char* line;
    Setvar::Kind kind;
    const char* name;
    const char* value;
  };
  const Case cases[] = {
      {"COLOUR=blue", Setvar::Kind::kVariable, "", ""},
      {"CHANNEL(language)=de", Setvar::Kind::kVariable, "", ""},
      {"SKYPE_CALL_PROPERTY(topic)=a=(b)=c", Setvar::Kind::kCallProperty, "topic", "a=(b)=c"},
      {"skype_call_property( Token )=", Setvar::Kind::kCallProperty, "token", ""},
      {"SKYPE_ACCOUNT_PROPERTY(gender)=1", Setvar::Kind::kAccountProperty, "gender", "1"},
      {"SKYPE_ACCOUNT_PROPERTY(Bond, about)=x, \"y\"", Setvar::Kind::kAccountProperty, "about",
       "x, \"y\""},
      {"A=SKYPE_CALL_PROPERTY(topic)=x", Setvar::Kind::kVariable, "", ""}};
  for (const Case& at : cases) {
    const Setvar setvar = ReadSetvar(at.line, "bond");
    EXPECT_EQ(static_cast<int>(setvar.kind), static_cast<int>(at.kind)) << at.line;
    EXPECT_EQ(setvar.name, at.name);
    EXPECT_EQ(setvar.value, at.value);
  }
  const std::pair<const char*, const char*> malformed[] = {
      {"", "NAME=value"},
      {"COLOUR", "NAME=value"},
      {"=x", "NAME=value"},
      {"(x)=y", "NAME=value"},
      {"SKYPE_CALL_PROPERTY(topic", "NAME=value"},
      {"SKYPE_CALL_PROPERTY(topc)=x", "did you mean topic?"},
      {"SKYPE_CALL_PROPERTY(fullname)=x", "read only"},
      {"SKYPE_CALL_PROPERTY(topic)=\xFF", "UTF-8"},
      {"SKYPE_ACCOUNT_PROPERTY(m,about)=x", "this section's user"},
      {"SKYPE_ACCOUNT_PROPERTY(gender)=7", "1 (male)"},
      {"SKYPE_ACCOUNT_PROPERTY(skypeout_balance)=7", "read only"},
      {"SKYPE_ACCOUNT_PROPERTY(status)=Logged Out", "than status"}};
  for (const auto& [line, why] : malformed) {
    const Setvar setvar = ReadSetvar(line, "bond");
    EXPECT_EQ(static_cast<int>(setvar.kind), static_cast<int>(Setvar::Kind::kMalformed)) << line;
    EXPECT_THAT(setvar.why, HasSubstr(why)) << line;
  }
}

TEST(PropertyNames, EveryPropertyOfTheManualIsThere) {
  for (const char* name :
       {"skypeout_currency", "skypeout_balance", "fullname", "country", "province", "city",
        "phone_home", "phone_office", "phone_mobile", "email", "homepage", "about", "birthday",
        "gender", "status", "mood_text", "availability"}) {
    EXPECT_EQ(FindAccountProperty(name), name);
  }
  EXPECT_EQ(FindAccountProperty("Language"), "languages");
  EXPECT_EQ(FindAccountProperty("shoe_size"), "");
  EXPECT_EQ(CheckAccountWrite("availability", "do not disturb").value, "Do Not Disturb");
  EXPECT_THAT(CheckAccountWrite("about", std::string(600, 'x')).why_not, HasSubstr("512"));
}

}  // namespace
}  // namespace sfa::skype
