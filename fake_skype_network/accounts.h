// The accounts of the network, in SQLite.
#ifndef FAKE_SKYPE_NETWORK_ACCOUNTS_H_
#define FAKE_SKYPE_NETWORK_ACCOUNTS_H_

#include <memory>
#include <optional>
#include <string>

#include "fake_skype_network/login_server.h"
#include "fake_skype_network/sqlite_files.h"
#include "runtime/runtime.h"

namespace sfa::community {

struct AccountRecord {
  AccountKind kind = AccountKind::kRegular;
  std::string fullname;
  std::string salt;  // of the password
  std::string hash;
};

class Accounts {
 public:
  // What keeping a password costs, as in LoginServerSettings.
  struct Cost {
    uint64_t operations;
    size_t memory_bytes;
  };
  static Result<std::unique_ptr<Accounts>> Open(Runtime& runtime, const std::string& path,
                                                Cost cost);

  // Made when missing, replaced when present.
  Status Put(const Account& account);
  // Nothing for a user that does not exist.
  Result<std::optional<AccountRecord>> Find(const std::string& user);
  bool IsPassword(const AccountRecord& record, const std::string& password) const;

 private:
  Accounts(Runtime& runtime, std::unique_ptr<SqliteDatabase> database, Cost cost)
      : runtime_(runtime), database_(std::move(database)), cost_(cost) {}
  std::optional<std::string> HashOf(const std::string& password, const std::string& salt) const;

  Runtime& runtime_;
  std::unique_ptr<SqliteDatabase> database_;
  const Cost cost_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_ACCOUNTS_H_
