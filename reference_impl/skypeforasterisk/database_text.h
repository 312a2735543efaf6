// The engine's database as XML (manual 4.3: "a small database of information for users that it logs
// in"). Nothing secret is in it.
//
//   <skype version="1">
//     <host address="198.51.100.1" port="33033"/>
//     <account name="james_bond" home="198.51.100.3:33033" last_login="1275350405"/>
//   </skype>
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_DATABASE_TEXT_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_DATABASE_TEXT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::engine {

struct KnownAccount {
  Endpoint home;           // the supernode where it was logged in last
  int64_t last_login = 0;  // seconds since 1970, UTC
};

struct DatabaseContent {
  std::vector<Endpoint> hosts;  // supernodes, oldest first
  std::map<std::string, KnownAccount> accounts;
};

// More is neither written nor read.
inline constexpr size_t kMostKnownAccounts = 10000;
inline constexpr size_t kMostDatabaseBytes = 4 << 20;

// Whether XML can hold it and an account may be called so.
bool IsKeepable(std::string_view account);

// Of too many accounts, those are left out that have been away longest.
std::string EncodeDatabase(const DatabaseContent& content);
// The error says what is wrong with it. What a later version may have added is passed over.
Result<DatabaseContent> DecodeDatabase(std::string_view text);

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_DATABASE_TEXT_H_
