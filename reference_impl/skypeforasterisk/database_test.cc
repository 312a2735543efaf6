#include "skypeforasterisk/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "res_skypeforasterisk/fake_runtime.h"

namespace sfa::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Endpoint kNear{{0xC6336401}, 33033}, kFar{{0xC6336402}, 443};
constexpr char kDirectory[] = "/var/spool/asterisk/skype";
constexpr char kPath[] = "/var/spool/asterisk/skype/database.xml";
constexpr char kAside[] = "/var/spool/asterisk/skype/database.xml.unreadable";

std::string WhyNot(const std::string& text) {
  const auto content = DecodeDatabase(text);
  return content ? "it is fine" : content.error().message;
}

TEST(DatabaseText, WhatIsWrittenIsRead) {
  DatabaseContent content;
  content.hosts = {kNear, kFar};
  content.accounts["james_bond"] = {kFar, 1275350405};
  content.accounts["<&\"'>"] = {{}, -1};
  const std::string text = EncodeDatabase(content);
  const auto read = DecodeDatabase(text);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(read->hosts, ElementsAre(kNear, kFar));
  ASSERT_EQ(read->accounts.size(), 2u);
  EXPECT_EQ(read->accounts.at("james_bond").home, kFar);
  EXPECT_EQ(read->accounts.at("james_bond").last_login, 1275350405);
  EXPECT_FALSE(read->accounts.at("<&\"'>").home.is_set());
  EXPECT_EQ(EncodeDatabase(*read), text);
}

TEST(DatabaseText, NothingIsWrittenThatCannotBeRead) {
  DatabaseContent content;
  for (uint16_t port = 1; port <= 300; ++port) content.hosts.push_back({kNear.address, port});
  for (int i = 0; i < 10002; ++i) content.accounts["user" + std::to_string(i)] = {kNear, i};
  content.accounts["bell\a"] = content.accounts[std::string(256, 'x')] = {kNear, 1 << 30};
  const auto read = DecodeDatabase(EncodeDatabase(content));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->hosts.size(), 200u);
  EXPECT_EQ(read->hosts.back().port, 300);  // the latest
  EXPECT_EQ(read->accounts.size(), kMostKnownAccounts);
  EXPECT_EQ(read->accounts.count("user1"), 0u);  // away for longest
  EXPECT_EQ(read->accounts.count("user2"), 1u);
}

TEST(DatabaseText, SaysWhatIsWrong) {
  EXPECT_THAT(WhyNot(""), HasSubstr("No document element"));
  EXPECT_THAT(WhyNot("<skype version=\"1\"><host"), HasSubstr("at byte"));
  EXPECT_THAT(WhyNot("<html/>"), HasSubstr("no database"));
  EXPECT_THAT(WhyNot("<skype version='2'/>"), HasSubstr("another version"));
  EXPECT_THAT(WhyNot("<skype version='1'><host address='1.2.3.4' port='99999'/></skype>"),
              HasSubstr("host"));
  EXPECT_THAT(WhyNot("<skype version='1'><account last_login='1'/></skype>"), HasSubstr("name"));
  EXPECT_THAT(WhyNot("<skype version='1'><account name='a'/></skype>"), HasSubstr("last_login"));
  EXPECT_THAT(WhyNot("<skype version='1'><account name='a' last_login='1'/>"
                     "<account name='a' last_login='2'/></skype>"),
              HasSubstr("twice"));
  EXPECT_THAT(WhyNot(std::string(kMostDatabaseBytes + 1, ' ')), HasSubstr("larger"));
  EXPECT_EQ(WhyNot("<skype version='1'><later what='ever'/></skype>"), "it is fine");
}

class DatabaseTest : public testing::Test {
 protected:
  res::FakeRuntime runtime;
};

TEST_F(DatabaseTest, IsThereInTheNextLife) {
  {
    Database first(runtime, kDirectory);
    EXPECT_THAT(first.hosts(), IsEmpty());
    EXPECT_FALSE(first.HomeOf("james_bond").is_set());
    first.NoteLogin("james_bond", kNear, {kFar, kNear});
    EXPECT_EQ(runtime.contents.count(kPath), 0u);  // not for each account on its own
    first.NoteLogin("moneypenny", kFar, {kFar});
    runtime.Advance(std::chrono::seconds(1));
    EXPECT_THAT(runtime.contents[kPath], HasSubstr("moneypenny"));
  }
  Database second(runtime, kDirectory);
  EXPECT_THAT(second.hosts(), ElementsAre(kNear, kFar));
  EXPECT_EQ(second.HomeOf("james_bond"), kNear);
  EXPECT_EQ(second.HomeOf("moneypenny"), kFar);
  EXPECT_THAT(runtime.log_lines, IsEmpty());
}

TEST_F(DatabaseTest, AFlushDoesNotWait) {
  Database database(runtime, kDirectory);
  database.Flush();
  EXPECT_THAT(runtime.contents, IsEmpty());
  database.NoteLogin("james_bond", kNear, {});
  database.Flush();
  EXPECT_THAT(runtime.contents[kPath], HasSubstr("james_bond"));
}

TEST_F(DatabaseTest, WhatIsNoDatabaseIsSetAside) {
  runtime.directories.insert(kDirectory);
  runtime.contents[kPath] = "<skype version=\"1\"><acc";
  Database database(runtime, kDirectory);
  EXPECT_THAT(database.hosts(), IsEmpty());
  ASSERT_EQ(runtime.log_lines.size(), 1u);
  EXPECT_THAT(runtime.log_lines[0], HasSubstr("database.xml is not used: "));
  EXPECT_THAT(runtime.log_lines[0], HasSubstr("it is kept as"));
  EXPECT_EQ(runtime.contents[kAside], "<skype version=\"1\"><acc");
  database.NoteLogin("james_bond", kNear, {});
  database.Flush();
  EXPECT_THAT(runtime.contents[kPath], HasSubstr("james_bond"));
}

TEST_F(DatabaseTest, OfAHugeFileOnlyTheBeginningIsRead) {
  runtime.directories.insert(kDirectory);
  runtime.contents[kPath] = std::string(3 * kMostDatabaseBytes, 'x');
  Database database(runtime, kDirectory);
  EXPECT_THAT(runtime.log_lines, ElementsAre(HasSubstr("larger than 4 MiB")));
  EXPECT_EQ(runtime.contents[kAside].size(), kMostDatabaseBytes + 1);
}

}  // namespace
}  // namespace sfa::engine
