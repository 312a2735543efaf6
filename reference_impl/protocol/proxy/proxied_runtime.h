// The operating system as before, but TCP connections to other machines go by way of a proxy.
#ifndef REFERENCE_IMPL_PROTOCOL_PROXY_PROXIED_RUNTIME_H_
#define REFERENCE_IMPL_PROTOCOL_PROXY_PROXIED_RUNTIME_H_

#include <memory>
#include <vector>

#include "protocol/proxy/proxied_stream.h"
#include "runtime/runtime.h"

namespace sfa::proxy {

// UDP and listening ports are not the proxy's business. `inner` outlives this and everything made
// from it.
class ProxiedRuntime final : public Runtime {
 public:
  ProxiedRuntime(Runtime& inner, Proxy proxy) : inner_(inner), proxy_(std::move(proxy)) {}

  MonotonicTime Now() const override { return inner_.Now(); }
  WallTime WallNow() const override { return inner_.WallNow(); }
  std::unique_ptr<Timer> NewTimer(Task task) override { return inner_.NewTimer(std::move(task)); }
  void Post(Task task) override { inner_.Post(std::move(task)); }
  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local,
                                             UdpReceiver& receiver) override {
    return inner_.OpenUdp(local, receiver);
  }
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                 AcceptHandler& handler) override {
    return inner_.ListenTcp(local, handler);
  }
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                         StreamHandler& handler) override {
    if (remote.address.is_loopback()) return inner_.ConnectTcp(local, remote, handler);
    return std::make_unique<ProxiedStream>(inner_, proxy_, local, remote, handler);
  }
  Random& random() override { return inner_.random(); }
  FileSystem& files() override { return inner_.files(); }
  Processes& processes() override { return inner_.processes(); }
  std::vector<NetworkInterface> NetworkInterfaces() override { return inner_.NetworkInterfaces(); }
  Log& log() override { return inner_.log(); }

 private:
  Runtime& inner_;
  const Proxy proxy_;
};

}  // namespace sfa::proxy

#endif  // REFERENCE_IMPL_PROTOCOL_PROXY_PROXIED_RUNTIME_H_
