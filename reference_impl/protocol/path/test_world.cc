#include "protocol/path/test_world.h"

#include <algorithm>
#include <cstdlib>

namespace sfa::path {
namespace {

constexpr Duration kTransit = std::chrono::milliseconds(10);
constexpr uint16_t kFirstFreePort = 40000;

}  // namespace

class TestTimer final : public Timer {
 public:
  TestTimer(TestWorld& world, Task task) : world_(world), task_(std::move(task)) {}
  ~TestTimer() override { Cancel(); }
  void StartAt(MonotonicTime when) override {
    Cancel();
    when_ = when;
    alive_ = std::make_shared<bool>(true);
    world_.At(when, [this, alive = alive_] {
      if (!*alive) return;
      *alive = false;
      // The task may destroy this timer.
      const Task task = task_;
      task();
    });
  }
  void Start(Duration delay) override { StartAt(world_.Now() + delay); }
  void Cancel() override {
    if (alive_) *alive_ = false;
  }
  bool running() const override { return alive_ && *alive_; }

 private:
  TestWorld& world_;
  Task task_;
  MonotonicTime when_{};
  std::shared_ptr<bool> alive_;
};

class TestSocket final : public UdpSocket {
 public:
  TestSocket(TestHost& host, const Endpoint& local) : host_(host), local_(local) {}
  ~TestSocket() override { host_.sockets_.erase(local_.port); }
  Endpoint local() const override { return local_; }
  Status Send(const Endpoint& to, std::span<const uint8_t> bytes) override {
    host_.world_.Deliver(host_, {host_.address_, local_.port}, to, {bytes.begin(), bytes.end()});
    return {};
  }

