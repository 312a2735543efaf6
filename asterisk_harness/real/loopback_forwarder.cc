#include "asterisk_harness/real/loopback_forwarder.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sfa::harness {
namespace {

// One direction: from one stream to the other.
class Direction final : public StreamHandler {
 public:
  // `ended`: all has been passed on and the other side told; `broken`: the stream is dead. Either
  // is the last thing that a call does.
  Direction(std::function<void()> ended, std::function<void()> broken)
      : ended_(std::move(ended)), broken_(std::move(broken)) {}

  void Join(ByteStream& from, ByteStream& to, Direction& back) {
    from_ = &from;
    to_ = &to;
    back_ = &back;
    from.SetHandler(this);
  }
  bool over() const { return over_; }

 private:
  void OnData(std::span<const uint8_t> bytes) override {
    const size_t taken = waiting_.empty() ? to_->Write(bytes) : 0;
    if (taken == bytes.size()) return;
    waiting_.insert(waiting_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(taken),
                    bytes.end());
    from_->PauseReading();
  }
  // Our stream has room: for what the other direction has to say.
  void OnWritable() override { back_->Flush(); }
  void OnEndOfStream() override {
    ending_ = true;
    Flush();
  }
  void OnError(const Error&) override { broken_(); }

  void Flush() {
    const size_t taken = waiting_.empty() ? 0 : to_->Write(waiting_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
    if (!waiting_.empty()) return;
    if (!ending_) return from_->ResumeReading();
    if (std::exchange(over_, true)) return;
    to_->ShutdownWrite();
    ended_();
  }

  const std::function<void()> ended_, broken_;
  ByteStream* from_ = nullptr;
  ByteStream* to_ = nullptr;
  Direction* back_ = nullptr;
  std::vector<uint8_t> waiting_;  // no more than one OnData() brings
  bool ending_ = false;
  bool over_ = false;
};

}  // namespace

class LoopbackForwarder::Connection {
 public:
  Connection(LoopbackForwarder& owner, std::unique_ptr<ByteStream> guest,
             std::unique_ptr<ByteStream> server)
      : guest_(std::move(guest)),
        server_(std::move(server)),
        in_([this, &owner] { Ended(owner); }, [this, &owner] { Broken(owner); }),
        out_([this, &owner] { Ended(owner); }, [this, &owner] { Broken(owner); }) {
    in_.Join(*guest_, *server_, out_);
    out_.Join(*server_, *guest_, in_);
  }

 private:
  void Ended(LoopbackForwarder& owner) {
    if (in_.over() && out_.over()) owner.connections_.Remove(this);
  }
  void Broken(LoopbackForwarder& owner) {
    guest_->Abort();
    server_->Abort();
    owner.connections_.Remove(this);
  }

  std::unique_ptr<ByteStream> guest_, server_;
  Direction in_, out_;
};

LoopbackForwarder::LoopbackForwarder(posix::PosixRuntime& runtime,
                                     std::function<Result<int>()> connect)
    : runtime_(runtime), connect_(std::move(connect)), connections_(runtime) {}

LoopbackForwarder::~LoopbackForwarder() = default;

Status LoopbackForwarder::Listen() {
  auto listener = runtime_.ListenTcp({Ipv4Address::Loopback(), 0}, *this);
  if (!listener.ok()) return listener.error();
  listener_ = std::move(*listener);
  return {};
}

void LoopbackForwarder::OnAccept(std::unique_ptr<ByteStream> stream) {
  const Result<int> descriptor =
      connections_.size() < kMostConnections
          ? connect_()
          : Result<int>(Error{ErrorCode::kRefused, "too many connections"});
  auto server = descriptor.ok() ? runtime_.AdoptStream(*descriptor)
                                : Result<std::unique_ptr<ByteStream>>(descriptor.error());
  if (!server.ok()) {
    ++refused_;
    stream->Abort();
    return;
  }
  connections_.Add(std::make_unique<Connection>(*this, std::move(stream), std::move(*server)));
}

}  // namespace sfa::harness
