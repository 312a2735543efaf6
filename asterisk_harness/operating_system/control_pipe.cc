#include "asterisk_harness/operating_system/control_pipe.h"

#include <algorithm>
#include <utility>

namespace sfa::harness {

class ControlPipe::End final : public ByteStream {
 public:
  End(std::shared_ptr<ControlPipe> pipe, int side) : pipe_(std::move(pipe)), side_(side) {}
  ~End() override { pipe_->Close(side_, true); }

  void SetHandler(StreamHandler* handler) override {
    side().handler = handler;
    pipe_->Schedule(side_);
  }
  size_t Write(std::span<const uint8_t> bytes) override { return pipe_->Write(side_, bytes); }
  void ShutdownWrite() override { pipe_->EndWriting(side_); }
  void Abort() override { pipe_->Close(side_, false); }
  void PauseReading() override { side().paused = true; }
  void ResumeReading() override {
    side().paused = false;
    pipe_->Schedule(side_);
  }
  Endpoint local() const override { return {}; }
  Endpoint remote() const override { return {}; }

 private:
  Side& side() { return pipe_->sides_[static_cast<size_t>(side_)]; }

  std::shared_ptr<ControlPipe> pipe_;
  int side_;
};

std::shared_ptr<ControlPipe> ControlPipe::Make(Runtime& first, Runtime& second) {
  auto pipe = std::make_shared<ControlPipe>();
  pipe->sides_[0].runtime = &first;
  pipe->sides_[1].runtime = &second;
  for (Side& side : pipe->sides_) side.open = true;
  return pipe;
}

std::unique_ptr<ByteStream> ControlPipe::TakeEnd(int side) {
  return std::make_unique<End>(shared_from_this(), side);
}

void ControlPipe::Sever(int side) { Close(side, true); }

size_t ControlPipe::Write(int side, std::span<const uint8_t> bytes) {
  Side& self = sides_[static_cast<size_t>(side)];
  Side& peer = sides_[static_cast<size_t>(1 - side)];
  if (!self.open || self.writing_ended || self.reset) return 0;
  if (!peer.open) {
    self.reset = true;
    Schedule(side);
    return 0;
  }
  const size_t taken = std::min(bytes.size(), kBufferBytes - peer.unread.size());
  peer.unread.insert(peer.unread.end(), bytes.begin(),
                     bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  if (taken < bytes.size()) self.wants_room = true;
  Schedule(1 - side);
  return taken;
}

void ControlPipe::EndWriting(int side) {
  Side& self = sides_[static_cast<size_t>(side)];
  if (!self.open) return;
  self.writing_ended = true;
  self.wants_room = false;
  Schedule(1 - side);
}

void ControlPipe::Close(int side, bool orderly) {
  Side& self = sides_[static_cast<size_t>(side)];
  Side& peer = sides_[static_cast<size_t>(1 - side)];
  if (!self.open) return;
  self.open = false;
  self.handler = nullptr;
  self.runtime = nullptr;
  self.unread.clear();
  self.writing_ended = true;
  if (!orderly) {
    peer.unread.clear();
    peer.reset = true;
  }
  // Whoever waits for room that never comes learns that it writes into the void.
  if (peer.wants_room) peer.reset = true;
  Schedule(1 - side);
}

void ControlPipe::Schedule(int side) {
  Side& self = sides_[static_cast<size_t>(side)];
  const Side& peer = sides_[static_cast<size_t>(1 - side)];
  if (!self.open || self.handler == nullptr || self.scheduled) return;
  const bool readable = !self.unread.empty() || (peer.writing_ended && !self.end_seen);
  const bool writable = self.wants_room && peer.unread.size() <= kBufferBytes / 2;
  const bool failed = self.reset && self.unread.empty();
  if (!(readable && !self.paused) && !writable && !failed) return;
  self.scheduled = true;
  self.runtime->Post([pipe = shared_from_this(), side] { pipe->Deliver(side); });
}

// One event a time: the handler may do anything meanwhile, destroying its end included.
void ControlPipe::Deliver(int side) {
  Side& self = sides_[static_cast<size_t>(side)];
  const Side& peer = sides_[static_cast<size_t>(1 - side)];
  self.scheduled = false;
  if (!self.open || self.handler == nullptr) return;
  if (!self.unread.empty() && !self.paused) {
    std::vector<uint8_t> bytes = std::move(self.spare);
    bytes.clear();
    bytes.swap(self.unread);
    Schedule(1 - side);  // there is room again
    self.handler->OnData(bytes);
    self.spare = std::move(bytes);
  } else if (self.reset && self.unread.empty()) {
    StreamHandler& handler = *self.handler;
    Close(side, true);
    return handler.OnError({ErrorCode::kReset, "the other process has closed the local stream"});
  } else if (self.wants_room && peer.unread.size() <= kBufferBytes / 2) {
    self.wants_room = false;
    self.handler->OnWritable();
  } else if (self.unread.empty() && peer.writing_ended && !self.end_seen && !self.paused) {
    self.end_seen = true;
    self.handler->OnEndOfStream();
  }
  Schedule(side);
}

}  // namespace sfa::harness
