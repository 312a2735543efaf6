#include "protocol/path/test_port.h"

#include <algorithm>

#include "protocol/path/local_candidates.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/server.h"

namespace sfa::path {
namespace {

constexpr Duration kTransit = std::chrono::milliseconds(10);
constexpr uint16_t kRelayPort = 3478;
constexpr size_t kMaxWaiting = 3;

// Kind, an endpoint, a payload.
constexpr size_t kHeader = 7;
std::vector<uint8_t> RelayMessage(char kind, const Endpoint& about,
                                  std::span<const uint8_t> payload) {
  std::vector<uint8_t> bytes(kHeader + payload.size());
  bytes[0] = static_cast<uint8_t>(kind);
  for (size_t i = 0; i < 4; ++i) {
    bytes[1 + i] = static_cast<uint8_t>(about.address.value >> (24 - 8 * i));
  }
  bytes[5] = static_cast<uint8_t>(about.port >> 8);
  bytes[6] = static_cast<uint8_t>(about.port);
  std::copy(payload.begin(), payload.end(), bytes.begin() + kHeader);
  return bytes;
}

Endpoint About(std::span<const uint8_t> bytes) {
  return {Ipv4Address::Of(bytes[1], bytes[2], bytes[3], bytes[4]),
          static_cast<uint16_t>(bytes[5] << 8 | bytes[6])};
}

}  // namespace

TestStunServer::TestStunServer(TestHost& host, uint16_t port)
    : endpoint_{host.address(), port}, socket_(host.OpenUdp({{}, port}, *this).value()) {}

void TestStunServer::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  const auto request = stun::Message::Parse(bytes);
  const auto answer = request ? stun::AnswerBinding(*request, from) : std::nullopt;
  if (answer) static_cast<void>(socket_->Send(from, answer->bytes()));
}

// ---- Relay

struct TestRelay::Allocation final : UdpReceiver {
  Allocation(TestRelay& relay, const Endpoint& client)
      : relay(relay), client(client), socket(relay.host_.OpenUdp({}, *this).value()) {}
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    if (permitted.count(from.address) == 0) return;
    static_cast<void>(relay.socket_->Send(client, RelayMessage('d', from, bytes)));
  }
  TestRelay& relay;
  const Endpoint client;
  std::unique_ptr<UdpSocket> socket;
  std::set<Ipv4Address> permitted;
};

TestRelay::TestRelay(TestHost& host)
    : host_(host), socket_(host.OpenUdp({{}, kRelayPort}, *this).value()) {}
TestRelay::~TestRelay() = default;

Endpoint TestRelay::endpoint() const { return {host_.address(), kRelayPort}; }

void TestRelay::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  if (bytes.size() < kHeader) return;
  auto allocation = allocations_.find(from);
  if (bytes[0] == 'A') {
    if (allocation == allocations_.end()) {
      allocation = allocations_.emplace(from, std::make_unique<Allocation>(*this, from)).first;
    }
    const Endpoint relayed{host_.address(), allocation->second->socket->local().port};
    static_cast<void>(socket_->Send(from, RelayMessage('a', relayed, {})));
    return;
  }
  if (allocation == allocations_.end()) return;
  const Endpoint about = About(bytes);
  if (bytes[0] == 'R') {
    static_cast<void>(socket_->Send(from, RelayMessage('r', about, {})));
  } else if (bytes[0] == 'P') {
    allocation->second->permitted.insert(about.address);
    static_cast<void>(socket_->Send(from, RelayMessage('p', about, {})));
  } else if (bytes[0] == 'S' && allocation->second->permitted.count(about.address) != 0) {
    static_cast<void>(allocation->second->socket->Send(about, bytes.subspan(kHeader)));
  }
}

// ---- Port

TestPort::TestPort(TestHost& host, TestTcp& tcp, const TestPortSettings& settings)
    : host_(host),
      tcp_(tcp),
      settings_(settings),
      ask_again_(host.NewTimer([this] { AskMappings(); })),
      allocate_(host.NewTimer([this] { Allocate(); })),
      relay_silent_(host.NewTimer([this] { LoseRelay(); })) {
  if (settings.udp) socket_ = host.OpenUdp({{}, 5000}, *this).value();
  for (const Endpoint& listener : settings.listeners) tcp_.listeners_[listener] = this;
  asks_left_ = 30;
  AskMappings();
}

TestPort::~TestPort() {
  *alive_ = false;
  for (const Endpoint& listener : settings_.listeners) tcp_.listeners_.erase(listener);
}

std::vector<Endpoint> TestPort::host_endpoints() const {
  if (!socket_) return {};
  return {{host_.address(), socket_->local().port}};
}

template <typename Tell>
void TestPort::TellUsers(Tell tell) {
  std::vector<std::string> names;
  for (const auto& [name, user] : users_) names.push_back(name);
  for (const std::string& name : names) {
    const auto user = users_.find(name);
    if (user != users_.end()) tell(*user->second);
  }
}

