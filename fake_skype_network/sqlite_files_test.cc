#include "fake_skype_network/sqlite_files.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "fake_skype_network/accounts.h"
#include "fake_skype_network/test_disk.h"
#include "protocol/stream/test_world.h"

namespace sfa::community {
namespace {

constexpr char kPath[] = "/var/lib/accounts.sqlite";

class DiskRuntime final : public stream::TestRuntime {
 public:
  using TestRuntime::TestRuntime;
  FileSystem& files() override { return disk; }
  TestDisk disk;
};

class SqliteFilesTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteDatabase> Open() {
    auto database = SqliteDatabase::Open(runtime_, kPath);
    EXPECT_TRUE(database.ok()) << database.error().message;
    return std::move(*database);
  }
  std::string Ask(SqliteDatabase& database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(database.handle(), sql, -1, &statement, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << sqlite3_errmsg(database.handle());
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    std::string result = text == nullptr ? "" : text;
    sqlite3_finalize(statement);
    return result;
  }

  stream::TestWorld world_;
  DiskRuntime runtime_{world_, Ipv4Address::Of(192, 0, 2, 1), 1};
};

TEST_F(SqliteFilesTest, WhatIsWrittenIsThereAfterReopening) {
  {
    const auto database = Open();
    ASSERT_TRUE(database->Execute("CREATE TABLE t (a INTEGER, b TEXT)").ok());
    ASSERT_TRUE(database
                    ->Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                              " WHERE i < 5000) INSERT INTO t SELECT i, hex(zeroblob(50)) FROM n")
                    .ok());
    ASSERT_TRUE(database->Execute("UPDATE t SET b = 'x' WHERE a % 7 = 0").ok());
  }
  EXPECT_GT(runtime_.disk.files[kPath]->size(), 500'000u);
  const auto database = Open();
  EXPECT_EQ(Ask(*database, "SELECT count(*) FROM t WHERE b = 'x'"), "714");
  EXPECT_EQ(Ask(*database, "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(Ask(*database, "SELECT a FROM t ORDER BY b DESC, a DESC LIMIT 1"), "4998");
}

TEST_F(SqliteFilesTest, JournalGoesWithEachTransaction) {
  const auto database = Open();
  ASSERT_TRUE(database->Execute("CREATE TABLE t (a)").ok());
  EXPECT_EQ(runtime_.disk.removed, (std::vector<std::string>{std::string(kPath) + "-journal"}));
  EXPECT_EQ(runtime_.disk.files.size(), 1u);
}

TEST_F(SqliteFilesTest, HalfATransactionIsRolledBackFromItsJournal) {
  std::map<std::string, TestDisk::Content> at_power_loss;
  {
    const auto database = Open();
    ASSERT_TRUE(database->Execute("CREATE TABLE t (a); INSERT INTO t VALUES ('before')").ok());
    // A cache of one page makes the transaction reach the disk before it is committed.
    ASSERT_TRUE(database
                    ->Execute("PRAGMA cache_size = 1; BEGIN; UPDATE t SET a = 'after';"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                              " WHERE i < 2000) INSERT INTO t SELECT hex(zeroblob(99)) FROM n")
                    .ok());
    at_power_loss = runtime_.disk.Copy();
    ASSERT_EQ(at_power_loss.size(), 2u) << "no journal";
  }
  runtime_.disk.Restore(at_power_loss);
  const auto database = Open();
  EXPECT_EQ(Ask(*database, "SELECT group_concat(a) FROM t"), "before");
  EXPECT_EQ(runtime_.disk.files.size(), 1u);
}

TEST_F(SqliteFilesTest, FullDiskIsAnErrorAndHarmsNothing) {
  const auto database = Open();
  ASSERT_TRUE(database->Execute("CREATE TABLE t (a)").ok());
  runtime_.disk.full = true;
  const Status status = database->Execute("INSERT INTO t VALUES (1)");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find(kPath), std::string::npos) << status.error().message;
  runtime_.disk.full = false;
  EXPECT_EQ(Ask(*database, "SELECT count(*) FROM t"), "0");
}

TEST_F(SqliteFilesTest, FileThatIsNoDatabaseIsAnError) {
  runtime_.disk.files[kPath] = std::make_shared<TestDisk::Content>(4096, 'x');
  const auto database = SqliteDatabase::Open(runtime_, kPath);
  EXPECT_FALSE(database.ok() && (*database)->Execute("SELECT * FROM sqlite_schema").ok());
}

TEST_F(SqliteFilesTest, DateIsTheRuntimes) {
  EXPECT_EQ(Ask(*Open(), "SELECT date('now')"), "2010-06-01");
}

TEST_F(SqliteFilesTest, TwoDatabasesDoNotMeet) {
  DiskRuntime other(world_, Ipv4Address::Of(192, 0, 2, 2), 2);
  const auto first = Open();
  auto second = SqliteDatabase::Open(other, kPath);
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE(first->Execute("CREATE TABLE only_here (a)").ok());
  EXPECT_EQ(Ask(**second, "SELECT count(*) FROM sqlite_schema"), "0");
}

TEST_F(SqliteFilesTest, ChangesHappenTogetherOrNotAtAll) {
  Store store(Open());
  ASSERT_TRUE(store.Together([&] { store.Run("CREATE TABLE t (a)"); }).ok());
  const Status failed = store.Together([&] {
    store.Run("INSERT INTO t VALUES (?)", std::string("first"));
    store.Run("INSERT INTO nowhere VALUES (1)");
    store.Run("INSERT INTO t VALUES (?)", std::string("second"));
  });
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("nowhere"), std::string::npos) << failed.error().message;
  EXPECT_FALSE(store.Has("SELECT 1 FROM t"));
  runtime_.disk.full = true;
  EXPECT_FALSE(store.Together([&] { store.Run("INSERT INTO t VALUES (1)"); }).ok());
  runtime_.disk.full = false;
  EXPECT_FALSE(store.Has("SELECT 1 FROM t"));
  EXPECT_TRUE(store.Together([&] { store.Run("INSERT INTO t VALUES (?)", int64_t{7}); }).ok());
  EXPECT_EQ(store.NumberOf("SELECT a FROM t"), 7);
}

TEST_F(SqliteFilesTest, AccountsKeepNoPasswordAndKnowIt) {
  Store store(Open());
  Accounts accounts(runtime_, store, {1, 8192});
  ASSERT_TRUE(accounts.Put("james_bond", "shaken", AccountKind::kBusiness).ok());
  const auto found = accounts.Find("james_bond");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, AccountKind::kBusiness);
  EXPECT_TRUE(accounts.IsPassword(*found, "shaken"));
  EXPECT_FALSE(accounts.IsPassword(*found, "stirred"));
  EXPECT_FALSE(accounts.IsPassword(*found, ""));
  const auto& bytes = *runtime_.disk.files[kPath];
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()).find("shaken"), std::string::npos);

  ASSERT_TRUE(accounts.Put("james_bond", "stirred", AccountKind::kRegular).ok());
  const auto replaced = accounts.Find("james_bond");
  EXPECT_EQ(replaced->kind, AccountKind::kRegular);
  EXPECT_TRUE(accounts.IsPassword(*replaced, "stirred"));
  EXPECT_NE(replaced->salt, found->salt);
  EXPECT_FALSE(accounts.Find("nobody"));
  EXPECT_FALSE(accounts.Find("x' OR '1'='1"));
  EXPECT_TRUE(store.TakeFailure().ok());
}

TEST_F(SqliteFilesTest, NamesOfAccounts) {
  EXPECT_EQ(Accounts::WhyNotName("james_bond", AccountKind::kBusiness), "");
  EXPECT_EQ(Accounts::WhyNotName("#telephones", AccountKind::kService), "");
  EXPECT_NE(Accounts::WhyNotName("", AccountKind::kRegular), "");
  EXPECT_NE(Accounts::WhyNotName(std::string(65, 'x'), AccountKind::kRegular), "");
  EXPECT_NE(Accounts::WhyNotName("#telephones", AccountKind::kRegular), "");
  EXPECT_NE(Accounts::WhyNotName("telephones", AccountKind::kService), "");
  EXPECT_NE(Accounts::WhyNotName("+12564286000", AccountKind::kRegular), "");
  EXPECT_NE(Accounts::WhyNotName("112", AccountKind::kRegular), "");
}

}  // namespace
}  // namespace sfa::community
