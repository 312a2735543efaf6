// The proxy of an office whose machines cannot get out themselves: makes TCP connections for them
// and carries bytes both ways.
#ifndef FAKE_SKYPE_NETWORK_PROXY_SERVER_H_
#define FAKE_SKYPE_NETWORK_PROXY_SERVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "protocol/proxy/proxy.h"
#include "runtime/runtime.h"

namespace sfa::community {

class ProxyServer final : private AcceptHandler {
 public:
  // Who comes when there are so many is turned away.
  static constexpr size_t kMaxConnections = 1000;
  // For saying where one wants to.
  static constexpr Duration kPatience = std::chrono::seconds(30);

  // Listens on `settings.server`. kAddressInUse, kAddressNotAvailable, kPermissionDenied.
  static Result<std::unique_ptr<ProxyServer>> Start(Runtime& runtime, const proxy::Proxy& settings);
  ~ProxyServer();

  // Connections made for others, since the start; those refused, for whatever reason.
  uint64_t made() const { return made_; }
  uint64_t refused() const { return refused_; }
  size_t connections() const { return tunnels_.size(); }

 private:
  class Tunnel;

  ProxyServer(Runtime& runtime, const proxy::Proxy& settings);
  void OnAccept(std::unique_ptr<ByteStream> stream) override;

  Runtime& runtime_;
  const proxy::Proxy settings_;
  uint64_t made_ = 0, refused_ = 0;
  uint64_t next_ = 0;
  std::map<uint64_t, std::unique_ptr<Tunnel>> tunnels_;
  std::unique_ptr<TcpListener> listener_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_PROXY_SERVER_H_
