#include "protocol/path/tcp_ways.h"

#include <algorithm>
#include <utility>

#include "protocol/turn/frames.h"

namespace sfa::path {

class TcpWays::Connection final : private StreamHandler {
 public:
  // A connection that has been accepted.
  Connection(TcpWays& owner, WayId way, std::unique_ptr<ByteStream> stream)
      : owner_(owner), way_(way), since_(owner.runtime_.Now()), heard_(since_), stranger_(true) {
    Use(std::move(stream));
    writer_->Open();
    connected_ = true;
  }
  // One that is to be made.
  Connection(TcpWays& owner, WayId way, const Endpoint& remote)
      : owner_(owner), way_(way), since_(owner.runtime_.Now()), heard_(since_) {
    Use(owner.runtime_.ConnectTcp({owner.bind_, 0}, remote, *this));
    remote_ = remote;
  }

  WayId way() const { return way_; }
  bool stranger() const { return stranger_; }
  void Acknowledge() { stranger_ = false; }
  bool IsOver(MonotonicTime now) const {
    if (!connected_) return now >= since_ + kConnectTime;
    return now >= (stranger_ ? since_ + kStrangerTime : heard_ + kIdleTime);
  }
  bool Write(std::span<const uint8_t> packet, bool urgent) {
    if (packet.size() > kMaxDatagramBytes) return false;
    const std::array<uint8_t, turn::kRfc4571HeaderBytes> header{
        static_cast<uint8_t>(packet.size() >> 8), static_cast<uint8_t>(packet.size())};
    return writer_->Write(header, packet, urgent);
  }
  // Sends what has been taken, ends the stream. Nothing is heard of it any more.
  void Shut() {
    writer_.reset();
    stream_.reset();
  }

 private:
  void Use(std::unique_ptr<ByteStream> stream) {
    stream_ = std::move(stream);
    stream_->SetHandler(this);
    writer_.emplace(owner_.runtime_, *stream_);
    remote_ = stream_->remote();
  }
  void OnConnected() override {
    connected_ = true;
    heard_ = owner_.runtime_.Now();
    writer_->Open();
  }
  void OnData(std::span<const uint8_t> bytes) override {
    heard_ = owner_.runtime_.Now();
    const bool sound = reader_.Read(bytes, [this](std::span<const uint8_t> frame) {
      // An empty one is a keepalive (RFC 4571 section 2).
      if (frame.size() > turn::kRfc4571HeaderBytes) {
        owner_.user_.OnTcpPacket({way_, remote_}, frame.subspan(turn::kRfc4571HeaderBytes));
      }
      return stream_ != nullptr;
    });
    if (!sound) owner_.Lose(way_);
  }
  void OnWritable() override { writer_->OnWritable(); }
  void OnEndOfStream() override { owner_.Lose(way_); }
  void OnError(const Error& error) override {
    static_cast<void>(error);
    owner_.Lose(way_);
  }

  TcpWays& owner_;
  const WayId way_;
  const MonotonicTime since_;
  MonotonicTime heard_;
  bool stranger_ = false;
  bool connected_ = false;
  Endpoint remote_;
  std::unique_ptr<ByteStream> stream_;
  std::optional<turn::FrameWriter> writer_;
  turn::FrameReader reader_{&turn::Rfc4571FrameSize};
};

TcpWays::TcpWays(Runtime& runtime, Ipv4Address bind, TcpWaysUser& user)
    : runtime_(runtime), bind_(bind), user_(user), sweep_(runtime.NewTimer([this] { Sweep(); })) {}

TcpWays::~TcpWays() = default;

Status TcpWays::Listen(uint16_t port) {
  auto listener = runtime_.ListenTcp({bind_, port}, *this);
  if (!listener.ok()) return listener.error();
  listeners_.push_back(std::move(listener).value());
  return {};
}

std::vector<Endpoint> TcpWays::listeners() const {
  std::vector<Endpoint> endpoints;
  for (const auto& listener : listeners_) endpoints.push_back(listener->local());
  return endpoints;
}

TcpWays::Connection& TcpWays::Add(std::unique_ptr<Connection> connection) {
  const WayId way = connection->way();
  if (connections_.empty()) sweep_->Start(kSweep);
  return *connections_.emplace(way, std::move(connection)).first->second;
}

void TcpWays::OnAccept(std::unique_ptr<ByteStream> stream) {
  MakeRoomForStranger();
  if (connections_.size() >= kMaxConnections) {
    stream->Abort();
    return;
  }
  const WayId way = std::exchange(next_way_, next_way_ + 2);
  Add(std::make_unique<Connection>(*this, way, std::move(stream)));
}

void TcpWays::MakeRoomForStranger() {
  const auto is_stranger = [](const auto& entry) { return entry.second->stranger(); };
  const auto strangers = std::count_if(connections_.begin(), connections_.end(), is_stranger);
  if (static_cast<size_t>(strangers) < kMaxStrangers) return;
  Lose(std::find_if(connections_.begin(), connections_.end(), is_stranger)->first);
}

std::optional<WayId> TcpWays::Connect(const Endpoint& remote) {
  if (connections_.size() >= kMaxConnections) return std::nullopt;
  const WayId way = std::exchange(next_way_, next_way_ + 2);
  Add(std::make_unique<Connection>(*this, way, remote));
  return way;
}

void TcpWays::Close(WayId way) {
  const auto found = connections_.find(way);
  if (found == connections_.end()) return;
  Retire(std::move(found->second));
  connections_.erase(found);
}

void TcpWays::Lose(WayId way) {
  if (connections_.count(way) == 0) return;
  Close(way);
  user_.OnTcpClosed(way);
}

void TcpWays::Retire(std::unique_ptr<Connection> connection) {
  connection->Shut();
  if (retired_.empty()) {
    runtime_.Post([this, alive = std::weak_ptr<int>(alive_)] {
      if (!alive.expired()) retired_.clear();
    });
  }
  retired_.push_back(std::move(connection));
}

void TcpWays::Acknowledge(WayId way) {
  const auto found = connections_.find(way);
  if (found != connections_.end()) found->second->Acknowledge();
}

bool TcpWays::Send(WayId way, std::span<const uint8_t> packet, bool urgent) {
  const auto found = connections_.find(way);
  return found != connections_.end() && found->second->Write(packet, urgent);
}

void TcpWays::Sweep() {
  std::vector<WayId> over;
  for (const auto& [way, connection] : connections_) {
    if (connection->IsOver(runtime_.Now())) over.push_back(way);
  }
  for (const WayId way : over) Lose(way);
  if (!connections_.empty()) sweep_->Start(kSweep);
}

}  // namespace sfa::path
