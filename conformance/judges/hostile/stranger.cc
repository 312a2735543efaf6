#include "conformance/judges/hostile/stranger.h"

#include <malloc.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "conformance/judges/hostile/forgeries.h"
#include "conformance/judges/hostile/nuisances.h"
#include "conformance/judges/hostile/packets.h"
#include "conformance/world/community.h"
#include "conformance/world/computer.h"
#include "conformance/world/person.h"
#include "network_sim/sim_host.h"
#include "network_sim/tcp_gate.h"
#include "protocol/stun/attributes.h"

namespace sfa::conformance {
namespace {

constexpr Duration kStep = std::chrono::milliseconds(10);
constexpr int kStepsASecond = 100;
constexpr Ipv4Address kStrangerAddress = Ipv4Address::Of(198, 51, 100, 200);
constexpr Endpoint kListening = {kStrangerAddress, 3478};
constexpr Ipv4Address kVictimAddress = Ipv4Address::Of(198, 51, 100, 201);
constexpr Ipv4Address kLoginServer = Ipv4Address::Of(198, 51, 100, 100);
constexpr uint16_t kWebPorts[] = {80, 443};
// What was heard of each kind of traffic is kept up to this: the latest of media, the first others.
constexpr size_t kMostHeard = 400;
// Whose access links are listened to.
constexpr const char* kSites[] = {"home", "office"};

class StrangerGuest final : public WorldGuest, private UdpReceiver {
 public:
  StrangerGuest(const WorldParts& parts, const Attack& attack, std::string captures, Damage& damage)
      : parts_(parts),
        attack_(attack),
        captures_(std::move(captures)),
        damage_(damage),
        host_(parts.network.AddPublicHost(kStrangerHost, kStrangerAddress)),
        computer_(host_, [](const std::string&, std::string_view) {}),
        victim_(parts.network.AddPublicHost(kVictimHost, kVictimAddress),
                [](const std::string&, std::string_view) {}),
        nuisances_(computer_.runtime(), parts.community.network()),
        timer_(computer_.runtime().NewTimer([this] { Step(); })) {
    UdpReceiver& receiver = *this;
    socket_ = std::move(computer_.runtime().OpenUdp(kListening, receiver)).value();
    timer_->StartAt(attack.from);
  }

  void LookAround() override {
    damage_.heap_at_end = Heap() - heap_before_;
    const community::RelayStatistics relays = parts_.community.relay_statistics();
    damage_.relay_drops = relays.dropped;
    damage_.relay_refusals = relays.refused;
    for (const auto& person : parts_.people) damage_.client_drops += person->dropped();
    damage_.tcp_begun = nuisances_.begun();
    damage_.tcp_thrown_out = nuisances_.thrown_out();
    damage_.tcp_secured = nuisances_.secured();
  }

 private:
  using HeardByHost = std::map<Ipv4Address, std::vector<RealPacket>>;

  static int64_t Heap() { return static_cast<int64_t>(mallinfo2().uordblks); }
  MonotonicTime Now() { return computer_.runtime().Now(); }
  Random& chance() { return computer_.runtime().random(); }

  // Who is made to check the stranger is told that all is well.
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    if (Now() >= attack_.until || attack_.packets_per_second == 0) return;
    const PacketBytes answer = eavesdropper_.Answer(bytes, from);
    if (!answer.empty()) static_cast<void>(socket_->Send(from, answer));
  }

  void Step() {
    if (Now() >= attack_.until) {
      damage_.heap_after_attack = Heap() - heap_before_;
      // Nobody is told: what is left of its connections is for others to find out.
      host_.SetPower(false);
      nuisances_.EndAll();
      return;
    }
    if (steps_ % kStepsASecond == 0) Listen();
    if (attack_.hoard > 0 && steps_ % kStepsASecond == 0) Hoard();
    if (steps_ == 0) {
      heap_before_ = Heap();
      Flood();
    }
    ++steps_;
    for (int i = 0; i < attack_.packets_per_second / kStepsASecond; ++i) {
      attack_.only_questions ? SendQuestion() : SendPacket();
    }
    if (steps_ % 10 == 0) KeepConnections();
    Measure();
    timer_->StartAt(Now() + kStep);
  }

