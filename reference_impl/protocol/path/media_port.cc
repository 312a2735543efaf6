#include "protocol/path/media_port.h"

#include <utility>

#include "protocol/path/local_candidates.h"
#include "protocol/path/mapping_keeper.h"
#include "protocol/path/packet_sorter.h"
#include "protocol/path/port_sample.h"

namespace sfa::path {
namespace {

class MediaPortImpl final : public MediaPort, public CheckPort, private UdpReceiver {
 public:
  MediaPortImpl(Runtime& runtime, const PortSettings& settings);
  Status Open();

  bool uses_udp() const override { return socket_ != nullptr; }
  Endpoint local() const override;
  std::vector<Endpoint> tcp_listeners() const override { return {}; }
  std::vector<Endpoint> host_endpoints() const override;
  std::optional<Endpoint> mapped() const override { return mapping_.mapped(); }
  void AskMapping(const Endpoint& node, Duration wait,
                  std::function<void(const Sighting&)> answered) override;
  void UseStunServer(const Endpoint& stun_server) override;
  void SetSurroundings(const Surroundings& surroundings) override;
  const Surroundings& surroundings() const override { return surroundings_; }
  void SetRelays(const RelaySettings& relays) override { relays_ = relays; }
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
  WayKind KindOf(WayId) const override { return WayKind::kUdp; }
  void SendStun(const Route& to, stun::Bytes message) override;
  std::optional<WayId> ConnectTcp(const Endpoint&) override { return std::nullopt; }
  void CloseWay(WayId) override {}
  void Suspect() override {}

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
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
  Surroundings surroundings_;
  RelaySettings relays_;

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
          [this] { TellCandidates(); }) {}

Status MediaPortImpl::Open() {
  if (!settings_.udp) return {};
  auto socket = runtime_.OpenUdp(settings_.bind, *this);
  if (!socket.ok() && settings_.bind.port != 0) {
    socket = runtime_.OpenUdp({settings_.bind.address, 0}, *this);
  }
  if (!socket.ok()) return socket.error();
  socket_ = std::move(socket).value();
  return {};
}

Endpoint MediaPortImpl::local() const { return socket_ ? socket_->local() : Endpoint(); }

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
}

Status MediaPortImpl::SendMedia(const Route& to, std::span<const uint8_t> packet) {
  if (to.way == kUdpWay && socket_) return socket_->Send(to.remote, packet);
  return {};
}

void MediaPortImpl::SendStun(const Route& to, stun::Bytes message) {
  // What cannot be sent is as good as lost: the transaction repeats it.
  if (to.way == kUdpWay && socket_) static_cast<void>(socket_->Send(to.remote, message));
}

void MediaPortImpl::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  sorter_.OnPacket({kUdpWay, from}, bytes);
}

bool MediaPortImpl::AddUser(const std::string& ufrag, CheckUser* user, bool /*wants_relay*/) {
  const bool first = !sorter_.HasUsers();
  if (!sorter_.AddUser(ufrag, user)) return false;
  if (first) told_ = LocalCandidates();
  if (surroundings_.mapping == Mapping::kSequential) {
    awaiting_sample_.push_back(ufrag);
    SamplePorts();
  }
  return true;
}

void MediaPortImpl::RemoveUser(const std::string& ufrag) {
  if (!sorter_.RemoveUser(ufrag) || sorter_.HasUsers()) return;
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
  return ListCandidates(offerings);
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
