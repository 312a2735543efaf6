// A runtime for tests of this room and of the engine: virtual time, seeded randomness, UDP between
// its own sockets. Nothing happens by itself: RunFor() does.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_RUNTIME_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_RUNTIME_H_

#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::testing {

class TestRandom final : public Random {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed) {}
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) {
      // splitmix64
      state_ += 0x9E3779B97F4A7C15ull;
      uint64_t z = state_;
      z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
      z = (z ^ z >> 27) * 0x94D049BB133111EBull;
      byte = static_cast<uint8_t>((z ^ z >> 31) >> 56);
    }
  }

 private:
  uint64_t state_;
};

class TestLog final : public Log {
 public:
  void Write(LogLevel, std::string_view component, std::string_view message) override {
    lines.push_back(std::string(component) + ": " + std::string(message));
  }
  std::vector<std::string> lines;
};

class TestRuntime final : public Runtime {
 public:
  explicit TestRuntime(uint64_t seed = 1) : random_(seed) {}

  MonotonicTime Now() const override { return now_; }
  WallTime WallNow() const override {
    return WallTime(std::chrono::seconds(1275350400)) +  // 2010-06-01
           std::chrono::duration_cast<WallTime::duration>(now_.time_since_epoch());
  }
  std::unique_ptr<Timer> NewTimer(Task task) override {
    return std::make_unique<TestTimer>(*this, std::move(task));
  }
  void Post(Task task) override { At(now_, std::move(task)); }

  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local,
                                             UdpReceiver& receiver) override {
    Endpoint bound = local;
    if (bound.port == 0) bound.port = next_port_++;
    if (sockets_.count(bound.port)) return Error{ErrorCode::kAddressInUse, bound.ToString()};
    return std::unique_ptr<UdpSocket>(std::make_unique<TestSocket>(*this, bound, receiver));
  }
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint&, AcceptHandler&) override {
    return Error{ErrorCode::kOther, "no TCP here"};
  }
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint&, const Endpoint&,
                                         StreamHandler&) override {
    std::abort();
  }
  Random& random() override { return random_; }
  FileSystem& files() override { std::abort(); }
  Processes& processes() override { std::abort(); }
  std::vector<NetworkInterface> NetworkInterfaces() override { return {}; }
  TestLog& log() override { return log_; }

  // Runs `task` at `when`, after what is already due then.
  void At(MonotonicTime when, Task task) {
    queue_.emplace(std::make_pair(when, next_event_++), std::move(task));
  }
  void RunFor(Duration time) { RunUntil(now_ + time); }
  void RunUntil(MonotonicTime end) {
    while (!queue_.empty() && queue_.begin()->first.first <= end) {
      auto event = queue_.extract(queue_.begin());
      now_ = std::max(now_, event.key().first);
      event.mapped()();
    }
    now_ = end;
  }
  size_t open_sockets() const { return sockets_.size(); }

 private:
  using EventKey = std::pair<MonotonicTime, uint64_t>;

  class TestTimer final : public Timer {
   public:
    TestTimer(TestRuntime& runtime, Task task) : runtime_(runtime), task_(std::move(task)) {}
    ~TestTimer() override { Cancel(); }
    void StartAt(MonotonicTime when) override {
      Cancel();
      key_ = {std::max(when, runtime_.now_), runtime_.next_event_++};
      runtime_.queue_.emplace(key_, [this] {
        running_ = false;
        const Task task = task_;  // it may destroy this timer
        task();
      });
      running_ = true;
    }
    void Start(Duration delay) override { StartAt(runtime_.now_ + delay); }
    void Cancel() override {
      if (running_) runtime_.queue_.erase(key_);
      running_ = false;
    }
    bool running() const override { return running_; }

   private:
    TestRuntime& runtime_;
    Task task_;
    EventKey key_;
    bool running_ = false;
  };

  class TestSocket final : public UdpSocket {
   public:
    TestSocket(TestRuntime& runtime, const Endpoint& local, UdpReceiver& receiver)
        : runtime_(runtime), local_(local), receiver_(receiver) {
      runtime_.sockets_[local.port] = this;
    }
    ~TestSocket() override { runtime_.sockets_.erase(local_.port); }
    Endpoint local() const override { return local_; }
    Status Send(const Endpoint& to, std::span<const uint8_t> bytes) override {
      runtime_.Post([&runtime = runtime_, from = local_, to,
                     copy = std::vector<uint8_t>(bytes.begin(), bytes.end())] {
        const auto found = runtime.sockets_.find(to.port);
        if (found != runtime.sockets_.end()) found->second->receiver_.OnDatagram(from, copy);
      });
      return {};
    }

   private:
    TestRuntime& runtime_;
    Endpoint local_;
    UdpReceiver& receiver_;
  };

  MonotonicTime now_{};
  uint64_t next_event_ = 0;
  std::map<EventKey, Task> queue_;
  std::map<uint16_t, TestSocket*> sockets_;
  uint16_t next_port_ = 20000;
  TestRandom random_;
  TestLog log_;
};

}  // namespace sfa::testing

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_TEST_RUNTIME_H_