void TestPort::TellLocalCandidates() {
  TellUsers([](CheckUser& user) { user.OnLocalCandidates(); });
}

void TestPort::TellClosed(WayId way) {
  TellUsers([way](CheckUser& user) { user.OnWayClosed(way); });
}

bool TestPort::AddUser(const std::string& ufrag, CheckUser* user, bool wants_relay) {
  if (!users_.emplace(ufrag, user).second) return false;
  if (settings_.fresh_server && socket_) Ask(*settings_.fresh_server);
  wants_relay_ = wants_relay_ || wants_relay;
  if (wants_relay && !relayed_ && !allocate_->running()) allocate_->Start(Duration::zero());
  return true;
}

void TestPort::RemoveUser(const std::string& ufrag) {
  const auto found = users_.find(ufrag);
  if (found == users_.end()) return;
  for (auto it = expected_.begin(); it != expected_.end();) {
    it = it->second == found->second ? expected_.erase(it) : std::next(it);
  }
  users_.erase(found);
}

std::vector<LocalCandidate> TestPort::LocalCandidates() const {
  Offerings offerings;
  offerings.hosts = host_endpoints();
  offerings.mapped = mapped_;
  offerings.foretold = foretold_;
  offerings.listeners = settings_.listeners;
  offerings.relayed = relayed_;
  offerings.relay = relay_way_;
  return ListCandidates(offerings);
}

WayKind TestPort::KindOf(WayId way) const {
  if (way == kUdpWay) return WayKind::kUdp;
  return tcp_ways_.count(way) != 0 ? WayKind::kTcp : WayKind::kRelay;
}

// ---- In

void TestPort::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  if (relay_ && from == relay_->endpoint()) {
    OnRelay(bytes);
  } else {
    OnPacket({kUdpWay, from}, bytes);
  }
}

void TestPort::OnPacket(const Route& from, std::span<const uint8_t> bytes) {
  if (bytes.size() < 12) return;
  if (bytes[0] < 4) {
    OnStun(from, bytes);
    return;
  }
  const auto receiver = receivers_.find(bytes[11]);
  if (receiver != receivers_.end()) receiver->second->OnMedia(from, bytes);
}

void TestPort::OnStun(const Route& from, std::span<const uint8_t> bytes) {
  const auto message = stun::Message::Parse(bytes);
  if (!message) return;
  if (message->message_class() == stun::MessageClass::kRequest) {
    const auto name = message->FindText(stun::AttributeType::kUsername);
    if (!name || !message->CheckFingerprint()) return;
    const auto user = users_.find(name->substr(0, name->find(':')));
    if (user != users_.end()) user->second->OnRequest(from, *message);
    return;
  }
  const auto question = questions_.find(message->id());
  if (question != questions_.end() && message->XorMappedAddress()) {
    const Endpoint server = question->second;
    questions_.erase(question);
    OnMapping(server, *message->XorMappedAddress());
    return;
  }
  const auto expected = expected_.find(message->id());
  if (expected != expected_.end()) expected->second->OnAnswer(from, *message);
}

// ---- Out

Status TestPort::SendMedia(const Route& to, std::span<const uint8_t> packet) {
  Send(to, packet, /*waits=*/false);
  return {};
}

void TestPort::SendStun(const Route& to, stun::Bytes message) { Send(to, message, /*waits=*/true); }

void TestPort::Send(const Route& to, std::span<const uint8_t> packet, bool waits) {
  if (to.way == kUdpWay) {
    if (socket_) static_cast<void>(socket_->Send(to.remote, packet));
    return;
  }
  const auto connection = connections_.find(to.way);
  if (connection != connections_.end()) {
    SendByTcp(connection->second, {packet.begin(), packet.end()});
    return;
  }
  if (to.way != relay_way_ || !relayed_) return;
  if (permitted_.count(to.remote.address) != 0) {
    SendToRelay('S', to.remote, packet);
  } else if (waits) {
    auto& waiting = unpermitted_[to.remote.address];
    if (waiting.size() < kMaxWaiting) {
      waiting.emplace_back(to.remote, Packet(packet.begin(), packet.end()));
    }
    SendToRelay('P', to.remote, {});
  }
}

// ---- Mapping

void TestPort::AskMappings() {
  if (!socket_ || !settings_.stun_server || asks_left_ == 0) return;
  --asks_left_;
  Ask(*settings_.stun_server);
  ask_again_->Start(std::chrono::milliseconds(150));
}

void TestPort::Ask(const Endpoint& server) {
  stun::Builder request(stun::MessageClass::kRequest, stun::kBinding,
                        stun::NewTransactionId(host_.random()));
  request.AddFingerprint();
  stun::TransactionId id;
  std::copy_n(request.bytes().begin() + 8, id.size(), id.begin());
  questions_[id] = server;
  static_cast<void>(socket_->Send(server, request.bytes()));
}

void TestPort::OnMapping(const Endpoint& server, const Endpoint& mapped) {
  if (server == settings_.fresh_server) {
    foretold_ = Foretell(mapped, 1);
  } else {
    asks_left_ = 0;
    ask_again_->Cancel();
    mapped_ = mapped;
  }
  TellLocalCandidates();
}

