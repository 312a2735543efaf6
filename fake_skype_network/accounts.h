// Who has an account, of which kind, and under which password.
#ifndef FAKE_SKYPE_NETWORK_ACCOUNTS_H_
#define FAKE_SKYPE_NETWORK_ACCOUNTS_H_

#include <optional>
#include <string>

#include "fake_skype_network/login_server.h"
#include "fake_skype_network/store.h"
#include "runtime/runtime.h"

namespace sfa::community {

struct AccountRecord {
  AccountKind kind = AccountKind::kRegular;
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
  Accounts(Runtime& runtime, Store& store, Cost cost);

  // Why there can be no account of that name and kind, for people; "" when there can.
  static std::string WhyNotName(const std::string& user, AccountKind kind);
  // Made when missing, replaced when present. The name is a possible one.
  Status Put(const std::string& user, const std::string& password, AccountKind kind);
  // Nothing for a user that does not exist.
  std::optional<AccountRecord> Find(const std::string& user);
  // Somebody whom others can have to do with: not one of the network's own services.
  bool IsPerson(const std::string& user);
  bool IsPassword(const AccountRecord& record, const std::string& password) const;

 private:
  std::optional<std::string> HashOf(const std::string& password, const std::string& salt) const;

  Runtime& runtime_;
  Store& store_;
  const Cost cost_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_ACCOUNTS_H_
