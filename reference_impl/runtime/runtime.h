// The seam to the operating system: everything that a process sees of the outside world.
//
// One Runtime is one process on one host. The engine, the driver's core and every node of the
// community get a Runtime& and touch nothing else. Two implementations: runtime/posix (what is
// deployed) and network_sim (simulated hosts); one contract suite, runtime/contract, runs against
// both.
//
// Thread: everything happens on the runtime's own thread, and every callback runs there. Only
// Post() may be called from other threads.
// Order: whoever holds a socket, stream, listener, timer or child destroys it before the Runtime.
#ifndef REFERENCE_IMPL_RUNTIME_RUNTIME_H_
#define REFERENCE_IMPL_RUNTIME_RUNTIME_H_

#include <functional>
#include <memory>
#include <vector>

#include "runtime/address.h"
#include "runtime/files.h"
#include "runtime/log.h"
#include "runtime/network_interfaces.h"
#include "runtime/processes.h"
#include "runtime/random.h"
#include "runtime/result.h"
#include "runtime/stream.h"
#include "runtime/time.h"
#include "runtime/timer.h"
#include "runtime/udp.h"

namespace sfa {

using Task = std::function<void()>;

class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual MonotonicTime Now() const = 0;
  virtual WallTime WallNow() const = 0;

  // A stopped timer that runs `task` each time it expires.
  virtual std::unique_ptr<Timer> NewTimer(Task task) = 0;
  // Runs `task` soon on the runtime's thread, in the order of posting; never from inside Post().
  // Safe from any thread. Tasks still queued when the runtime ends are dropped, not run.
  virtual void Post(Task task) = 0;

  // Port 0 picks a free one. kAddressInUse, kAddressNotAvailable, kPermissionDenied.
  virtual Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local,
                                                     UdpReceiver& receiver) = 0;
  virtual Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                         AcceptHandler& handler) = 0;
  // Returns at once; OnConnected() or OnError() follows. `local` may be all zero.
  virtual std::unique_ptr<ByteStream> ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                                 StreamHandler& handler) = 0;

  virtual Random& random() = 0;
  virtual FileSystem& files() = 0;
  virtual Processes& processes() = 0;
  virtual std::vector<NetworkInterface> NetworkInterfaces() = 0;
  virtual Log& log() = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_RUNTIME_H_
