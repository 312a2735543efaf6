// The manager interface on its TCP port (manager.conf).
#ifndef ASTERISK_HARNESS_SIMULATED_MANAGER_PORT_H_
#define ASTERISK_HARNESS_SIMULATED_MANAGER_PORT_H_

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

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
  // Destroyed later: it may be inside one of its own calls.
  void Remove(const Connection* connection);

  Runtime& runtime_;
  const NewSession new_session_;
  std::unique_ptr<TcpListener> listener_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> leaving_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MANAGER_PORT_H_
