// For tests of the protocol's layers: processes that reach each other over plain pipes in virtual
// time, without any network between them. Worlds with links and NATs are network_sim's.
#ifndef REFERENCE_IMPL_PROTOCOL_STREAM_TEST_WORLD_H_
#define REFERENCE_IMPL_PROTOCOL_STREAM_TEST_WORLD_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::stream {

class TestRuntime;

class TestWorld {
 public:
  static constexpr Duration kDelay = std::chrono::milliseconds(10);

  void At(MonotonicTime when, Task task) {
    events_.emplace(std::pair(when, next_++), std::move(task));
  }
  MonotonicTime Now() const { return now_; }
  void RunUntil(MonotonicTime when) {
    while (!events_.empty() && events_.begin()->first.first <= when) RunOne();
    now_ = when;
  }
  void RunFor(Duration duration) { RunUntil(now_ + duration); }

  // How a pipe cuts what is written: bytes in the next piece, given how many there are.
  std::function<size_t(size_t available)> piece = [](size_t available) { return available; };
  // Sees and changes each piece on its way.
  std::function<void(bool to_server, std::vector<uint8_t>& bytes)> on_the_way =
      [](bool, std::vector<uint8_t>&) {};
  // Whether whoever connects from here to there hears anything, if only a refusal.
  std::function<bool(const Endpoint& from, const Endpoint& to)> tcp_answers =
      [](const Endpoint&, const Endpoint&) { return true; };
  // Whether datagrams arrive.
  bool udp_works = true;
  // What a pipe takes before the reader has read it.
  size_t window = 64 * 1024;

 private:
  friend class TestRuntime;
  friend class TestStream;
  friend class TestUdp;

  void RunOne() {
    auto node = events_.extract(events_.begin());
    now_ = node.key().first;
    node.mapped()();
  }

  MonotonicTime now_{};
  uint64_t next_ = 0;
  std::map<std::pair<MonotonicTime, uint64_t>, Task> events_;
  std::map<Endpoint, class TestUdp*> udp_;
  std::map<Endpoint, class TestListener*> listeners_;
};

class TestTimer final : public Timer {
 public:
  TestTimer(TestWorld& world, Task task)
      : world_(world), state_(std::make_shared<State>(State{std::move(task), 0})) {}
  ~TestTimer() override { Cancel(); }
  void StartAt(MonotonicTime when) override {
    running_ = true;
    world_.At(std::max(when, world_.Now()),
              [this, state = std::weak_ptr<State>(state_), round = ++state_->round] {
                const auto locked = state.lock();
                if (!locked || locked->round != round) return;
                running_ = false;
                locked->task();
              });
  }
  void Start(Duration delay) override { StartAt(world_.Now() + delay); }
  void Cancel() override {
    running_ = false;
    ++state_->round;
  }
  bool running() const override { return running_; }

 private:
  struct State {
    Task task;
    uint64_t round;
  };
  TestWorld& world_;
  std::shared_ptr<State> state_;
  bool running_ = false;
};

// One end of a pipe.
class TestStream final : public ByteStream {
 public:
  TestStream(TestWorld& world, bool client, Endpoint local, Endpoint remote, StreamHandler* handler)
      : world_(world), client_(client), local_(local), remote_(remote), handler_(handler) {}
  ~TestStream() override {
    if (!ended_) End();
    *self_ = nullptr;
  }

  static void Join(TestStream& a, TestStream& b) {
    a.peer_ = b.self_;
    b.peer_ = a.self_;
  }

