#include "protocol/path/media_port.h"

#include <algorithm>
#include <set>
#include <utility>

#include "protocol/path/local_candidates.h"
#include "protocol/path/mapping_keeper.h"
#include "protocol/path/packet_sorter.h"
#include "protocol/path/port_sample.h"
#include "protocol/path/relay_way.h"
#include "protocol/path/suspicion.h"
#include "protocol/path/tcp_ways.h"

namespace sfa::path {
namespace {

// The manual's "HTTP and HTTPS" ports, open in most firewalls.
constexpr uint16_t kWellKnownPorts[] = {80, 443};

// The first bytes of a Binding success response (RFC 8489 section 5).
bool IsSuccess(std::span<const uint8_t> message) {
  return message.size() > 1 && message[0] == 0x01 && message[1] == 0x01;
}

class MediaPortImpl final : public MediaPort,
                            public CheckPort,
                            private UdpReceiver,
                            private RelayUser,
                            private TcpWaysUser {
 public:
  MediaPortImpl(Runtime& runtime, const PortSettings& settings);
  Status Open();

  bool uses_udp() const override { return socket_ != nullptr; }
  Endpoint local() const override;
  std::vector<Endpoint> tcp_listeners() const override { return tcp_.listeners(); }
  std::vector<Endpoint> host_endpoints() const override;
  std::optional<Endpoint> mapped() const override { return mapping_.mapped(); }
  void AskMapping(const Endpoint& node, Duration wait,
                  std::function<void(const Sighting&)> answered) override;
  void UseStunServer(const Endpoint& stun_server) override;
  void SetSurroundings(const Surroundings& surroundings) override;
  const Surroundings& surroundings() const override { return surroundings_; }
  void SetRelays(const RelaySettings& relays) override;
  void AddReceiver(uint32_t ssrc, MediaReceiver* receiver) override {
    sorter_.AddReceiver(ssrc, receiver);
  }
  void RemoveReceiver(uint32_t ssrc) override { sorter_.RemoveReceiver(ssrc); }
  Status SendMedia(const Route& to, std::span<const uint8_t> packet) override;
  CheckPort* checks() override { return this; }
  uint64_t dropped() const override { return sorter_.dropped(); }

  bool AddUser(const std::string& ufrag, CheckUser* user, bool wants_relay) override;
  void RemoveUser(const std::string& ufrag) override;
  void Expect(const stun::TransactionId& id, CheckUser* user) override { sorter_.Expect(id, user); }
  void Forget(const stun::TransactionId& id) override { sorter_.Forget(id); }
  std::vector<LocalCandidate> LocalCandidates() const override;
  WayKind KindOf(WayId way) const override;
  void SendStun(const Route& to, stun::Bytes message) override;
  std::optional<WayId> ConnectTcp(const Endpoint& remote) override { return tcp_.Connect(remote); }
  void CloseWay(WayId way) override { tcp_.Close(way); }
  void Suspect() override;
  void CountDropped() override { sorter_.Drop(); }

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  void OnRelayed(WayId way, const Endpoint& peer, std::span<const uint8_t> packet) override {
    sorter_.OnPacket({way, peer}, packet);
  }
  void OnRelayOpen() override { TellCandidates(); }
  void OnRelayLost(WayId way) override;
  void OnTcpPacket(const Route& from, std::span<const uint8_t> packet) override {
    sorter_.OnPacket(from, packet);
  }
  void OnTcpClosed(WayId way) override {
    sorter_.TellUsers([way](CheckUser& user) { user.OnWayClosed(way); });
  }

  // Listens wherever it may and can.
  void Listen();
  bool TryListen(uint16_t port);
  std::vector<Endpoint> Listeners() const;
  std::vector<Ipv4Address> HostAddresses() const;
  // Asks where the next flow will be, for those who have come since.
  void SamplePorts();
  void OnPortSample(std::optional<Endpoint> sample);
  // Tells every user, if they have changed since they were last told.
  void TellCandidates();

  Runtime& runtime_;
  const PortSettings settings_;
  PacketSorter sorter_;
  MappingKeeper mapping_;
  std::unique_ptr<UdpSocket> socket_;
  TcpWays tcp_;
  RelayWay relay_;
  Suspicion suspicion_;
  Surroundings surroundings_;
  RelaySettings relays_;
  std::set<std::string> want_relay_;

  std::unique_ptr<PortSample> sample_;
  std::vector<std::string> awaiting_sample_;
  size_t samples_ = 0;
  std::vector<Endpoint> foretold_;
  std::vector<LocalCandidate> told_;
};

MediaPortImpl::MediaPortImpl(Runtime& runtime, const PortSettings& settings)
    : runtime_(runtime),
      settings_(settings),
      sorter_([this](const Route& from, const stun::Message& answer) {
        return from.way == kUdpWay && mapping_.OnAnswer(from.remote, answer);
      }),
      mapping_(
          runtime,
          [this](const Endpoint& to, stun::Bytes message) {
            SendStun({kUdpWay, to}, message);
          },
          [this] { TellCandidates(); }),
      tcp_(runtime, settings.bind.address, *this),
      relay_(runtime, settings.bind.address,
             settings.udp ? RelayWay::SendUdp([this](const Endpoint& to, stun::Bytes bytes) {
               SendStun({kUdpWay, to}, bytes);
             })
                          : RelayWay::SendUdp(),
             *this),
      suspicion_(runtime, mapping_, [this] { TellCandidates(); }) {}

Status MediaPortImpl::Open() {
  if (settings_.udp) {
    auto socket = runtime_.OpenUdp(settings_.bind, *this);
    if (!socket.ok() && settings_.bind.port != 0) {
      socket = runtime_.OpenUdp({settings_.bind.address, 0}, *this);
    }
    if (!socket.ok()) return socket.error();
    socket_ = std::move(socket).value();
  }
  if (settings_.listen_tcp) Listen();
  return {};
}

bool MediaPortImpl::TryListen(uint16_t port) {
  const Status status = tcp_.Listen(port);
  if (status.ok()) return true;
  runtime_.log().Write(
      LogLevel::kDebug, "path",
      "no listener on TCP port " + std::to_string(port) + ": " + status.error().message);
  return false;
}

void MediaPortImpl::Listen() {
  // The number of the UDP port, where nothing else is said: one hole in a firewall does for both.
  const uint16_t wanted = settings_.bind.port != 0        ? settings_.bind.port
                          : socket_ && settings_.tcp_auto ? socket_->local().port
                                                          : uint16_t{0};
  const bool listens = wanted != 0 && TryListen(wanted);
  if (!settings_.tcp_auto) return;
  if (!listens) TryListen(0);
  for (const uint16_t port : kWellKnownPorts) {
    if (port != wanted) TryListen(port);
  }
}

Endpoint MediaPortImpl::local() const {
  if (socket_) return socket_->local();
  const auto listeners = tcp_.listeners();
  return listeners.empty() ? Endpoint() : listeners.front();
}

std::vector<Ipv4Address> MediaPortImpl::HostAddresses() const {
  if (!settings_.bind.address.is_any()) return {settings_.bind.address};
  std::vector<Ipv4Address> hosts;
  std::vector<Ipv4Address> loopbacks;
  for (const NetworkInterface& interface : runtime_.NetworkInterfaces()) {
    for (const Ipv4Address address : interface.addresses) {
      const bool loopback = interface.loopback || address.is_loopback();
      (loopback ? loopbacks : hosts).push_back(address);
    }
  }
  // A machine without a network can still call itself.
  return hosts.empty() ? loopbacks : hosts;
}

std::vector<Endpoint> MediaPortImpl::host_endpoints() const {
  std::vector<Endpoint> endpoints;
  if (!socket_) return endpoints;
  for (const Ipv4Address address : HostAddresses()) {
    endpoints.push_back({address, socket_->local().port});
  }
  return endpoints;
}

void MediaPortImpl::AskMapping(const Endpoint& node, Duration wait,
                               std::function<void(const Sighting&)> answered) {
  mapping_.Ask(node, socket_ ? wait : Duration{}, std::move(answered));
}

void MediaPortImpl::UseStunServer(const Endpoint& stun_server) {
  if (socket_) mapping_.UseServer(stun_server);
}

void MediaPortImpl::SetSurroundings(const Surroundings& surroundings) {
  surroundings_ = surroundings;
  if (surroundings_.mapping != Mapping::kSequential) foretold_.clear();
  relay_.SetSurroundings(surroundings_);
}

void MediaPortImpl::SetRelays(const RelaySettings& relays) {
  relays_ = relays;
  relay_.SetRelays(relays);
}

WayKind MediaPortImpl::KindOf(WayId way) const {
  if (way == kUdpWay) return WayKind::kUdp;
  return way % 2 == 0 ? WayKind::kRelay : WayKind::kTcp;
}

Status MediaPortImpl::SendMedia(const Route& to, std::span<const uint8_t> packet) {
  switch (KindOf(to.way)) {
    case WayKind::kUdp:
      if (socket_) return socket_->Send(to.remote, packet);
      break;
    case WayKind::kRelay:
      relay_.Send(to.way, to.remote, packet, true);
      break;
    case WayKind::kTcp:
      if (!tcp_.Send(to.way, packet, false)) sorter_.Drop();
      break;
  }
  return {};
}

void MediaPortImpl::SendStun(const Route& to, stun::Bytes message) {
  // What cannot be sent is as good as lost: the transaction repeats it.
  switch (KindOf(to.way)) {
    case WayKind::kUdp:
      if (socket_) static_cast<void>(socket_->Send(to.remote, message));
      break;
    case WayKind::kRelay:
      relay_.Send(to.way, to.remote, message, false);
      break;
    case WayKind::kTcp:
      // Whose check is answered has the password of a call.
      if (IsSuccess(message)) tcp_.Acknowledge(to.way);
      tcp_.Send(to.way, message, true);
      break;
  }
}

void MediaPortImpl::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  if (relay_.OnUdp(from, bytes)) return;
  sorter_.OnPacket({kUdpWay, from}, bytes);
}

void MediaPortImpl::OnRelayLost(WayId way) {
  sorter_.TellUsers([way](CheckUser& user) { user.OnWayClosed(way); });
  TellCandidates();
}

void MediaPortImpl::Suspect() {
  if (socket_ && surroundings_.mapping != Mapping::kBlocked) {
    suspicion_.Begin(surroundings_, relays_.nodes);
  }
  relay_.Check([this] { return suspicion_.link_works(); });
}

bool MediaPortImpl::AddUser(const std::string& ufrag, CheckUser* user, bool wants_relay) {
  const bool first = !sorter_.HasUsers();
  if (!sorter_.AddUser(ufrag, user)) return false;
  if (first) told_ = LocalCandidates();
  if (wants_relay) want_relay_.insert(ufrag);
  relay_.Want(!want_relay_.empty());
  if (surroundings_.mapping == Mapping::kSequential) {
    awaiting_sample_.push_back(ufrag);
    SamplePorts();
  }
  return true;
}

void MediaPortImpl::RemoveUser(const std::string& ufrag) {
  if (!sorter_.RemoveUser(ufrag)) return;
  want_relay_.erase(ufrag);
  relay_.Want(!want_relay_.empty());
  if (sorter_.HasUsers()) return;
  suspicion_.End();
  sample_.reset();
  awaiting_sample_.clear();
  foretold_.clear();
}

void MediaPortImpl::SamplePorts() {
  if (sample_ || !socket_ || surroundings_.nodes.empty()) return;
  const Endpoint node = surroundings_.nodes[samples_++ % surroundings_.nodes.size()].node;
  sample_ = std::make_unique<PortSample>(
      runtime_, settings_.bind.address, node,
      [this](std::optional<Endpoint> sample) { OnPortSample(sample); });
}

void MediaPortImpl::OnPortSample(std::optional<Endpoint> sample) {
  sample_.reset();
  const std::vector<std::string> awaiting = std::exchange(awaiting_sample_, {});
  if (!sample) return;
  foretold_ = Foretell(*sample, surroundings_.port_step);
  // Calls that have their path already have no use for these.
  told_ = LocalCandidates();
  sorter_.TellUsers(awaiting, [](CheckUser& user) { user.OnLocalCandidates(); });
}

std::vector<LocalCandidate> MediaPortImpl::LocalCandidates() const {
  Offerings offerings;
  offerings.hosts = host_endpoints();
  offerings.mapped = mapping_.mapped();
  offerings.foretold = foretold_;
  offerings.listeners = Listeners();
  offerings.relayed = relay_.relayed();
  offerings.relay = relay_.way().value_or(kUdpWay);
  return ListCandidates(offerings);
}

std::vector<Endpoint> MediaPortImpl::Listeners() const {
  // Behind a NAT only those on the same LAN reach a listener, and they need no port that is open
  // everywhere.
  const std::vector<Ipv4Address> addresses = HostAddresses();
  const auto mapped = mapping_.mapped();
  const bool behind_nat =
      mapped && std::find(addresses.begin(), addresses.end(), mapped->address) == addresses.end();
  std::vector<Endpoint> endpoints;
  for (const Endpoint& listener : tcp_.listeners()) {
    for (const Ipv4Address address : addresses) endpoints.push_back({address, listener.port});
    if (behind_nat) break;
  }
  return endpoints;
}

void MediaPortImpl::TellCandidates() {
  if (!sorter_.HasUsers()) return;
  auto candidates = LocalCandidates();
  if (SameCandidates(candidates, told_)) return;
  told_ = std::move(candidates);
  sorter_.TellUsers([](CheckUser& user) { user.OnLocalCandidates(); });
}

}  // namespace

Result<std::unique_ptr<MediaPort>> NewMediaPort(Runtime& runtime, const PortSettings& settings) {
  auto port = std::make_unique<MediaPortImpl>(runtime, settings);
  if (Status status = port->Open(); !status.ok()) return status.error();
  return std::unique_ptr<MediaPort>(std::move(port));
}

}  // namespace sfa::path
