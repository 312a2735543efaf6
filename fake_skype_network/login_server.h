// The login server: accounts in SQLite, credentials for those who know the password.
#ifndef FAKE_SKYPE_NETWORK_LOGIN_SERVER_H_
#define FAKE_SKYPE_NETWORK_LOGIN_SERVER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/peer/service_names.h"
#include "runtime/runtime.h"

namespace sfa::community {

// Only business accounts, made in the Business Control Panel, can be used from an Asterisk (manual
// 3); a service is the network's own (gateway to telephones, voicemail).
enum class AccountKind { kBusiness, kRegular, kInvited, kAdministrator, kService };

// Somebody as the network knows them before anything has happened.
struct Account {
  std::string user;
  std::string password;
  AccountKind kind = AccountKind::kRegular;
  std::string fullname;
  // Properties of peer/service_names.h and who may see them; without it, the property's own.
  std::vector<std::pair<std::string, std::string>> profile;
  std::vector<std::pair<std::string, peer::Visibility>> visibility;
  std::string currency = "EUR";
  int64_t credit_micros = 0;         // Skype Credit in millionths of the currency's unit
  std::vector<std::string> numbers;  // SkypeIn: "+442079460000"
  std::vector<std::string> forward_to;
  uint32_t forward_after_seconds = 15;
  bool voicemail = false;
  // Friends already: on each other's list, authorised both ways. Telephone numbers may be among
  // them.
  std::vector<std::string> buddies;
  std::vector<std::string> blocked;
};

struct Rate {
  std::string prefix;  // "+44"
  int64_t connection_micros = 0;
  int64_t minute_micros = 0;  // for every minute that begins
};

// A message that the voicemail service has taken.
struct Voicemail {
  std::string from;
  uint32_t seconds = 0;
  std::string audio;  // mu-law, 8 kHz
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
  // Prices of calls to telephones whose number begins with `prefix`; the longest prefix counts. A
  // number without one is not connected.
  virtual void SetRate(const Rate& rate) = 0;
  // What is left, in millionths; nothing when there is no such user.
  virtual std::optional<int64_t> CreditOf(const std::string& user) = 0;
  // The oldest first.
  virtual std::vector<Voicemail> VoicemailsOf(const std::string& user) = 0;
};

Result<std::unique_ptr<LoginServer>> NewLoginServer(Runtime& runtime, LoginServerSettings settings);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_LOGIN_SERVER_H_
