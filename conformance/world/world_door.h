// A port on this machine's loopback interface behind which a server inside of a simulated world
// answers. For worlds under the real clock.
#ifndef CONFORMANCE_WORLD_WORLD_DOOR_H_
#define CONFORMANCE_WORLD_WORLD_DOOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "network_sim/post_queue.h"
#include "runtime/posix/posix_runtime.h"
#include "runtime/posix/runtime_thread.h"

namespace sfa::conformance {

// Lives on the world's thread; has one of its own for the real sockets. Bytes and ends pass
// unchanged both ways. Who has more than kMostUnsent to read loses the connection, because the
// world waits for nobody; so does one above kMostConnections.
class WorldDoor final : private AcceptHandler {
 public:
  static constexpr size_t kMostUnsent = size_t{4} << 20;
  static constexpr size_t kMostConnections = 16;

  // `inside` is a process of the server's host and outlives the door.
  WorldDoor(Runtime& inside, std::shared_ptr<sim::PostQueue> post, const Endpoint& server);
  ~WorldDoor();

  Status Open();
  Endpoint local() const { return local_; }

 private:
  struct Message {
    enum class Kind { kBytes, kEnd, kBroken };
    Kind kind = Kind::kBroken;
    std::vector<uint8_t> bytes;
  };
  class Half;
  using Halves = std::map<uint64_t, std::unique_ptr<Half>>;

  void OnAccept(std::unique_ptr<ByteStream> stream) override;
  void Connect(uint64_t number);
  void TellInside(uint64_t number, Message message);
  void TellOutside(uint64_t number, Message message);
  static void Deliver(Halves& halves, uint64_t number, const Message& message);

  Runtime& inside_;
  const std::shared_ptr<sim::PostQueue> post_;
  const Endpoint server_;
  Endpoint local_;
  Halves servers_;  // streams inside

  posix::PosixRuntime outside_{posix::PosixSettings{}};
  // On its thread:
  std::unique_ptr<TcpListener> listener_;
  Halves guests_;
  uint64_t next_ = 1;
  std::unique_ptr<posix::RuntimeThread> thread_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_WORLD_DOOR_H_