  void Measure() {
    const size_t users = parts_.community.users_now();
    damage_.least_users = steps_ == 1 ? users : std::min(damage_.least_users, users);
    damage_.most_users = std::max(damage_.most_users, users);
    damage_.most_relays = std::max(damage_.most_relays, parts_.community.relays_now());
    damage_.tcp_most = std::max(damage_.tcp_most, nuisances_.now());
    damage_.ports_attacked = udp_ports_.size() + tcp_ports_.size();
  }

  // What the links have carried since the last time.
  void Listen() {
    static_cast<void>(parts_.network.FlushCaptures());
    // What may still be on its way could be overtaken: who reads a TCP connection and is faster can
    // always break it. A second later it is old.
    for (RealPacket& segment : fresh_segments_) {
      std::vector<RealPacket>& heard = segments_[segment.destination.address];
      Remember(heard, std::move(segment));
    }
    fresh_segments_.clear();
    for (const char* const site : kSites) ListenTo(site);
    for (size_t i = 1; i <= parts_.community.network().bootstrap_nodes.size(); ++i) {
      ListenTo("supernode-" + std::to_string(i));
    }
    ListenTo("login-server");
  }

  void ListenTo(const std::string& place) {
    const auto packets = ReadCapture(captures_ + "/" + place + ".pcap", read_[place]);
    if (!packets.ok()) return;
    read_[place] += packets->size();
    for (const PacketBytes& bytes : *packets) {
      const auto packet = TakeApart(bytes);
      // What comes out of a place under its own address is no forgery of ours.
      if (!packet) continue;
      Ipv4Address& own = address_of_[place];
      if (own.is_any()) own = packet->source.address;
      const Ipv4Address to = packet->destination.address;
      if (packet->source.address != own || to == own || IsOurs(to)) continue;
      Hear(*packet);
    }
  }
  static bool IsOurs(Ipv4Address address) {
    return address == kStrangerAddress || address == kVictimAddress;
  }

  void Hear(const RealPacket& packet) {
    eavesdropper_.Learn(packet);
    AddPort(packet.tcp, packet.source);
    AddPort(packet.tcp, packet.destination);
    if (packet.payload.empty()) return;
    const bool opening = packet.tcp && packet.payload.size() > 2 && packet.payload[0] == 0 &&
                         packet.payload[1] == 0x21;
    if (opening) nuisances_.LearnOpening(packet.payload);
    const bool media = !packet.tcp && packet.payload[0] >= 64;
    if (packet.tcp) {
      fresh_segments_.push_back(packet);
    } else if (media) {
      Remember(media_, packet);
    } else if (steps_ == 0 || IsCheck(packet)) {
      // While the attack lasts, much of the rest is nothing but answers to it.
      Remember(others_[packet.destination.address], packet);
    }
  }
  static bool IsCheck(const RealPacket& packet) {
    return packet.payload.size() > 1 && packet.payload[0] == 0 &&
           packet.payload[1] == stun::kBinding;
  }

  void Remember(std::vector<RealPacket>& heard, RealPacket packet) {
    if (heard.size() < kMostHeard) {
      heard.push_back(std::move(packet));
    } else {
      heard[heard_++ % kMostHeard] = std::move(packet);
    }
  }

  // Each host has the ports that everybody tries besides those that were seen.
  void AddPort(bool tcp, const Endpoint& port) {
    if (IsOurs(port.address)) return;
    udp_ports_.insert(port);
    // The other end of a connection from a port that was drawn for it listens to nobody.
    if (!tcp || port.address == kLoginServer || port.port < 49152) tcp_ports_.insert(port);
    if (!tcp) tcp_ports_.insert(port);
    for (const uint16_t web : kWebPorts) {
      udp_ports_.insert({port.address, web});
      tcp_ports_.insert({port.address, web});
    }
  }

