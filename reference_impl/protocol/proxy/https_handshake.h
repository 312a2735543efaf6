// HTTP's CONNECT, with Basic authentication (RFC 7617) where there is a user.
#ifndef REFERENCE_IMPL_PROTOCOL_PROXY_HTTPS_HANDSHAKE_H_
#define REFERENCE_IMPL_PROTOCOL_PROXY_HTTPS_HANDSHAKE_H_

#include <string>

#include "protocol/proxy/handshake.h"

namespace sfa::proxy {

class HttpsHandshake final : public Handshake {
 public:
  // A head of an answer that is longer is none.
  static constexpr size_t kMaxHeadBytes = 8192;

  HttpsHandshake(const Proxy& proxy, const Endpoint& target);
  std::vector<uint8_t> Begin() override;
  Progress Take(std::span<const uint8_t>& bytes) override;

 private:
  Progress OnHead() const;

  const std::string request_;
  const bool has_user_;
  std::string head_;
};

}  // namespace sfa::proxy

#endif  // REFERENCE_IMPL_PROTOCOL_PROXY_HTTPS_HANDSHAKE_H_