  void SetHandler(StreamHandler* handler) override { handler_ = handler; }
  size_t Write(std::span<const uint8_t> bytes) override {
    if (ended_ || dead_) return 0;
    const size_t room = world_.window - std::min(world_.window, in_flight_);
    const size_t taken = std::min(room, bytes.size());
    if (taken < bytes.size()) wants_room_ = true;
    in_flight_ += taken;
    bytes = bytes.first(taken);
    while (!bytes.empty()) {
      const size_t size = std::clamp<size_t>(world_.piece(bytes.size()), 1, bytes.size());
      std::vector<uint8_t> sent(bytes.begin(), bytes.begin() + static_cast<long>(size));
      bytes = bytes.subspan(size);
      world_.on_the_way(client_, sent);
      ToPeer([sent = std::move(sent), size, writer = self_](TestStream& peer) {
        peer.arrived_.push_back({sent, size, writer});
        peer.Read();
      });
    }
    return taken;
  }
  void ShutdownWrite() override {
    if (!ended_) End();
  }
  void Abort() override {
    if (dead_) return;
    dead_ = ended_ = true;
    ToPeer([](TestStream& peer) { peer.Die({ErrorCode::kReset, "reset"}); });
  }
  void PauseReading() override { paused_ = true; }
  void ResumeReading() override {
    paused_ = false;
    world_.At(world_.Now(), [self = self_] {
      if (*self != nullptr) (*self)->Read();
    });
  }
  Endpoint local() const override { return local_; }
  Endpoint remote() const override { return remote_; }

  const std::shared_ptr<TestStream*>& self() const { return self_; }
  void Connected() {
    if (!dead_ && handler_ != nullptr) handler_->OnConnected();
  }
  void Die(const Error& error) {
    if (dead_) return;
    dead_ = true;
    if (handler_ != nullptr) handler_->OnError(error);
  }

 private:
  struct Piece {
    std::vector<uint8_t> bytes;
    size_t size;  // as written
    std::shared_ptr<TestStream*> writer;
  };

  void End() {
    ended_ = true;
    ToPeer([](TestStream& peer) {
      peer.end_arrived_ = true;
      peer.Read();
    });
  }
  template <typename Deliver>
  void ToPeer(Deliver deliver) {
    world_.At(world_.Now() + TestWorld::kDelay, [peer = peer_, deliver] {
      if (peer && *peer != nullptr) deliver(**peer);
    });
  }
  void Read() {
    const auto self = self_;
    while (*self != nullptr && !paused_ && !dead_ && handler_ != nullptr) {
      if (arrived_.empty()) {
        if (end_arrived_ && !end_seen_) {
          end_seen_ = true;
          handler_->OnEndOfStream();
        }
        return;
      }
      const Piece piece = std::move(arrived_.front());
      arrived_.pop_front();
      if (*piece.writer != nullptr) (*piece.writer)->Taken(piece.size);
      if (!piece.bytes.empty()) handler_->OnData(piece.bytes);
    }
  }
  void Taken(size_t size) {
    in_flight_ -= size;
    if (!wants_room_) return;
    wants_room_ = false;
    world_.At(world_.Now() + TestWorld::kDelay, [self = self_] {
      if (*self != nullptr && !(*self)->dead_) (*self)->handler_->OnWritable();
    });
  }

  TestWorld& world_;
  const bool client_;
  const Endpoint local_, remote_;
  StreamHandler* handler_;
  std::shared_ptr<TestStream*> self_ = std::make_shared<TestStream*>(this);
  std::shared_ptr<TestStream*> peer_;
  std::deque<Piece> arrived_;
  size_t in_flight_ = 0;
  bool wants_room_ = false, paused_ = false, ended_ = false, dead_ = false;
  bool end_arrived_ = false, end_seen_ = false;
};

class TestListener final : public TcpListener {
 public:
  TestListener(std::map<Endpoint, TestListener*>& all, Endpoint local, AcceptHandler& handler)
      : all_(all), local_(local), handler_(handler) {
    all_[local] = this;
  }
  ~TestListener() override { all_.erase(local_); }
  Endpoint local() const override { return local_; }
  AcceptHandler& handler() { return handler_; }

 private:
  std::map<Endpoint, TestListener*>& all_;
  const Endpoint local_;
  AcceptHandler& handler_;
};