  template <typename T>
  const T& OneOf(const std::vector<T>& from) {
    return from[chance().Below(from.size())];
  }
  const RealPacket& OneOf(const HeardByHost& from) {
    return OneOf(std::next(from.begin(), static_cast<long>(chance().Below(from.size())))->second);
  }
  Endpoint OneOf(const std::set<Endpoint>& from) {
    return *std::next(from.begin(), static_cast<long>(chance().Below(from.size())));
  }

  const RealPacket& OneDatagram() {
    return chance().Below(3) == 0 ? OneOf(media_) : OneOf(others_);
  }

  Endpoint OwnPort() {
    if (chance().Below(2) == 0) return kListening;
    return {kStrangerAddress, static_cast<uint16_t>(1024 + chance().Below(60000))};
  }
  // The stranger's own address, somebody else's, or the one of a party.
  Endpoint Source() {
    switch (chance().Below(4)) {
      case 0:
        return {kVictimAddress, static_cast<uint16_t>(1024 + chance().Below(60000))};
      case 1:
        return OneOf(udp_ports_);
      default:
        return OwnPort();
    }
  }

  void Send(const PacketBytes& packet, Ipv4Address destination) {
    if (IsOurs(destination)) return;
    ++damage_.packets_sent;
    dynamic_cast<sim::SimHost&>(host_).Output(packet, destination);
  }
  void SendUdp(const Endpoint& source, const Endpoint& destination, const PacketBytes& payload) {
    Send(UdpPacket(source, destination, payload), destination.address);
  }

  void SendPacket() {
    if (others_.empty() || media_.empty() || segments_.empty()) return;
    switch (chance().Below(10)) {
      case 0:
        return SendUdp(Source(), OneOf(udp_ports_), Noise(chance(), kMaxDatagramBytes));
      case 1:
        return SendPrefix();
      case 2:
      case 3:
        return SendAgain(true);
      case 4:
        return SendAgain(false);
      case 5:
        return SendSegment();
      case 6:
        return SendUnreachable();
      default:
        return SendForgery();
    }
  }

  // What a node answers to anybody, in somebody else's name.
  void SendQuestion() {
    if (udp_ports_.empty()) return;
    SendUdp({kVictimAddress, 5000}, OneOf(udp_ports_), eavesdropper_.Question(chance()));
  }

  // All prefixes of one packet after another.
  void SendPrefix() {
    if (prefix_ >= prefix_of_.payload.size()) {
      prefix_ = 0;
      prefix_of_ = OneDatagram();
    }
    const RealPacket& whole = prefix_of_;
    const PacketBytes part(whole.payload.begin(),
                           whole.payload.begin() + static_cast<long>(prefix_++));
    SendUdp(chance().Below(2) == 0 ? whole.source : OwnPort(), whole.destination, part);
  }

  // A packet that was heard, as it was or changed: from its own source, or another one; to whom it
  // was for, or to somebody else.
  void SendAgain(bool changed) {
    const RealPacket& packet = OneDatagram();
    const Endpoint source = chance().Below(2) == 0 ? packet.source : Source();
    const Endpoint destination = chance().Below(4) == 0 ? OneOf(udp_ports_) : packet.destination;
    SendUdp(source, destination, changed ? Changed(packet.payload, chance()) : packet.payload);
  }

  // Old segments again, as they were or with other data; resets and ends with numbers that are
  // guessed. A right guess is the network's weakness, not the protocol's: 1 in 65,536 hits the
  // window, and those are left out.
  void SendSegment() {
    const RealPacket& segment = OneOf(segments_);
    if (chance().Below(2) == 0) return Send(segment.datagram, segment.destination.address);
    TcpNumbers numbers{segment.sequence, segment.acknowledgment, segment.flags};
    PacketBytes payload = segment.payload;
    if (chance().Below(2) == 0) {
      chance().Fill(payload);
    } else {
      constexpr uint8_t kFlags[] = {sim::kTcpRst, sim::kTcpSyn, sim::kTcpFin | sim::kTcpAck,
                                    sim::kTcpRst | sim::kTcpAck};
      numbers.flags = kFlags[chance().Below(std::size(kFlags))];
      // Half of the space away from what is in use.
      numbers.sequence += 0x40000000 + static_cast<uint32_t>(chance().Below(0x80000000));
      payload.clear();
    }
    const Endpoint source = chance().Below(4) == 0 ? OwnPort() : segment.source;
    Send(TcpPacket(source, segment.destination, numbers, payload), segment.destination.address);
  }

