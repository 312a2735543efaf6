// For the tests of this room: hosts, NATs and a lossy Internet in memory, on a clock of its own.
// Every datagram takes 10 ms. Nothing of it is deployed.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_TEST_WORLD_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_TEST_WORLD_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::path {

class TestHost;

// In the words of RFC 4787.
enum class TestMapping { kEndpointIndependent, kSequential, kUnpredictable };
enum class TestFiltering { kNone, kAddress, kAddressAndPort };
struct TestNatKind {
  TestMapping mapping = TestMapping::kEndpointIndependent;
  TestFiltering filtering = TestFiltering::kAddressAndPort;
  bool lets_udp_out = true;
};

// A NAT without timers and without hairpinning.
class TestNat {
 public:
  TestNat(Ipv4Address external, const TestNatKind& kind) : external_(external), kind_(kind) {}
  Ipv4Address external() const { return external_; }
  const TestNatKind& kind() const { return kind_; }
  Endpoint Out(const Endpoint& from, const Endpoint& to);
  std::optional<Endpoint> In(const Endpoint& from, uint16_t port) const;

  // Forgets everything; what comes next gets other ports.
  void Reboot();
  // The same, with another address.
  void Move(const std::string& external);

 private:
  uint16_t NextPort();

  Ipv4Address external_;
  const TestNatKind kind_;
  uint16_t next_port_ = 20000;
  std::map<std::pair<Endpoint, Endpoint>, uint16_t> ports_;
  std::map<uint16_t, Endpoint> insides_;
  std::set<std::pair<uint16_t, Endpoint>> permitted_;
};

class TestWorld {
 public:
  explicit TestWorld(uint64_t seed = 1) : state_(seed) {}

  // Hosts behind the same NAT reach each other by their inside addresses.
  TestHost& AddHost(const std::string& address, TestNat* nat = nullptr);
  TestNat& AddNat(const std::string& external, const TestNatKind& kind = {});
  // Filters by address and port; `symmetric`: a port per destination, one after the other.
  TestNat& AddNat(const std::string& external, bool symmetric);

  MonotonicTime Now() const { return now_; }
  void RunFor(Duration duration);
  bool RunUntil(const std::function<bool()>& predicate, Duration limit);

  // Probability, in per cent, that a datagram is lost.
  void SetLoss(int percent) { loss_percent_ = percent; }
  uint64_t sent() const { return sent_; }
  uint64_t Random64();
  void After(Duration delay, std::function<void()> event) { At(now_ + delay, std::move(event)); }
  // Whether the two could talk if nothing filtered.
  static bool Connected(const TestHost& a, const TestHost& b);

 private:
  friend class TestHost;
  friend class TestTimer;
  friend class TestSocket;
  void At(MonotonicTime when, std::function<void()> event);
  bool RunNext(MonotonicTime limit);
  void Deliver(TestHost& sender, const Endpoint& from, const Endpoint& to,
               std::vector<uint8_t> bytes);

  MonotonicTime now_{};
  uint64_t order_ = 0;
  std::map<std::pair<MonotonicTime, uint64_t>, std::function<void()>> events_;
  std::vector<std::unique_ptr<TestNat>> nats_;
  std::vector<std::unique_ptr<TestHost>> hosts_;
  int loss_percent_ = 0;
  uint64_t sent_ = 0;
  uint64_t state_;
};

// A host with one process. Of the runtime only clock, timers, UDP and randomness work.
class TestHost final : public Runtime, private sfa::Random, private Log {
 public:
  TestHost(TestWorld& world, Ipv4Address address, TestNat* nat);

  Ipv4Address address() const { return address_; }
  TestNat* nat() const { return nat_; }
  // Nothing goes out or comes in until it is plugged in again.
  void Unplug() { unplugged_ = true; }
  void Plug() { unplugged_ = false; }

  MonotonicTime Now() const override { return world_.Now(); }
  WallTime WallNow() const override { return WallTime(); }
  std::unique_ptr<Timer> NewTimer(Task task) override;
  void Post(Task task) override { world_.At(world_.Now(), std::move(task)); }
  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local, UdpReceiver& receiver) override;
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint&, AcceptHandler&) override;
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint&, const Endpoint&, StreamHandler&) override;
  sfa::Random& random() override { return *this; }
  FileSystem& files() override;
  Processes& processes() override;
  std::vector<NetworkInterface> NetworkInterfaces() override;
  Log& log() override { return *this; }

 private:
  friend class TestWorld;
  friend class TestSocket;
  void Fill(std::span<uint8_t> bytes) override;
  void Write(LogLevel, std::string_view, std::string_view) override {}

  TestWorld& world_;
  const Ipv4Address address_;
  TestNat* const nat_;
  bool unplugged_ = false;
  std::map<uint16_t, UdpReceiver*> sockets_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_TEST_WORLD_H_
