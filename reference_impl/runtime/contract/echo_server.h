// A TCP server that sends back what it gets, for the processes that the contract suite kills.
#ifndef REFERENCE_IMPL_RUNTIME_CONTRACT_ECHO_SERVER_H_
#define REFERENCE_IMPL_RUNTIME_CONTRACT_ECHO_SERVER_H_

#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::contract {

// Echoes over one stream; ends its direction when the peer has ended the other one. Reads no more
// while the peer does not take what is sent back.
class Echo final : public StreamHandler {
 public:
  // `ended` runs once, when nothing is left to do; it may destroy the Echo.
  Echo(std::unique_ptr<ByteStream> stream, std::function<void()> ended)
      : stream_(std::move(stream)), ended_(std::move(ended)) {
    stream_->SetHandler(this);
  }

  void OnData(std::span<const uint8_t> bytes) override {
    if (unsent_.empty()) bytes = bytes.subspan(stream_->Write(bytes));
    if (bytes.empty()) return;
    unsent_.insert(unsent_.end(), bytes.begin(), bytes.end());
    stream_->PauseReading();
  }
  void OnWritable() override {
    unsent_.erase(unsent_.begin(),
                  unsent_.begin() + static_cast<std::ptrdiff_t>(stream_->Write(unsent_)));
    if (!unsent_.empty()) return;
    stream_->ResumeReading();
    if (peer_ended_) End();
  }
  void OnEndOfStream() override {
    peer_ended_ = true;
    if (unsent_.empty()) End();
  }
  void OnError(const Error&) override { End(); }

 private:
  void End() {
    stream_.reset();
    const auto ended = std::move(ended_);  // which may destroy this object
    ended();
  }

  std::unique_ptr<ByteStream> stream_;
  std::function<void()> ended_;
  std::vector<uint8_t> unsent_;
  bool peer_ended_ = false;
};

class EchoServer final : public AcceptHandler {
 public:
  EchoServer(Runtime& runtime, const Endpoint& local) {
    auto listener = runtime.ListenTcp(local, *this);
    if (listener.ok()) listener_ = std::move(*listener);
  }

  // 0.0.0.0:0 when the port could not be opened.
  Endpoint local() const { return listener_ ? listener_->local() : Endpoint{}; }

  void OnAccept(std::unique_ptr<ByteStream> stream) override {
    const auto place = echoes_.emplace(echoes_.end());
    *place = std::make_unique<Echo>(std::move(stream), [this, place] { echoes_.erase(place); });
  }

 private:
  std::list<std::unique_ptr<Echo>> echoes_;
  std::unique_ptr<TcpListener> listener_;
};

}  // namespace sfa::contract

#endif  // REFERENCE_IMPL_RUNTIME_CONTRACT_ECHO_SERVER_H_