class TestUdp final : public UdpSocket {
 public:
  TestUdp(TestWorld& world, Endpoint local, UdpReceiver& receiver)
      : world_(world), local_(local), receiver_(receiver) {
    world_.udp_[local] = this;
  }
  ~TestUdp() override { world_.udp_.erase(local_); }
  Endpoint local() const override { return local_; }
  Status Send(const Endpoint& to, std::span<const uint8_t> bytes) override {
    if (!world_.udp_works) return {};
    world_.At(world_.Now() + TestWorld::kDelay,
              [&world = world_, from = local_, to, sent = std::vector(bytes.begin(), bytes.end())] {
                const auto found = world.udp_.find(to);
                if (found != world.udp_.end()) found->second->receiver_.OnDatagram(from, sent);
              });
    return {};
  }

 private:
  TestWorld& world_;
  const Endpoint local_;
  UdpReceiver& receiver_;
};

// One process at one address; what it has no use for (files, processes) is the heir's to offer.
class TestRuntime : public Runtime, private Random, private Log {
 public:
  TestRuntime(TestWorld& world, Ipv4Address address, uint64_t seed)
      : world_(world), address_(address), seed_(seed) {}

  MonotonicTime Now() const override { return world_.Now(); }
  WallTime WallNow() const override {
    return WallTime(std::chrono::seconds(1275350400)) +  // 2010-06-01
           std::chrono::duration_cast<WallClock::duration>(world_.Now().time_since_epoch());
  }
  std::unique_ptr<Timer> NewTimer(Task task) override {
    return std::make_unique<TestTimer>(world_, std::move(task));
  }
  void Post(Task task) override {
    world_.At(world_.Now(), [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
      if (alive.lock()) task();
    });
  }
  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local,
                                             UdpReceiver& receiver) override {
    const Endpoint bound = {address_, local.port != 0 ? local.port : next_port_++};
    if (world_.udp_.count(bound) != 0) return Error{ErrorCode::kAddressInUse, bound.ToString()};
    return std::unique_ptr<UdpSocket>(std::make_unique<TestUdp>(world_, bound, receiver));
  }
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                 AcceptHandler& handler) override {
    const Endpoint bound = {address_, local.port != 0 ? local.port : next_port_++};
    return std::unique_ptr<TcpListener>(
        std::make_unique<TestListener>(world_.listeners_, bound, handler));
  }
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint&, const Endpoint& remote,
                                         StreamHandler& handler) override {
    const Endpoint local = {address_, next_port_++};
    auto client = std::make_unique<TestStream>(world_, true, local, remote, &handler);
    world_.At(world_.Now() + TestWorld::kDelay,
              [&world = world_, local, remote, self = client->self()] {
                if (*self == nullptr || !world.tcp_answers(local, remote)) return;
                const auto found = world.listeners_.find(remote);
                if (found == world.listeners_.end()) {
                  (*self)->Die({ErrorCode::kRefused, "refused"});
                  return;
                }
                auto server = std::make_unique<TestStream>(world, false, remote, local, nullptr);
                TestStream::Join(**self, *server);
                found->second->handler().OnAccept(std::move(server));
                (*self)->Connected();
              });
    return client;
  }
  Random& random() override { return *this; }
  FileSystem& files() override { std::abort(); }
  Processes& processes() override { std::abort(); }
  std::vector<NetworkInterface> NetworkInterfaces() override {
    return {{"eth0", {2, 0, 0, 0, 0, 1}, true, false, {address_}}};
  }
  Log& log() override { return *this; }

 private:
  // SplitMix64.
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) {
      uint64_t z = seed_ += 0x9E3779B97F4A7C15ull;
      z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
      z = (z ^ z >> 27) * 0x94D049BB133111EBull;
      byte = static_cast<uint8_t>(z >> 56);
    }
  }
  void Write(LogLevel, std::string_view, std::string_view) override {}

  TestWorld& world_;
  const Ipv4Address address_;
  uint64_t seed_;
  uint16_t next_port_ = 40000;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace sfa::stream

#endif  // REFERENCE_IMPL_PROTOCOL_STREAM_TEST_WORLD_H_
