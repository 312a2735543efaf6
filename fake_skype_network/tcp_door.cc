#include "fake_skype_network/tcp_door.h"

#include <array>
#include <utility>

#include "fake_skype_network/node_ports.h"

namespace sfa::community {
namespace {

constexpr std::array<uint8_t, 2> kSecureStream{0x00, 0x21};

// A stream whose first bytes have been read already; tells who its handler is.
class ReadStream final : public ByteStream {
 public:
  using HandlerCell = std::shared_ptr<StreamHandler*>;
  explicit ReadStream(std::unique_ptr<ByteStream> stream)
      : stream_(std::move(stream)), handler_(std::make_shared<StreamHandler*>(nullptr)) {}
  ~ReadStream() override { *handler_ = nullptr; }

  // Holds nothing once the stream is gone.
  const HandlerCell& handler() const { return handler_; }

  void SetHandler(StreamHandler* handler) override {
    *handler_ = handler;
    stream_->SetHandler(handler);
  }
  size_t Write(std::span<const uint8_t> bytes) override { return stream_->Write(bytes); }
  void ShutdownWrite() override { stream_->ShutdownWrite(); }
  void Abort() override { stream_->Abort(); }
  void PauseReading() override { stream_->PauseReading(); }
  void ResumeReading() override { stream_->ResumeReading(); }
  Endpoint local() const override { return stream_->local(); }
  Endpoint remote() const override { return stream_->remote(); }

 private:
  std::unique_ptr<ByteStream> stream_;
  HandlerCell handler_;
};

}  // namespace

// One that has not said yet what it is.
class TcpDoor::Undecided final : private StreamHandler {
 public:
  Undecided(TcpDoor& door, uint32_t number, std::unique_ptr<ByteStream> stream)
      : door_(door),
        number_(number),
        timer_(door.runtime_.NewTimer([this] { GiveUp(); })),
        stream_(std::move(stream)) {
    stream_->SetHandler(this);
    timer_->Start(kPatience);
  }

  // Destroys this.
  void GiveUp() {
    stream_->Abort();
    door_.undecided_.erase(number_);
  }

 private:
  void OnData(std::span<const uint8_t> bytes) override {
    first_.insert(first_.end(), bytes.begin(), bytes.end());
    if (first_.size() < kSecureStream.size()) return;
    const std::vector<uint8_t> first = std::move(first_);
    // Destroys this.
    door_.Decide(number_, std::move(stream_), first);
  }
  void OnEndOfStream() override { door_.undecided_.erase(number_); }
  void OnError(const Error&) override { door_.undecided_.erase(number_); }

  TcpDoor& door_;
  const uint32_t number_;
  std::unique_ptr<Timer> timer_;
  std::vector<uint8_t> first_;
  std::unique_ptr<ByteStream> stream_;
};

TcpDoor::TcpDoor(Runtime& runtime, uint32_t first_number, RelayServer& relay,
                 AcceptHandler& signalling)
    : runtime_(runtime), relay_(relay), signalling_(signalling), next_number_(first_number) {}

TcpDoor::~TcpDoor() = default;

Status TcpDoor::Listen(const Endpoint& own) {
  AcceptHandler& handler = *this;
  auto listeners = ListenOnNodePorts(runtime_, own, handler);
  if (!listeners) return listeners.error();
  listeners_ = std::move(*listeners);
  return {};
}

void TcpDoor::OnAccept(std::unique_ptr<ByteStream> stream) {
  if (undecided_.size() >= kMaxUndecided) undecided_.begin()->second->GiveUp();
  const uint32_t number = next_number_++;
  undecided_[number] = std::make_unique<Undecided>(*this, number, std::move(stream));
}

void TcpDoor::Decide(uint32_t number, std::unique_ptr<ByteStream> stream, stun::Bytes bytes) {
  undecided_.erase(number);
  const bool signalling = bytes[0] == kSecureStream[0] && bytes[1] == kSecureStream[1];
  const bool request = bytes[0] == 0 && bytes[1] < 0x10;  // a method below 0x010, the class request
  std::shared_ptr<StreamHandler*> handler;
  if (signalling) {
    auto read = std::make_unique<ReadStream>(std::move(stream));
    handler = read->handler();
    signalling_.OnAccept(std::move(read));
  } else if (request && turn_streams_.size() < kMaxTurnStreams) {
    auto read = std::make_unique<ReadStream>(std::move(stream));
    handler = read->handler();
    turn_streams_[number] = std::make_unique<TurnStream>(
        runtime_, std::move(read), number, relay_, [this, number] { turn_streams_.erase(number); });
  } else {
    stream->Abort();
  }
  if (handler && *handler != nullptr) (*handler)->OnData(bytes);
}

}  // namespace sfa::community
