// For the tests of the path agent: a media port with all its ways over the world in memory, whose
// relay and TCP take the round trips that real ones take. Nothing of it is deployed.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_TEST_PORT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_TEST_PORT_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/path/check_port.h"
#include "protocol/path/media_port.h"
#include "protocol/path/test_world.h"

namespace sfa::path {

class TestPort;

// Tells whoever asks where the question came from.
class TestStunServer final : private UdpReceiver {
 public:
  TestStunServer(TestHost& host, uint16_t port);
  Endpoint endpoint() const { return endpoint_; }

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  const Endpoint endpoint_;
  std::unique_ptr<UdpSocket> socket_;
};

// A relay as TURN is one, with a protocol of three bytes: it knows its clients by the endpoint from
// which they come, and admits to an allocation what comes from addresses to which it was opened.
class TestRelay final : private UdpReceiver {
 public:
  explicit TestRelay(TestHost& host);
  ~TestRelay();
  TestHost& host() { return host_; }
  Endpoint endpoint() const;

 private:
  struct Allocation;
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  TestHost& host_;
  std::unique_ptr<UdpSocket> socket_;
  std::map<Endpoint, std::unique_ptr<Allocation>> allocations_;
};

// The listeners of a world.
class TestTcp {
 public:
  explicit TestTcp(TestWorld& world) : world_(world) {}

 private:
  friend class TestPort;
  TestWorld& world_;
  std::map<Endpoint, TestPort*> listeners_;
};

struct TestPortSettings {
  bool udp = true;
  std::optional<Endpoint> stun_server;
  // Asked for a fresh mapping when a call begins: a sequential NAT is known of.
  std::optional<Endpoint> fresh_server;
  TestRelay* relay = nullptr;
  std::vector<Endpoint> listeners;
};

class TestPort final : public MediaPort, public CheckPort, private UdpReceiver {
 public:
  TestPort(TestHost& host, TestTcp& tcp, const TestPortSettings& settings);
  ~TestPort() override;

  // Used from the next allocation on.
  void SetRelay(TestRelay* relay) { settings_.relay = relay; }
  void SetMapping(Mapping mapping) { surroundings_.mapping = mapping; }
  // As if the other end had closed it, or the network.
  void BreakTcp();
  size_t connections() const { return connections_.size(); }
  int suspicions() const { return suspicions_; }
  // The way to the relay is closed at the next moment.
  void LoseRelay();

  // MediaPort
  bool uses_udp() const override { return socket_ != nullptr; }
  Endpoint local() const override { return socket_ ? socket_->local() : Endpoint(); }
  std::vector<Endpoint> tcp_listeners() const override { return settings_.listeners; }
  std::vector<Endpoint> host_endpoints() const override;
  std::optional<Endpoint> mapped() const override { return mapped_; }
  void AskMapping(const Endpoint&, Duration, std::function<void(const Sighting&)>) override {}
  void UseStunServer(const Endpoint&) override {}
  void SetSurroundings(const Surroundings& surroundings) override { surroundings_ = surroundings; }
  const Surroundings& surroundings() const override { return surroundings_; }
  void SetRelays(const RelaySettings&) override {}
  void AddReceiver(uint32_t ssrc, MediaReceiver* receiver) override { receivers_[ssrc] = receiver; }
  void RemoveReceiver(uint32_t ssrc) override { receivers_.erase(ssrc); }
  Status SendMedia(const Route& to, std::span<const uint8_t> packet) override;
  CheckPort* checks() override { return this; }

  // CheckPort
  bool AddUser(const std::string& ufrag, CheckUser* user, bool wants_relay) override;
  void RemoveUser(const std::string& ufrag) override;
  void Expect(const stun::TransactionId& id, CheckUser* user) override { expected_[id] = user; }
  void Forget(const stun::TransactionId& id) override { expected_.erase(id); }
  std::vector<LocalCandidate> LocalCandidates() const override;
  WayKind KindOf(WayId way) const override;
  void SendStun(const Route& to, stun::Bytes message) override;
  std::optional<WayId> ConnectTcp(const Endpoint& remote) override;
  void CloseWay(WayId way) override;
  void Suspect() override;
  void CountDropped() override { ++dropped_; }
  uint64_t dropped() const override { return dropped_; }

  size_t expected() const { return expected_.size(); }

 private:
  using Packet = std::vector<uint8_t>;
  struct Connection {
    Endpoint remote;
    TestPort* peer = nullptr;  // once established
    WayId peer_way = 0;
    std::deque<Packet> waiting;
  };

  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  void OnPacket(const Route& from, std::span<const uint8_t> bytes);
  void OnStun(const Route& from, std::span<const uint8_t> bytes);
  void OnRelay(std::span<const uint8_t> bytes);
  void Send(const Route& to, std::span<const uint8_t> packet, bool waits);

  void AskMappings();
  void Ask(const Endpoint& server);
  void OnMapping(const Endpoint& server, const Endpoint& mapped);

  void Allocate();
  void SendToRelay(char kind, const Endpoint& about, std::span<const uint8_t> payload);
  void Established(WayId way, TestPort& peer, WayId peer_way);
  void SendByTcp(Connection& connection, Packet packet);
  void TellLocalCandidates();
  void TellClosed(WayId way);
  template <typename Tell>
  void TellUsers(Tell tell);

  TestHost& host_;
  TestTcp& tcp_;
  TestPortSettings settings_;
  std::unique_ptr<UdpSocket> socket_;
  Surroundings surroundings_;
  std::map<uint32_t, MediaReceiver*> receivers_;
  std::map<std::string, CheckUser*, std::less<>> users_;
  std::map<stun::TransactionId, CheckUser*> expected_;

  std::optional<Endpoint> mapped_;
  std::vector<Endpoint> foretold_;
  std::map<stun::TransactionId, Endpoint> questions_;
  std::unique_ptr<Timer> ask_again_;
  int asks_left_ = 0;

  bool wants_relay_ = false;
  TestRelay* relay_ = nullptr;  // of the allocation, or asked for one
  std::optional<Endpoint> relayed_;
  WayId relay_way_ = 0;
  std::map<Ipv4Address, std::deque<std::pair<Endpoint, Packet>>> unpermitted_;
  std::set<Ipv4Address> permitted_;
  std::unique_ptr<Timer> allocate_, relay_silent_;

  WayId last_way_ = kUdpWay;
  std::map<WayId, Connection> connections_;
  std::set<WayId> tcp_ways_;  // all there ever were
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  uint64_t dropped_ = 0;
  int suspicions_ = 0;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_TEST_PORT_H_
