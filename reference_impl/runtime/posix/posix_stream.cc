#include "runtime/posix/posix_stream.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>

#include "runtime/posix/errors.h"
#include "runtime/posix/sockets.h"

namespace sfa::posix {
namespace {

constexpr size_t kScratchBytes = 64 * 1024;
constexpr int kBacklog = 128;
// Connections taken before others get their turn.
constexpr int kAcceptsPerTurn = 16;
// When descriptors have run out, accepting is tried again after so long; the connection waits.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

}  // namespace

class StreamService::PosixStream final : public ByteStream {
 public:
  PosixStream(StreamService& service, std::unique_ptr<StreamCore> core)
      : service_(service), core_(std::move(core)) {}
  ~PosixStream() override { service_.EndInBackground(std::move(core_)); }

  void SetHandler(StreamHandler* handler) override { core_->SetHandler(handler); }
  size_t Write(std::span<const uint8_t> bytes) override { return core_->Write(bytes); }
  size_t unsent() const override { return core_->unsent(); }
  void ShutdownWrite() override { core_->ShutdownWrite(); }
  void Abort() override { core_->Abort(); }
  void PauseReading() override { core_->PauseReading(); }
  void ResumeReading() override { core_->ResumeReading(); }
  Endpoint local() const override { return core_->local(); }
  Endpoint remote() const override { return core_->remote(); }

 private:
  StreamService& service_;
  std::unique_ptr<StreamCore> core_;
};

class StreamService::PosixListener final : public TcpListener, private EventLoop::Watcher {
 public:
  PosixListener(StreamService& service, Descriptor fd, AcceptHandler& handler)
      : service_(service),
        handler_(handler),
        local_(LocalOf(fd.get())),
        watch_(service.loop_, std::move(fd), *this),
        pause_(service.loop_.NewTimer([this] { watch_.Await(EventLoop::Readiness::kReadable); })) {
    watch_.Await(EventLoop::Readiness::kReadable);
  }
  ~PosixListener() override {
    if (destroyed_ != nullptr) *destroyed_ = true;
  }
  Endpoint local() const override { return local_; }

 private:
  void OnReady(EventLoop::Readiness) override {
    bool destroyed = false;
    destroyed_ = &destroyed;
    for (int turn = 0; turn < kAcceptsPerTurn; ++turn) {
      Descriptor fd(::accept4(watch_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd.is_open()) {
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno == EAGAIN) break;
        destroyed_ = nullptr;
        pause_->Start(kAcceptPause);
        return;
      }
      handler_.OnAccept(service_.Adopt(std::move(fd)));
      if (destroyed) return;
    }
    destroyed_ = nullptr;
    watch_.Await(EventLoop::Readiness::kReadable);
  }

  StreamService& service_;
  AcceptHandler& handler_;
  Endpoint local_;
  EventLoop::Watch watch_;
  std::unique_ptr<Timer> pause_;
  bool* destroyed_ = nullptr;
};

StreamService::StreamService(EventLoop& loop, Duration connect_timeout)
    : loop_(loop), connect_timeout_(connect_timeout), scratch_(kScratchBytes) {}

std::unique_ptr<ByteStream> StreamService::Connect(const Endpoint& local, const Endpoint& remote,
                                                   StreamHandler& handler) {
  const auto failed = [&](Error error) {
    return std::make_unique<StreamCore>(loop_, scratch_, std::move(error));
  };
  std::unique_ptr<StreamCore> core;
  auto fd = OpenBound(SOCK_STREAM, local);
  if (!fd.ok()) {
    core = failed(fd.error());
  } else {
    const sockaddr_in address = ToSockaddr(remote);
    const int result =
        ::connect(fd->get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (result != 0 && errno != EINPROGRESS) {
      core = failed(SystemError(errno, "cannot connect to " + remote.ToString()));
    } else {
      core =
          std::make_unique<StreamCore>(loop_, scratch_, std::move(*fd), remote, connect_timeout_);
    }
  }
  core->SetHandler(&handler);
  return std::make_unique<PosixStream>(*this, std::move(core));
}

Result<std::unique_ptr<TcpListener>> StreamService::Listen(const Endpoint& local,
                                                           AcceptHandler& handler) {
  auto fd = OpenBound(SOCK_STREAM, local);
  if (!fd.ok()) return fd.error();
  if (::listen(fd->get(), kBacklog) != 0) {
    return SystemError(errno, "cannot listen on TCP " + local.ToString());
  }
  return std::unique_ptr<TcpListener>(
      std::make_unique<PosixListener>(*this, std::move(*fd), handler));
}

std::unique_ptr<ByteStream> StreamService::Adopt(Descriptor fd) {
  return std::make_unique<PosixStream>(
      *this, std::make_unique<StreamCore>(loop_, scratch_, std::move(fd)));
}

void StreamService::EndInBackground(std::unique_ptr<StreamCore> core) {
  const auto place = ending_.emplace(ending_.end());
  if (core->BeginClosing([this, place] { ending_.erase(place); })) {
    ending_.erase(place);
    return;
  }
  *place = std::move(core);
}

}  // namespace sfa::posix
