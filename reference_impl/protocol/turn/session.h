// Requests to a TURN server under the long-term credential mechanism (RFC 8489 section 9.2).
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_SESSION_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_SESSION_H_

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"
#include "protocol/turn/transport.h"
#include "runtime/runtime.h"

namespace sfa::turn {

struct Credential {
  std::string name, password;
};

// What a server has said of itself; known from earlier, it saves a round trip.
struct Challenge {
  std::string realm, nonce;
};

// How long an answer is waited for, and how soon a request is repeated over UDP: after
// `first_repeat`, and each time after twice as long.
struct Patience {
  Duration first_repeat, limit;
};
// RFC 8489 section 6.2.1's RTO; not its 39.5 s, because there are other servers.
inline constexpr Patience kUsualPatience{std::chrono::milliseconds(500), std::chrono::seconds(4)};

// `success` is valid during the call. Without it `error` is the server's code, 0 when there was no
// answer.
struct Answer {
  const stun::Message* success = nullptr;
  int error = 0;
};

// Contract:
//  1. `done` runs once for each request, never from inside Ask(); it may destroy the session.
//  2. A first 401 and any 438 are answered with the realm and the nonce that came with it; a second
//     401 is the answer.
//  3. A success counts only with the right MESSAGE-INTEGRITY.
//  4. Nothing runs after destruction.
class Session {
 public:
  using Add = std::function<void(stun::Builder&)>;
  using Done = std::function<void(const Answer&)>;

  static constexpr size_t kMaxRequests = 64;     // under way; more are not sent and not answered
  static constexpr int kMaxStaleNonces = 3;      // in a row, for one request
  static constexpr size_t kMaxRealmBytes = 763;  // RFC 8489 sections 14.9 and 14.10
  static constexpr size_t kMaxNonceBytes = 763;

  Session(Runtime& runtime, Transport& transport, Credential credential,
          std::optional<Challenge> challenge);

  // `add` writes the method's attributes; it runs again when the request has to be signed anew.
  void Ask(uint16_t method, Patience patience, Add add, Done done);
  // A response of a TURN method. False when it is none of ours, or forged.
  bool OnResponse(const stun::Message& response);

  const std::optional<Challenge>& challenge() const { return challenge_; }

 private:
  struct Request {
    uint16_t method = 0;
    Patience patience{};
    Add add;
    Done done;
    MonotonicTime deadline{};
    Duration wait{};
    bool has_credentials = false;
    int stale_nonces = 0;
    std::vector<uint8_t> bytes;
    std::unique_ptr<Timer> timer;
  };
  using Requests = std::map<stun::TransactionId, Request>;

  void Send(Request request);
  void OnTimer(const stun::TransactionId& id);
  void ArmTimer(Request& request);
  void End(Requests::iterator request, const Answer& answer);
  // Whether the request has been sent again.
  bool Retry(Requests::iterator request, const stun::Message& response, int error);
  void SetChallenge(Challenge challenge);

  Runtime& runtime_;
  Transport& transport_;
  const Credential credential_;
  std::optional<Challenge> challenge_;
  std::array<uint8_t, 16> key_{};
  Requests requests_;
};

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_SESSION_H_
