// A proxy's half of the conversation before a connection, as a function of bytes: SOCKS version 5
// (RFC 1928, RFC 1929) or HTTP's CONNECT (RFC 9110 section 9.3.6, Basic authentication of RFC
// 7617).
#ifndef FAKE_SKYPE_NETWORK_PROXY_GREETING_H_
#define FAKE_SKYPE_NETWORK_PROXY_GREETING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/proxy/proxy.h"
#include "runtime/result.h"

namespace sfa::community {

struct Greeted {
  std::optional<Endpoint> target;  // where the client wants to
  bool refused = false;            // after `answer` the conversation is over
  std::vector<uint8_t> answer;     // to be sent
};

class ProxyGreeting {
 public:
  virtual ~ProxyGreeting() = default;
  // Takes from the front of `bytes`, everything unless the target is known.
  virtual Greeted Take(std::span<const uint8_t>& bytes) = 0;
  // What the client is told when the connection is made, or why it is not.
  virtual std::vector<uint8_t> Made() const = 0;
  virtual std::vector<uint8_t> Failed(ErrorCode why) const = 0;
};

// Without a `user` nobody is asked for one.
std::unique_ptr<ProxyGreeting> NewProxyGreeting(proxy::Kind kind, const std::string& user,
                                                const std::string& password);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_PROXY_GREETING_H_