void TestPort::Suspect() {
  ++suspicions_;
  asks_left_ = 3;
  AskMappings();
  if (relayed_ && !relay_silent_->running()) {
    SendToRelay('R', {}, {});
    relay_silent_->Start(std::chrono::milliseconds(600));
  }
}

// ---- Relay

void TestPort::Allocate() {
  if (!wants_relay_ || relayed_ || !settings_.relay || !socket_) return;
  relay_ = settings_.relay;
  SendToRelay('A', {}, {});
  allocate_->Start(std::chrono::milliseconds(500));
}

void TestPort::SendToRelay(char kind, const Endpoint& about, std::span<const uint8_t> payload) {
  static_cast<void>(socket_->Send(relay_->endpoint(), RelayMessage(kind, about, payload)));
}

void TestPort::OnRelay(std::span<const uint8_t> bytes) {
  if (bytes.size() < kHeader) return;
  const Endpoint about = About(bytes);
  switch (bytes[0]) {
    case 'a':
      if (relayed_) return;
      allocate_->Cancel();
      relayed_ = about;
      relay_way_ = ++last_way_;
      TellLocalCandidates();
      return;
    case 'r':
      relay_silent_->Cancel();
      return;
    case 'p': {
      permitted_.insert(about.address);
      const auto waiting = unpermitted_.find(about.address);
      if (waiting == unpermitted_.end()) return;
      for (const auto& [to, packet] : waiting->second) SendToRelay('S', to, packet);
      unpermitted_.erase(waiting);
      return;
    }
    case 'd':
      if (relayed_) OnPacket({relay_way_, about}, bytes.subspan(kHeader));
      return;
    default:
      return;
  }
}

void TestPort::LoseRelay() {
  if (!relayed_) return;
  const WayId way = relay_way_;
  relayed_.reset();
  relay_way_ = 0;
  permitted_.clear();
  unpermitted_.clear();
  allocate_->Start(Duration::zero());
  TellClosed(way);
  TellLocalCandidates();
}

// ---- TCP

std::optional<WayId> TestPort::ConnectTcp(const Endpoint& remote) {
  const WayId way = ++last_way_;
  tcp_ways_.insert(way);
  connections_[way].remote = remote;
  // SYN and its answer.
  tcp_.world_.After(2 * kTransit, [this, way, remote, alive = alive_] {
    if (!*alive || connections_.count(way) == 0) return;
    const auto listener = tcp_.listeners_.find(remote);
    const bool reached =
        listener != tcp_.listeners_.end() &&
        (!listener->second->host_.nat() || listener->second->host_.nat() == host_.nat()) &&
        TestWorld::Connected(host_, listener->second->host_);
    if (!reached) {
      connections_.erase(way);
      TellClosed(way);
      return;
    }
    TestPort& peer = *listener->second;
    const WayId peer_way = ++peer.last_way_;
    peer.tcp_ways_.insert(peer_way);
    peer.connections_[peer_way] = {
        {host_.nat() ? host_.nat()->external() : host_.address(), static_cast<uint16_t>(way)},
        this,
        way,
        {}};
    Established(way, peer, peer_way);
  });
  return way;
}

void TestPort::Established(WayId way, TestPort& peer, WayId peer_way) {
  Connection& connection = connections_[way];
  connection.peer = &peer;
  connection.peer_way = peer_way;
  for (Packet& packet : std::exchange(connection.waiting, {})) {
    SendByTcp(connection, std::move(packet));
  }
}

void TestPort::SendByTcp(Connection& connection, Packet packet) {
  if (!connection.peer) {
    if (connection.waiting.size() < kMaxWaiting) connection.waiting.push_back(std::move(packet));
    return;
  }
  tcp_.world_.After(kTransit, [peer = connection.peer, way = connection.peer_way, host = &host_,
                               alive = connection.peer->alive_, packet = std::move(packet)] {
    if (!*alive || !TestWorld::Connected(*host, peer->host_)) return;
    const auto there = peer->connections_.find(way);
    if (there != peer->connections_.end()) peer->OnPacket({way, there->second.remote}, packet);
  });
}

void TestPort::CloseWay(WayId way) {
  const auto connection = connections_.find(way);
  if (connection == connections_.end()) return;
  TestPort* const peer = connection->second.peer;
  const WayId peer_way = connection->second.peer_way;
  connections_.erase(connection);
  if (!peer) return;
  tcp_.world_.After(kTransit, [peer, peer_way, alive = peer->alive_] {
    if (*alive && peer->connections_.erase(peer_way) != 0) peer->TellClosed(peer_way);
  });
}

void TestPort::BreakTcp() {
  std::vector<WayId> ways;
  for (const auto& [way, connection] : connections_) ways.push_back(way);
  for (const WayId way : ways) {
    CloseWay(way);
    TellClosed(way);
  }
}

}  // namespace sfa::path