  // "Nobody is there", about a packet that was sent, from whom it was for or somebody else.
  void SendUnreachable() {
    const RealPacket& packet = chance().Below(2) == 0 ? OneOf(segments_) : OneDatagram();
    const Ipv4Address source =
        chance().Below(2) == 0 ? packet.destination.address : kStrangerAddress;
    Send(UnreachablePacket(packet, source, static_cast<uint8_t>(chance().Below(16))),
         packet.source.address);
  }

  void SendForgery() {
    const RealPacket& packet = OneDatagram();
    const Endpoint source = chance().Below(3) == 0 ? packet.source : Source();
    const Endpoint destination = chance().Below(3) == 0 ? OneOf(udp_ports_) : packet.destination;
    switch (chance().Below(4)) {
      case 0:
        return SendUdp(source, destination, eavesdropper_.Check(chance()));
      case 1:
        return SendUdp(source, destination, eavesdropper_.RelayRequest(chance()));
      case 2:
        return SendUdp(source, destination, eavesdropper_.RelayData(OneOf(udp_ports_), chance()));
      default:
        return SendUdp(source, destination, eavesdropper_.Media(chance()));
    }
  }

  void Flood() {
    if (attack_.flood == 0) return;
    for (const auto& person : parts_.people) {
      const std::string home = parts_.community.HomeOf(person->name());
      for (const Endpoint& node : parts_.community.network().bootstrap_nodes) {
        if (parts_.community.SupernodeAt(node.address) != home) continue;
        for (int i = 0; i < attack_.flood; ++i) nuisances_.Connect(node);
      }
    }
  }

  void Hoard() {
    std::vector<Endpoint> nodes = parts_.community.network().bootstrap_nodes;
    nodes.push_back({kLoginServer, nodes.front().port});
    const size_t wanted = nodes.size() * static_cast<size_t>(attack_.hoard);
    for (size_t i = nuisances_.now(); i < wanted; ++i) {
      nuisances_.ConnectSilently(nodes[i % nodes.size()]);
    }
  }

  void KeepConnections() {
    if (attack_.connections == 0 || tcp_ports_.empty()) return;
    nuisances_.Tick();
    const size_t wanted = tcp_ports_.size() * static_cast<size_t>(attack_.connections);
    for (const Endpoint& port : tcp_ports_) {
      if (nuisances_.now() >= wanted) return;
      nuisances_.Connect(port);
    }
  }

  const WorldParts parts_;
  const Attack attack_;
  const std::string captures_;
  Damage& damage_;
  sim::Host& host_;
  Computer computer_;
  Computer victim_;
  Nuisances nuisances_;
  std::unique_ptr<UdpSocket> socket_;
  std::unique_ptr<Timer> timer_;
  int64_t heap_before_ = 0;
  int steps_ = 0;
  std::map<std::string, size_t> read_;
  std::map<std::string, Ipv4Address> address_of_;
  Eavesdropper eavesdropper_;
  std::set<Endpoint> udp_ports_, tcp_ports_;
  std::vector<RealPacket> media_, fresh_segments_;
  HeardByHost others_, segments_;  // by whom they were for
  size_t heard_ = 0;
  RealPacket prefix_of_;
  size_t prefix_ = 0;
};

}  // namespace

GuestMaker NewStranger(const Attack& attack, const std::string& captures, Damage& damage) {
  return [&damage, attack, captures](const WorldParts& parts) {
    return std::make_unique<StrangerGuest>(parts, attack, captures, damage);
  };
}

}  // namespace sfa::conformance
