#include "conformance/world/world_door.h"

#include <span>
#include <utility>

namespace sfa::conformance {

// One of the two streams of a connection; what it hears is told to the other one.
class WorldDoor::Half final : public StreamHandler {
 public:
  explicit Half(std::function<void(Message)> tell) : tell_(std::move(tell)) {}

  void Carry(std::unique_ptr<ByteStream> stream) {
    stream_ = std::move(stream);
    stream_->SetHandler(this);
  }
  // From the other one.
  void Take(const Message& message) {
    if (over_) return;
    if (message.kind == Message::Kind::kBroken) return Break();
    if (message.kind == Message::Kind::kEnd) ending_ = true;
    unsent_.insert(unsent_.end(), message.bytes.begin(), message.bytes.end());
    if (unsent_.size() > kMostUnsent) {
      Break();
      return tell_({Message::Kind::kBroken, {}});
    }
    Flush();
  }
  // Nothing more will happen.
  bool over() const { return over_; }

 private:
  void OnConnected() override { Flush(); }
  void OnData(std::span<const uint8_t> bytes) override {
    tell_({Message::Kind::kBytes, {bytes.begin(), bytes.end()}});
  }
  void OnWritable() override { Flush(); }
  void OnEndOfStream() override {
    ended_ = true;
    tell_({Message::Kind::kEnd, {}});
    over_ = over_ || shut_;
  }
  void OnError(const Error&) override {
    over_ = true;
    tell_({Message::Kind::kBroken, {}});
  }

  void Flush() {
    const size_t taken = unsent_.empty() ? 0 : stream_->Write(unsent_);
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(taken));
    if (!unsent_.empty() || !ending_ || std::exchange(shut_, true)) return;
    stream_->ShutdownWrite();
    over_ = over_ || ended_;
  }
  void Break() {
    over_ = true;
    stream_->Abort();
  }

  const std::function<void(Message)> tell_;
  std::unique_ptr<ByteStream> stream_;
  std::vector<uint8_t> unsent_;
  bool ending_ = false, shut_ = false;  // what we say
  bool ended_ = false;                  // what we hear
  bool over_ = false;
};

WorldDoor::WorldDoor(Runtime& inside, std::shared_ptr<sim::PostQueue> post, const Endpoint& server)
    : inside_(inside), post_(std::move(post)), server_(server) {}

WorldDoor::~WorldDoor() {
  post_->Close();
  thread_.reset();
}

Status WorldDoor::Open() {
  auto listener = outside_.ListenTcp({Ipv4Address::Loopback(), 0}, *this);
  if (!listener.ok()) return listener.error();
  listener_ = std::move(*listener);
  local_ = listener_->local();
  thread_ = std::make_unique<posix::RuntimeThread>(
      outside_, [] {},
      [this] {
        listener_.reset();
        guests_.clear();
      });
  return {};
}

void WorldDoor::OnAccept(std::unique_ptr<ByteStream> stream) {
  // Those that are over are swept out when there is need of their places.
  std::erase_if(guests_, [](const auto& guest) { return guest.second->over(); });
  if (guests_.size() == kMostConnections) return stream->Abort();
  const uint64_t number = next_++;
  auto guest = std::make_unique<Half>(
      [this, number](Message message) { TellInside(number, std::move(message)); });
  guest->Carry(std::move(stream));
  guests_.emplace(number, std::move(guest));
  post_->Post([this, number] { Connect(number); });
}

void WorldDoor::Connect(uint64_t number) {
  std::erase_if(servers_, [](const auto& server) { return server.second->over(); });
  auto server = std::make_unique<Half>(
      [this, number](Message message) { TellOutside(number, std::move(message)); });
  server->Carry(inside_.ConnectTcp({}, server_, *server));
  servers_.emplace(number, std::move(server));
}

void WorldDoor::TellInside(uint64_t number, Message message) {
  post_->Post([this, number, message = std::move(message)] { Deliver(servers_, number, message); });
}

void WorldDoor::TellOutside(uint64_t number, Message message) {
  outside_.Post(
      [this, number, message = std::move(message)] { Deliver(guests_, number, message); });
}

void WorldDoor::Deliver(Halves& halves, uint64_t number, const Message& message) {
  const auto found = halves.find(number);
  if (found != halves.end()) found->second->Take(message);
}

}  // namespace sfa::conformance
