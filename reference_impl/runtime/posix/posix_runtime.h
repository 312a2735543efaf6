// The runtime of what is deployed: POSIX, with Boost.Asio's event loop.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_POSIX_RUNTIME_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_POSIX_RUNTIME_H_

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/posix/event_loop.h"
#include "runtime/runtime.h"

namespace sfa::posix {

struct PosixSettings {
  // Where log lines go; called on the runtime's thread. None: they are dropped.
  std::function<void(LogLevel level, std::string_view component, std::string_view message)> log;
  // After so long without an answer ConnectTcp() ends with kTimedOut.
  Duration connect_timeout = std::chrono::seconds(20);
};

// Leaves no trace in the program that hosts it: no signal handler, no static, no thread of its own.
// A thread of the caller runs it:
//
//   PosixRuntime runtime(settings);
//   std::thread thread([&] { runtime.Run(); });   // or ast_pthread_create()
//   runtime.Post([&] { ... make sockets and so on ... });
//   ...
//   runtime.Post([&] { ... destroy them ...; runtime.Stop(); });
//   thread.join();
//
// What is made before Run() may be made on the constructing thread.
class PosixRuntime final : public Runtime {
 public:
  explicit PosixRuntime(PosixSettings settings);
  // Several runtimes on one thread: they share `loop`, which outlives them and is run by the owner.
  PosixRuntime(EventLoop& loop, PosixSettings settings);
  // Connections that still end in the background are closed at once.
  ~PosixRuntime() override;

  // See EventLoop.
  void Run();
  void Stop();
  bool RunUntil(const std::function<bool()>& predicate, Duration at_most);

  // Takes over a connected stream socket, such as kControlDescriptor in a launched process.
  // kInvalid when it is none.
  Result<std::unique_ptr<ByteStream>> AdoptStream(int fd);

  MonotonicTime Now() const override;
  WallTime WallNow() const override;
  std::unique_ptr<Timer> NewTimer(Task task) override;
  void Post(Task task) override;
  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local, UdpReceiver& receiver) override;
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                 AcceptHandler& handler) override;
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                         StreamHandler& handler) override;
  Random& random() override;
  FileSystem& files() override;
  Processes& processes() override;
  std::vector<NetworkInterface> NetworkInterfaces() override;
  Log& log() override;

 private:
  struct Parts;
  std::unique_ptr<EventLoop> own_loop_;
  EventLoop& loop_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_POSIX_RUNTIME_H_
