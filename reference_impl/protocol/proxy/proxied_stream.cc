#include "protocol/proxy/proxied_stream.h"

#include <algorithm>
#include <utility>

namespace sfa::proxy {
namespace {

void Append(std::vector<uint8_t>& to, std::span<const uint8_t> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

ProxiedStream::ProxiedStream(Runtime& runtime, const Proxy& proxy, const Endpoint& local,
                             const Endpoint& remote, StreamHandler& handler)
    : proxy_(proxy),
      remote_(remote),
      handler_(&handler),
      handshake_(NewHandshake(proxy, remote)),
      patience_(runtime.NewTimer([this] {
        Fail({ErrorCode::kTimedOut, "it has not made the connection in time"});
      })),
      deliver_held_(runtime.NewTimer([this] {
        const std::vector<uint8_t> held = std::exchange(held_, {});
        bool destroyed = false;
        destroyed_ = &destroyed;
        handler_->OnData(held);
        if (destroyed) return;
        destroyed_ = nullptr;
        if (!paused_) stream_->ResumeReading();
      })),
      stream_(runtime.ConnectTcp(local, proxy.server, *this)) {
  patience_->Start(kPatience);
}

ProxiedStream::~ProxiedStream() {
  if (destroyed_ != nullptr) *destroyed_ = true;
}

size_t ProxiedStream::Write(std::span<const uint8_t> bytes) {
  if (state_ == State::kDead || write_ended_) return 0;
  if (state_ == State::kOpen) {
    if (owed_.empty()) return stream_->Write(bytes);
    writer_waits_ = true;
    return 0;
  }
  const size_t taken = std::min(bytes.size(), kMaxEarlyBytes - early_.size());
  Append(early_, bytes.first(taken));
  if (taken < bytes.size()) writer_waits_ = true;
  return taken;
}

void ProxiedStream::ShutdownWrite() {
  write_ended_ = true;
  if (state_ == State::kOpen && owed_.empty()) stream_->ShutdownWrite();
}

void ProxiedStream::Abort() {
  state_ = State::kDead;
  patience_->Cancel();
  deliver_held_->Cancel();
  stream_->Abort();
}

void ProxiedStream::PauseReading() {
  paused_ = true;
  deliver_held_->Cancel();
  if (state_ == State::kOpen) stream_->PauseReading();
}

void ProxiedStream::ResumeReading() {
  paused_ = false;
  if (state_ != State::kOpen) return;
  // What came first goes first, and nobody is called from in here.
  if (!held_.empty()) {
    deliver_held_->Start(Duration::zero());
  } else {
    stream_->ResumeReading();
  }
}

void ProxiedStream::OnConnected() {
  Append(owed_, handshake_->Begin());
  Pay();
}

void ProxiedStream::OnData(std::span<const uint8_t> bytes) {
  if (state_ == State::kOpen) return handler_->OnData(bytes);
  if (state_ == State::kDead) return;
  const Progress progress = handshake_->Take(bytes);
  if (progress.refused) return Fail(*progress.refused);
  Append(owed_, progress.answer);
  Pay();
  if (!progress.open || !Open() || bytes.empty()) return;
  if (paused_) {
    held_.assign(bytes.begin(), bytes.end());
  } else {
    handler_->OnData(bytes);
  }
}

bool ProxiedStream::Open() {
  state_ = State::kOpen;
  patience_->Cancel();
  handshake_.reset();
  if (paused_) stream_->PauseReading();
  Append(owed_, std::exchange(early_, {}));
  Pay();
  bool destroyed = false;
  destroyed_ = &destroyed;
  handler_->OnConnected();
  if (!destroyed && state_ == State::kOpen && owed_.empty() &&
      std::exchange(writer_waits_, false)) {
    handler_->OnWritable();
  }
  if (destroyed) return false;
  destroyed_ = nullptr;
  return state_ == State::kOpen;
}

void ProxiedStream::OnWritable() {
  const bool owed = !owed_.empty();
  Pay();
  if (state_ != State::kOpen || !owed_.empty()) return;
  // Who waits for the room that the proxy's own bytes took, or for the stream's.
  if (std::exchange(writer_waits_, false) || !owed) handler_->OnWritable();
}

void ProxiedStream::OnEndOfStream() {
  if (state_ == State::kOpen) return handler_->OnEndOfStream();
  if (state_ == State::kHandshake) {
    Fail({ErrorCode::kRefused, "it has ended the connection instead of making one"});
  }
}

void ProxiedStream::OnError(const Error& error) {
  if (state_ == State::kOpen) {
    state_ = State::kDead;
    handler_->OnError(error);
  } else if (state_ == State::kHandshake) {
    Fail(error);
  }
}

void ProxiedStream::Pay() {
  if (owed_.empty() || state_ == State::kDead) return;
  const size_t taken = stream_->Write(owed_);
  owed_.erase(owed_.begin(), owed_.begin() + static_cast<std::ptrdiff_t>(taken));
  if (owed_.empty() && state_ == State::kOpen && write_ended_) stream_->ShutdownWrite();
}

void ProxiedStream::Fail(const Error& error) {
  state_ = State::kDead;
  patience_->Cancel();
  stream_->Abort();
  handler_->OnError({error.code, "no connection to " + remote_.ToString() +
                                     " by way of the proxy " + proxy_.server.ToString() + ": " +
                                     error.message});
}

}  // namespace sfa::proxy
