// Who may relay: credentials that anybody who has the secret can check without asking. The scheme
// is the one that TURN servers call their REST API: the name begins with the end of its validity,
// the password is base64 of HMAC-SHA1 over the name.
#ifndef FAKE_SKYPE_NETWORK_RELAY_CREDENTIALS_H_
#define FAKE_SKYPE_NETWORK_RELAY_CREDENTIALS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/signalling.pb.h"
#include "runtime/time.h"

namespace sfa::community {

// Of all relays of the network: the login server makes it and tells supernodes (NodeList).
using RelaySecret = std::array<uint8_t, 32>;
inline constexpr std::string_view kRelayRealm = "sfa";

wire::RelayCredential IssueRelayCredential(const RelaySecret& secret, std::string_view user,
                                           WallTime expires);

// The secrets under which credentials may still be good.
//
// A login server that starts anew makes a new secret, while its users keep what they were given
// before. So the secrets before the newest count on until every credential under them has expired,
// kValidity after they were replaced. A node that starts after that knows the newest only: who
// logged in before relays by another node, or logs in again.
class RelaySecrets {
 public:
  // What the login server gives out is good for so long: as long as a login.
  static constexpr std::chrono::hours kValidity{72};
  // Earlier secrets; a login server that starts more often than that loses the oldest.
  static constexpr size_t kMaxEarlier = 8;

  // A user whose name and key (RFC 8489 section 9.2.2) stand.
  struct Relayer {
    std::string user;  // without the time
    std::array<uint8_t, 16> key;
  };

  // What the login server has told; the newest again changes nothing.
  void Learn(const RelaySecret& secret, WallTime now);
  // The keys that `name` may have, newest secret first; none when the name has no such form or its
  // time is over.
  std::vector<Relayer> KeysOf(std::string_view name, WallTime now) const;

 private:
  struct Earlier {
    RelaySecret secret;
    WallTime until;
  };

  std::optional<RelaySecret> newest_;
  std::vector<Earlier> earlier_;  // newest first
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RELAY_CREDENTIALS_H_
