// The manager interface on its TCP port (manager.conf).
#ifndef ASTERISK_HARNESS_SIMULATED_MANAGER_PORT_H_
#define ASTERISK_HARNESS_SIMULATED_MANAGER_PORT_H_

#include <functional>
#include <memory>
#include <string_view>

#include "asterisk_harness/connections.h"
#include "asterisk_harness/simulated/ami_session.h"
#include "runtime/runtime.h"

namespace sfa::harness {

class ManagerPort final : private AcceptHandler {
 public:
  using NewSession = std::function<std::unique_ptr<AmiSession>(
      std::function<void(std::string_view)> write, std::function<void()> closed)>;

  static constexpr size_t kMaxConnections = 16;  // more are reset at once

  ManagerPort(Runtime& runtime, NewSession new_session);
  ~ManagerPort();

  Status Listen(const Endpoint& local);

 private:
  class Connection;

  void OnAccept(std::unique_ptr<ByteStream> stream) override;

  Runtime& runtime_;
  const NewSession new_session_;
  std::unique_ptr<TcpListener> listener_;
  Connections<Connection> connections_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MANAGER_PORT_H_
