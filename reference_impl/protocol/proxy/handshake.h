// What is said to a proxy before a connection is one's own. A function of bytes: it knows no
// stream.
#ifndef REFERENCE_IMPL_PROTOCOL_PROXY_HANDSHAKE_H_
#define REFERENCE_IMPL_PROTOCOL_PROXY_HANDSHAKE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "protocol/proxy/proxy.h"
#include "runtime/result.h"

namespace sfa::proxy {

// How a handshake goes on after bytes of the proxy.
struct Progress {
  bool open = false;             // what comes now is from the other end
  std::optional<Error> refused;  // kRefused, kUnreachable, kTimedOut, kPermissionDenied, kInvalid
  std::vector<uint8_t> answer;   // to be sent
};

class Handshake {
 public:
  virtual ~Handshake() = default;
  // What opens the conversation, once.
  virtual std::vector<uint8_t> Begin() = 0;
  // Takes from the front of `bytes` what belongs to the handshake, everything unless it is open.
  // Nothing is taken after a refusal.
  virtual Progress Take(std::span<const uint8_t>& bytes) = 0;
};

// For a connection to `target` by way of `proxy`.
std::unique_ptr<Handshake> NewHandshake(const Proxy& proxy, const Endpoint& target);

}  // namespace sfa::proxy

#endif  // REFERENCE_IMPL_PROTOCOL_PROXY_HANDSHAKE_H_
