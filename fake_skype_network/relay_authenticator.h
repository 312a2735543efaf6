// Who asks: the long-term credentials of RFC 8489 section 9.2, server's side.
#ifndef FAKE_SKYPE_NETWORK_RELAY_AUTHENTICATOR_H_
#define FAKE_SKYPE_NETWORK_RELAY_AUTHENTICATOR_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fake_skype_network/relay_credentials.h"
#include "fake_skype_network/relay_way.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"
#include "runtime/runtime.h"

namespace sfa::community {

// Keeps nothing for those who ask: a nonce carries its own end and a sum over it and over the
// 5-tuple for which it was made, so that it is worth nothing to anybody else and after its time.
class RelayAuthenticator {
 public:
  // "the nonce value SHOULD be changed at least once every hour" (RFC 8656 section 5).
  static constexpr Duration kNonceLifetime = std::chrono::hours(1);

  // Somebody whose message integrity is right.
  struct Asker {
    std::string name;  // USERNAME
    std::string user;
    std::array<uint8_t, 16> key{};
    bool sha256 = false;  // MESSAGE-INTEGRITY-SHA256 is what was asked with
  };
  // An asker, or why not: the error's number with its words.
  struct Verdict {
    std::optional<Asker> asker;
    int error = 0;
    std::string_view reason;
  };

  explicit RelayAuthenticator(Runtime& runtime);

  void Learn(const RelaySecret& secret) { secrets_.Learn(secret, runtime_.WallNow()); }
  // `known`: who has made the 5-tuple's allocation. That name keeps its key even when its time ends
  // in the middle of a call.
  Verdict Judge(const stun::Message& request, const RelayClient& client, const Asker* known) const;
  // What 401 and 438 come with.
  void AddChallenge(stun::Builder& answer, const RelayClient& client) const;
  static void AddIntegrity(stun::Builder& answer, const Asker& asker);

 private:
  std::string NonceFor(const RelayClient& client, MonotonicTime ends) const;
  bool IsNonce(std::string_view nonce, const RelayClient& client) const;

  Runtime& runtime_;
  const std::array<uint8_t, 32> nonce_key_;
  RelaySecrets secrets_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RELAY_AUTHENTICATOR_H_
