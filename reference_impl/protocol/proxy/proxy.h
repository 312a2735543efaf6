// A machine on the way out that makes TCP connections for others: by SOCKS version 5 (RFC 1928, RFC
// 1929) or by HTTP's CONNECT (RFC 9110 section 9.3.6, RFC 9112).
#ifndef REFERENCE_IMPL_PROTOCOL_PROXY_PROXY_H_
#define REFERENCE_IMPL_PROTOCOL_PROXY_PROXY_H_

#include <string>

#include "runtime/address.h"

namespace sfa::proxy {

enum class Kind { kHttps, kSocks5 };

struct Proxy {
  Kind kind = Kind::kHttps;
  Endpoint server;
  // Both empty: nobody asks who we are. At most 255 bytes each, which is SOCKS' limit.
  std::string user, password;
};

}  // namespace sfa::proxy

#endif  // REFERENCE_IMPL_PROTOCOL_PROXY_PROXY_H_
