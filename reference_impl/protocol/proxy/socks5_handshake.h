// SOCKS version 5 (RFC 1928): CONNECT to an IPv4 address, without authentication or with user and
// password (RFC 1929).
#ifndef REFERENCE_IMPL_PROTOCOL_PROXY_SOCKS5_HANDSHAKE_H_
#define REFERENCE_IMPL_PROTOCOL_PROXY_SOCKS5_HANDSHAKE_H_

#include "protocol/proxy/handshake.h"

namespace sfa::proxy {

class Socks5Handshake final : public Handshake {
 public:
  Socks5Handshake(const Proxy& proxy, const Endpoint& target);
  std::vector<uint8_t> Begin() override;
  Progress Take(std::span<const uint8_t>& bytes) override;

 private:
  enum class Awaits { kMethod, kAuthentication, kReply };

  // Bytes of the message that is awaited, as far as those that came tell.
  size_t Wanted() const;
  Progress OnMessage();
  Progress OnMethod();
  Progress OnReply();
  std::vector<uint8_t> Request() const;

  const Proxy proxy_;
  const Endpoint target_;
  Awaits awaits_ = Awaits::kMethod;
  std::vector<uint8_t> message_;
};

}  // namespace sfa::proxy

#endif  // REFERENCE_IMPL_PROTOCOL_PROXY_SOCKS5_HANDSHAKE_H_
