#include "protocol/proxy/handshake.h"

#include "protocol/proxy/https_handshake.h"
#include "protocol/proxy/socks5_handshake.h"

namespace sfa::proxy {

std::unique_ptr<Handshake> NewHandshake(const Proxy& proxy, const Endpoint& target) {
  if (proxy.kind == Kind::kSocks5) return std::make_unique<Socks5Handshake>(proxy, target);
  return std::make_unique<HttpsHandshake>(proxy, target);
}

}  // namespace sfa::proxy
