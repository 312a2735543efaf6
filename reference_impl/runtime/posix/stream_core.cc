#include "runtime/posix/stream_core.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "runtime/posix/errors.h"
#include "runtime/posix/sockets.h"

namespace sfa::posix {
namespace {

using Readiness = EventLoop::Readiness;

// Reads before others get their turn.
constexpr int kReadsPerTurn = 4;

std::string Name(const Endpoint& remote) {
  return remote.is_set() ? "the connection with " + remote.ToString() : "the local stream";
}

}  // namespace

StreamCore::StreamCore(EventLoop& loop, std::vector<uint8_t>& scratch, Descriptor fd)
    : loop_(loop), scratch_(scratch), local_(LocalOf(fd.get())), remote_(RemoteOf(fd.get())) {
  // Signalling is small messages that must not wait for one another. No effect on local streams.
  SetOption(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  EventLoop::Watcher& watcher = *this;
  watch_ = std::make_unique<EventLoop::Watch>(loop, std::move(fd), watcher);
}

StreamCore::StreamCore(EventLoop& loop, std::vector<uint8_t>& scratch, Descriptor fd,
                       const Endpoint& remote, Duration connect_timeout)
    : StreamCore(loop, scratch, std::move(fd)) {
  remote_ = remote;
  connecting_ = true;
  timer_ = loop_.NewTimer([this] {
    Fail({ErrorCode::kTimedOut, "no answer from " + remote_.ToString()});
  });
  timer_->Start(connect_timeout);
  watch_->Await(Readiness::kWritable);
}

StreamCore::StreamCore(EventLoop& loop, std::vector<uint8_t>& scratch, Error error)
    : loop_(loop), scratch_(scratch) {
  FailSoon(std::move(error));
}

StreamCore::~StreamCore() {
  if (destroyed_ != nullptr) *destroyed_ = true;
}

void StreamCore::SetHandler(StreamHandler* handler) {
  handler_ = handler;
  AwaitReading();
}

size_t StreamCore::Write(std::span<const uint8_t> bytes) {
  if (watch_ == nullptr || failing_ || shutdown_wanted_) return 0;
  size_t taken = 0;
  while (!connecting_ && kept() == 0 && taken < bytes.size()) {
    const ssize_t count =
        ::send(watch_->fd(), bytes.data() + taken, bytes.size() - taken, MSG_NOSIGNAL);
    if (count >= 0) {
      taken += static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      FailSoon(SystemError(errno, Name(remote_)));
      return 0;
    }
  }
  const size_t more = std::min(bytes.size() - taken, kBufferBytes - kept());
  const auto rest = bytes.subspan(taken, more);
  unsent_.insert(unsent_.end(), rest.begin(), rest.end());
  taken += more;
  if (taken < bytes.size()) wants_room_ = true;
  if (kept() > 0) watch_->Await(Readiness::kWritable);
  return taken;
}

size_t StreamCore::unsent() const {
  if (watch_ == nullptr) return 0;
  int in_kernel = 0;
  // tcp(7) has SIOCOUTQ, which counts what is under way too; this one does not.
  if (::ioctl(watch_->fd(), SIOCOUTQNSD, &in_kernel) != 0 || in_kernel < 0) in_kernel = 0;
  return kept() + static_cast<size_t>(in_kernel);
}

void StreamCore::ShutdownWrite() {
  if (watch_ == nullptr || failing_) return;
  shutdown_wanted_ = true;
  wants_room_ = false;
  if (!connecting_ && kept() == 0) Flush();
}

void StreamCore::Abort() {
  if (watch_ == nullptr) return;
  const linger at_once{1, 0};  // close() then resets the connection, see socket(7)
  ::setsockopt(watch_->fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  Die();
}

void StreamCore::PauseReading() { paused_ = true; }

void StreamCore::ResumeReading() {
  paused_ = false;
  AwaitReading();
}

void StreamCore::AwaitReading() {
  if (watch_ == nullptr || connecting_ || failing_) return;
  if (peer_ended_) {
    watch_->Await(Readiness::kFailed);  // a reset may still come
  } else if (closing_ || (handler_ != nullptr && !paused_)) {
    watch_->Await(Readiness::kReadable);
  }
}

bool StreamCore::BeginClosing(std::function<void()> ended) {
  handler_ = nullptr;
  if (watch_ == nullptr || failing_ || (connecting_ && kept() == 0)) return true;
  closing_ = true;
  timer_ = loop_.NewTimer([this] { Fail({ErrorCode::kTimedOut, ""}); });
  timer_->Start(kClosingTime);
  ShutdownWrite();
  AwaitReading();
  if (watch_ == nullptr || (shutdown_done_ && peer_ended_)) return true;
  ended_ = std::move(ended);
  return false;
}

template <typename Call>
bool StreamCore::Tell(Call call) {
  if (handler_ == nullptr) return true;
  bool destroyed = false;
  destroyed_ = &destroyed;
  call(*handler_);
  if (destroyed) return false;
  destroyed_ = nullptr;
  return watch_ != nullptr && !failing_ && !closing_;
}

void StreamCore::OnReady(Readiness readiness) {
  if (watch_ == nullptr || failing_) return;
  if (readiness == Readiness::kReadable) return Read();
  if (readiness == Readiness::kWritable) {
    return !connecting_ ? Flush() : OnConnectFinished();
  }
  // A hang-up without an error means that both directions have ended.
  if (const int error = TakeError(watch_->fd()); error != 0) {
    Fail(SystemError(error, Name(remote_)));
  }
}

void StreamCore::OnConnectFinished() {
  if (const int error = TakeError(watch_->fd()); error != 0) {
    return Fail(SystemError(error, "cannot connect to " + remote_.ToString()));
  }
  connecting_ = false;
  local_ = LocalOf(watch_->fd());
  if (!closing_) timer_.reset();
  if (!Tell([](StreamHandler& handler) { handler.OnConnected(); })) return;
  AwaitReading();
  Flush();
}

void StreamCore::Read() {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    if (!closing_ && (paused_ || handler_ == nullptr)) return;
    const ssize_t count = ::recv(watch_->fd(), scratch_.data(), scratch_.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) return Fail(SystemError(errno, Name(remote_)));
    if (count == 0) {
      peer_ended_ = true;
      if (!Tell([](StreamHandler& handler) { handler.OnEndOfStream(); })) return;
      AwaitReading();
      return EndIfClosed();
    }
    const std::span<const uint8_t> bytes(scratch_.data(), static_cast<size_t>(count));
    if (!Tell([&](StreamHandler& handler) { handler.OnData(bytes); })) return;
    if (bytes.size() < scratch_.size()) break;
  }
  AwaitReading();
}

void StreamCore::Flush() {
  while (kept() > 0) {
    const ssize_t count =
        ::send(watch_->fd(), unsent_.data() + unsent_begin_, kept(), MSG_NOSIGNAL);
    if (count >= 0) {
      unsent_begin_ += static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      watch_->Await(Readiness::kWritable);
      break;
    } else if (errno != EINTR) {
      return Fail(SystemError(errno, Name(remote_)));
    }
  }
  if (unsent_begin_ >= kBufferBytes / 2 || kept() == 0) {
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(unsent_begin_));
    unsent_begin_ = 0;
  }
  if (kept() == 0 && shutdown_wanted_ && !shutdown_done_) {
    shutdown_done_ = true;
    ::shutdown(watch_->fd(), SHUT_WR);
    return EndIfClosed();
  }
  if (wants_room_ && kept() <= kBufferBytes / 2) {
    wants_room_ = false;
    Tell([](StreamHandler& handler) { handler.OnWritable(); });
  }
}

void StreamCore::EndIfClosed() {
  if (!ended_ || !shutdown_done_ || !peer_ended_) return;
  Die();
  const auto ended = std::move(ended_);
  ended();
}

// By value: Die() ends the timer in which FailSoon() keeps the error.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
void StreamCore::Fail(Error error) {
  Die();
  if (ended_) {
    const auto ended = std::move(ended_);
    return ended();
  }
  if (handler_ != nullptr) handler_->OnError(error);
}

void StreamCore::FailSoon(Error error) {
  failing_ = true;
  timer_ = loop_.NewTimer([this, error = std::move(error)] { Fail(error); });
  timer_->Start(Duration::zero());
}

void StreamCore::Die() {
  watch_.reset();
  timer_.reset();
  unsent_.clear();
  unsent_begin_ = 0;
}

}  // namespace sfa::posix
