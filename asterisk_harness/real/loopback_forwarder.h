// A port on this machine's loopback interface behind which a server answers that only we can reach:
// the manager of an Asterisk in a network namespace of its own.
#ifndef ASTERISK_HARNESS_REAL_LOOPBACK_FORWARDER_H_
#define ASTERISK_HARNESS_REAL_LOOPBACK_FORWARDER_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "asterisk_harness/connections.h"
#include "runtime/posix/posix_runtime.h"

namespace sfa::harness {

// Contract, everything on the runtime's thread:
//  1. It listens on 127.0.0.1 only, on a port that the system picks.
//  2. Bytes pass unchanged both ways; who does not read makes the other one wait.
//  3. A direction that has ended ends on the other side, too; a stream that breaks breaks the
//  other.
//  4. At most kMostConnections at a time; more are closed at once and counted.
class LoopbackForwarder final : private AcceptHandler {
 public:
  static constexpr size_t kMostConnections = 64;

  // `connect` gives a connected descriptor to the server, which becomes ours.
  LoopbackForwarder(posix::PosixRuntime& runtime, std::function<Result<int>()> connect);
  ~LoopbackForwarder();

  Status Listen();
  Endpoint local() const { return listener_->local(); }
  uint64_t refused() const { return refused_; }

 private:
  class Connection;

  void OnAccept(std::unique_ptr<ByteStream> stream) override;

  posix::PosixRuntime& runtime_;
  const std::function<Result<int>()> connect_;
  std::unique_ptr<TcpListener> listener_;
  Connections<Connection> connections_;
  uint64_t refused_ = 0;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_LOOPBACK_FORWARDER_H_