 private:
  TestHost& host_;
  Endpoint local_;
};

Endpoint TestNat::Out(const Endpoint& from, const Endpoint& to) {
  const bool independent = kind_.mapping == TestMapping::kEndpointIndependent;
  const auto [entry, fresh] = ports_.try_emplace({from, independent ? Endpoint() : to}, 0);
  if (fresh) {
    entry->second = NextPort();
    insides_[entry->second] = from;
  }
  permitted_.insert({entry->second, to});
  return {external_, entry->second};
}

uint16_t TestNat::NextPort() {
  constexpr uint16_t kFirst = 20000;
  constexpr uint16_t kCount = 40000;
  constexpr uint16_t kLeap = 7919;  // has no divisor in common with the count
  const uint16_t port = next_port_;
  const uint16_t step = kind_.mapping == TestMapping::kUnpredictable ? kLeap : 1;
  next_port_ = static_cast<uint16_t>(kFirst + (port - kFirst + step) % kCount);
  return port;
}

std::optional<Endpoint> TestNat::In(const Endpoint& from, uint16_t port) const {
  const auto inside = insides_.find(port);
  if (inside == insides_.end()) return std::nullopt;
  const auto admits = [&](const std::pair<uint16_t, Endpoint>& sent) {
    return sent.first == port &&
           (kind_.filtering == TestFiltering::kNone || sent.second.address == from.address) &&
           (kind_.filtering != TestFiltering::kAddressAndPort || sent.second == from);
  };
  if (std::none_of(permitted_.begin(), permitted_.end(), admits)) return std::nullopt;
  return inside->second;
}

void TestNat::Reboot() {
  ports_.clear();
  insides_.clear();
  permitted_.clear();
  next_port_ = static_cast<uint16_t>(next_port_ + 1000);
}

void TestNat::Move(const std::string& external) {
  Reboot();
  external_ = *Ipv4Address::Parse(external);
}

TestHost& TestWorld::AddHost(const std::string& address, TestNat* nat) {
  return *hosts_.emplace_back(std::make_unique<TestHost>(*this, *Ipv4Address::Parse(address), nat));
}

TestNat& TestWorld::AddNat(const std::string& external, const TestNatKind& kind) {
  return *nats_.emplace_back(std::make_unique<TestNat>(*Ipv4Address::Parse(external), kind));
}

TestNat& TestWorld::AddNat(const std::string& external, bool symmetric) {
  TestNatKind kind;
  if (symmetric) kind.mapping = TestMapping::kSequential;
  return AddNat(external, kind);
}

bool TestWorld::Connected(const TestHost& a, const TestHost& b) {
  return !a.unplugged_ && !b.unplugged_;
}

void TestWorld::At(MonotonicTime when, std::function<void()> event) {
  events_.emplace(std::make_pair(std::max(when, now_), order_++), std::move(event));
}

bool TestWorld::RunNext(MonotonicTime limit) {
  const auto next = events_.begin();
  if (next == events_.end() || next->first.first > limit) return false;
  now_ = next->first.first;
  const auto event = std::move(next->second);
  events_.erase(next);
  event();
  return true;
}

void TestWorld::RunFor(Duration duration) {
  const MonotonicTime end = now_ + duration;
  while (RunNext(end)) continue;
  now_ = end;
}

bool TestWorld::RunUntil(const std::function<bool()>& predicate, Duration limit) {
  const MonotonicTime end = now_ + limit;
  while (!predicate()) {
    if (!RunNext(end)) return false;
  }
  return true;
}

uint64_t TestWorld::Random64() {
  // splitmix64
  state_ += 0x9E3779B97F4A7C15;
  uint64_t value = state_;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return value ^ value >> 31;
}

void TestWorld::Deliver(TestHost& sender, const Endpoint& from, const Endpoint& to,
                        std::vector<uint8_t> bytes) {
  ++sent_;
  if (sender.unplugged_) return;
  TestHost* receiver = nullptr;
  Endpoint source = from;
  Endpoint target = to;
  for (const auto& host : hosts_) {
    if (host->address_ == to.address && host->nat_ == sender.nat_) receiver = host.get();
  }
  if (!receiver) {
    if (static_cast<int>(Random64() % 100) < loss_percent_) return;
    if (sender.nat_ && !sender.nat_->kind().lets_udp_out) return;
    if (sender.nat_) source = sender.nat_->Out(from, to);
  }
  At(now_ + kTransit, [this, receiver, source, target, bytes = std::move(bytes)]() mutable {
    for (const auto& nat : nats_) {
      if (receiver || nat->external() != target.address) continue;
      const auto inside = nat->In(source, target.port);
      if (!inside) return;
      target = *inside;
      for (const auto& host : hosts_) {
        if (host->nat_ == nat.get() && host->address_ == target.address) receiver = host.get();
      }
    }
    for (const auto& host : hosts_) {
      if (!receiver && !host->nat_ && host->address_ == target.address) receiver = host.get();
    }
    if (!receiver || receiver->unplugged_) return;
    const auto socket = receiver->sockets_.find(target.port);
    if (socket != receiver->sockets_.end()) socket->second->OnDatagram(source, bytes);
  });
}

TestHost::TestHost(TestWorld& world, Ipv4Address address, TestNat* nat)
    : world_(world), address_(address), nat_(nat) {}

std::unique_ptr<Timer> TestHost::NewTimer(Task task) {
  return std::make_unique<TestTimer>(world_, std::move(task));
}

Result<std::unique_ptr<UdpSocket>> TestHost::OpenUdp(const Endpoint& local, UdpReceiver& receiver) {
  Endpoint bound = local;
  while (bound.port == 0 || (local.port == 0 && sockets_.count(bound.port) != 0)) {
    bound.port = bound.port == 0 ? kFirstFreePort : static_cast<uint16_t>(bound.port + 1);
  }
  if (!sockets_.emplace(bound.port, &receiver).second) {
    return Error{ErrorCode::kAddressInUse, "port " + std::to_string(bound.port) + " is taken"};
  }
  return std::unique_ptr<UdpSocket>(std::make_unique<TestSocket>(*this, bound));
}

std::vector<NetworkInterface> TestHost::NetworkInterfaces() {
  NetworkInterface ethernet;
  ethernet.name = "eth0";
  ethernet.addresses = {address_};
  NetworkInterface loopback;
  loopback.name = "lo";
  loopback.loopback = true;
  loopback.addresses = {Ipv4Address::Loopback()};
  return {loopback, ethernet};
}

void TestHost::Fill(std::span<uint8_t> bytes) {
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(world_.Random64());
}

Result<std::unique_ptr<TcpListener>> TestHost::ListenTcp(const Endpoint&, AcceptHandler&) {
  return Error{ErrorCode::kOther, "no TCP here"};
}
std::unique_ptr<ByteStream> TestHost::ConnectTcp(const Endpoint&, const Endpoint&, StreamHandler&) {
  std::abort();
}
FileSystem& TestHost::files() { std::abort(); }
Processes& TestHost::processes() { std::abort(); }

}  // namespace sfa::path
