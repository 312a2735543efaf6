// The login server: accounts in SQLite, credentials for those who know the password.
#ifndef FAKE_SKYPE_NETWORK_LOGIN_SERVER_H_
#define FAKE_SKYPE_NETWORK_LOGIN_SERVER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/runtime.h"

namespace sfa::community {

enum class AccountKind { kBusiness, kRegular };

struct Account {
  std::string user;
  std::string password;
  AccountKind kind = AccountKind::kRegular;
  std::string fullname;
};

struct LoginServerSettings {
  Endpoint listen;
  std::string database;                 // path, through the runtime's files
  std::array<uint8_t, 32> root_seed{};  // Ed25519 seed of the network's root key
  // What keeping a password costs (Argon2id). The least that is possible: worlds are built and
  // thrown away, and 2,000 logins at the usual cost would take two minutes.
  uint64_t password_operations = 1;
  size_t password_memory_bytes = 8192;
};

class LoginServer {
 public:
  virtual ~LoginServer() = default;
  // Made when missing, replaced when present.
  virtual Status AddAccount(const Account& account) = 0;
};

Result<std::unique_ptr<LoginServer>> NewLoginServer(Runtime& runtime, LoginServerSettings settings);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_LOGIN_SERVER_H_
