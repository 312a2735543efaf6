#include "fake_skype_network/accounts.h"

#include <sodium.h>
#include <sqlite3.h>

#include <utility>

#include "protocol/stream/credentials.h"

namespace sfa::community {
namespace {

using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Statement Prepare(SqliteDatabase& database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database.handle(), sql, -1, &statement, nullptr);
  return {statement, sqlite3_finalize};
}

void BindText(const Statement& statement, int index, const std::string& text) {
  sqlite3_bind_text(statement.get(), index, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
}

void BindBytes(const Statement& statement, int index, const std::string& bytes) {
  sqlite3_bind_blob(statement.get(), index, bytes.data(), static_cast<int>(bytes.size()),
                    SQLITE_TRANSIENT);
}

std::string Column(const Statement& statement, int index) {
  const void* const bytes = sqlite3_column_blob(statement.get(), index);
  const int size = sqlite3_column_bytes(statement.get(), index);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<size_t>(size));
}

}  // namespace

Result<std::unique_ptr<Accounts>> Accounts::Open(Runtime& runtime, const std::string& path,
                                                 Cost cost) {
  auto database = SqliteDatabase::Open(runtime, path);
  if (!database) return database.error();
  const Status status = (*database)->Execute(
      "CREATE TABLE IF NOT EXISTS account (user TEXT PRIMARY KEY, business INTEGER NOT NULL,"
      " fullname TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID");
  if (!status) return status.error();
  return std::unique_ptr<Accounts>(new Accounts(runtime, std::move(*database), cost));
}

Status Accounts::Put(const Account& account) {
  if (account.user.empty() || account.user.size() > stream::kMaxNameBytes) {
    return Error{ErrorCode::kInvalid, "a user name has 1 to 64 bytes: \"" + account.user + "\""};
  }
  const auto salt_bytes = runtime_.random().Bytes<crypto_pwhash_SALTBYTES>();
  const std::string salt(salt_bytes.begin(), salt_bytes.end());
  const auto hash = HashOf(account.password, salt);
  if (!hash) return Error{ErrorCode::kInvalid, account.user + ": the password cannot be kept"};
  const Statement statement =
      Prepare(*database_, "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?)");
  if (!statement) return database_->LastError();
  BindText(statement, 1, account.user);
  sqlite3_bind_int(statement.get(), 2, account.kind == AccountKind::kBusiness ? 1 : 0);
  BindText(statement, 3, account.fullname);
  BindBytes(statement, 4, salt);
  BindBytes(statement, 5, *hash);
  if (sqlite3_step(statement.get()) != SQLITE_DONE) return database_->LastError();
  return {};
}

Result<std::optional<AccountRecord>> Accounts::Find(const std::string& user) {
  const Statement statement =
      Prepare(*database_, "SELECT business, fullname, salt, hash FROM account WHERE user = ?");
  if (!statement) return database_->LastError();
  BindText(statement, 1, user);
  const int result = sqlite3_step(statement.get());
  if (result == SQLITE_DONE) return std::optional<AccountRecord>();
  if (result != SQLITE_ROW) return database_->LastError();
  AccountRecord record;
  record.kind =
      sqlite3_column_int(statement.get(), 0) != 0 ? AccountKind::kBusiness : AccountKind::kRegular;
  record.fullname = Column(statement, 1);
  record.salt = Column(statement, 2);
  record.hash = Column(statement, 3);
  return std::optional<AccountRecord>(std::move(record));
}

bool Accounts::IsPassword(const AccountRecord& record, const std::string& password) const {
  const auto hash = HashOf(password, record.salt);
  return hash && hash->size() == record.hash.size() &&
         sodium_memcmp(hash->data(), record.hash.data(), hash->size()) == 0;
}

std::optional<std::string> Accounts::HashOf(const std::string& password,
                                            const std::string& salt) const {
  if (salt.size() != crypto_pwhash_SALTBYTES) return {};
  std::string hash(32, '\0');
  const int result =
      crypto_pwhash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), password.data(),
                    password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                    cost_.operations, cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  if (result != 0) return {};
  return hash;
}

}  // namespace sfa::community
