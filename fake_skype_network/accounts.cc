#include "fake_skype_network/accounts.h"

#include <sodium.h>

#include "protocol/stream/credentials.h"

namespace sfa::community {

Accounts::Accounts(Runtime& runtime, Store& store, Cost cost)
    : runtime_(runtime), store_(store), cost_(cost) {
  store_.Run(
      "CREATE TABLE IF NOT EXISTS account (user TEXT PRIMARY KEY, kind INTEGER NOT NULL,"
      " salt BLOB NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID");
}

std::string Accounts::WhyNotName(const std::string& user, AccountKind kind) {
  if (user.empty() || user.size() > stream::kMaxNameBytes) {
    return "a user name has 1 to 64 bytes: \"" + user + "\"";
  }
  if ((user[0] == '#') != (kind == AccountKind::kService)) {
    return user + ": the names of services, and no others, begin with #";
  }
  if (user[0] == '+' || peer::IsPhoneNumber(user)) {
    return user + ": a telephone number is no user name";
  }
  return "";
}

Status Accounts::Put(const std::string& user, const std::string& password, AccountKind kind) {
  const auto salt_bytes = runtime_.random().Bytes<crypto_pwhash_SALTBYTES>();
  const std::string salt(salt_bytes.begin(), salt_bytes.end());
  const auto hash = HashOf(password, salt);
  if (!hash) return Error{ErrorCode::kInvalid, user + ": the password cannot be kept"};
  store_.Run("INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?)", user, static_cast<int64_t>(kind),
             Blob{salt}, Blob{*hash});
  return {};
}

std::optional<AccountRecord> Accounts::Find(const std::string& user) {
  Query query = store_.Ask("SELECT kind, salt, hash FROM account WHERE user = ?", user);
  if (!query.Next()) return {};
  AccountRecord record;
  record.kind = static_cast<AccountKind>(query.Number(0));
  record.salt = query.Text(1);
  record.hash = query.Text(2);
  return record;
}

bool Accounts::IsPerson(const std::string& user) {
  const auto found = Find(user);
  return found && found->kind != AccountKind::kService;
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
