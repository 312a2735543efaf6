#include "runtime/posix/posix_runtime.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

#include "runtime/posix/posix_files.h"
#include "runtime/posix/posix_network_interfaces.h"
#include "runtime/posix/posix_processes.h"
#include "runtime/posix/posix_stream.h"
#include "runtime/posix/posix_udp.h"
#include "runtime/posix/task_queue.h"

namespace sfa::posix {
namespace {

class SystemRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
      if (count > 0) bytes = bytes.subspan(static_cast<size_t>(count));
      // Nothing may go on with bytes that an attacker could know.
      if (count < 0 && errno != EINTR) std::abort();
    }
  }
};

class CallbackLog final : public Log {
 public:
  explicit CallbackLog(decltype(PosixSettings::log) sink) : sink_(std::move(sink)) {}
  void Write(LogLevel level, std::string_view component, std::string_view message) override {
    if (sink_) sink_(level, component, message);
  }

 private:
  decltype(PosixSettings::log) sink_;
};

}  // namespace

struct PosixRuntime::Parts {
  Parts(EventLoop& loop, PosixSettings settings)
      : tasks(std::make_shared<TaskQueue>(loop)),
        log(std::move(settings.log)),
        streams(loop, settings.connect_timeout),
        processes(loop, streams) {}
  ~Parts() { tasks->Close(); }

  std::shared_ptr<TaskQueue> tasks;
  CallbackLog log;
  SystemRandom random;
  PosixFileSystem files;
  StreamService streams;
  PosixProcesses processes;
};

PosixRuntime::PosixRuntime(PosixSettings settings)
    : own_loop_(std::make_unique<EventLoop>()),
      loop_(*own_loop_),
      parts_(std::make_unique<Parts>(loop_, std::move(settings))) {}

PosixRuntime::PosixRuntime(EventLoop& loop, PosixSettings settings)
    : loop_(loop), parts_(std::make_unique<Parts>(loop, std::move(settings))) {}

PosixRuntime::~PosixRuntime() = default;

void PosixRuntime::Run() { loop_.Run(); }
void PosixRuntime::Stop() { loop_.Stop(); }
bool PosixRuntime::RunUntil(const std::function<bool()>& predicate, Duration at_most) {
  return loop_.RunUntil(predicate, at_most);
}

Result<std::unique_ptr<ByteStream>> PosixRuntime::AdoptStream(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) {
    return Error{ErrorCode::kInvalid,
                 "descriptor " + std::to_string(fd) + " is not a stream socket"};
  }
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return parts_->streams.Adopt(Descriptor(fd));
}

MonotonicTime PosixRuntime::Now() const { return EventLoop::Now(); }
WallTime PosixRuntime::WallNow() const {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(
      std::chrono::system_clock::now().time_since_epoch()));
}
std::unique_ptr<Timer> PosixRuntime::NewTimer(Task task) { return loop_.NewTimer(std::move(task)); }
void PosixRuntime::Post(Task task) { parts_->tasks->Post(std::move(task)); }

Result<std::unique_ptr<UdpSocket>> PosixRuntime::OpenUdp(const Endpoint& local,
                                                         UdpReceiver& receiver) {
  return PosixUdpSocket::Open(loop_, local, receiver);
}
Result<std::unique_ptr<TcpListener>> PosixRuntime::ListenTcp(const Endpoint& local,
                                                             AcceptHandler& handler) {
  return parts_->streams.Listen(local, handler);
}
std::unique_ptr<ByteStream> PosixRuntime::ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                                     StreamHandler& handler) {
  return parts_->streams.Connect(local, remote, handler);
}

Random& PosixRuntime::random() { return parts_->random; }
FileSystem& PosixRuntime::files() { return parts_->files; }
Processes& PosixRuntime::processes() { return parts_->processes; }
std::vector<NetworkInterface> PosixRuntime::NetworkInterfaces() { return ListNetworkInterfaces(); }
Log& PosixRuntime::log() { return parts_->log; }

}  // namespace sfa::posix
