// One allocation: a client's relayed address, and whom it lets through (RFC 8656 sections 3 and 9
// to 12).
#ifndef FAKE_SKYPE_NETWORK_RELAY_ALLOCATION_H_
#define FAKE_SKYPE_NETWORK_RELAY_ALLOCATION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "fake_skype_network/relay_peers.h"
#include "fake_skype_network/relay_ports.h"
#include "fake_skype_network/relay_way.h"
#include "runtime/runtime.h"

namespace sfa::community {

inline constexpr Duration kPermissionLifetime = std::chrono::minutes(5);  // RFC 8656 section 9
inline constexpr Duration kChannelLifetime = std::chrono::minutes(10);    // RFC 8656 section 12
// RFC 8656 section 12: "values 0x4000 through 0x4FFF".
inline constexpr uint16_t kFirstChannel = 0x4000;
inline constexpr uint16_t kLastChannel = 0x4FFF;
inline constexpr size_t kChannelHeaderBytes = 4;

struct RelayStatistics {
  uint64_t to_peers = 0;    // packets passed on
  uint64_t to_clients = 0;  // likewise
  uint64_t bytes = 0;       // of payload in both
  uint64_t dropped = 0;     // without permission, too long, garbled
  uint64_t refused = 0;     // requests answered with an error
};

// Contract: what is relayed is neither allocated for nor looked up in trees; a datagram passes only
// with a permission for its peer's address; permissions and channels have a bound.
class RelayAllocation final : private UdpReceiver {
 public:
  static constexpr size_t kMaxPermissions = 256;
  static constexpr size_t kMaxChannels = 256;

  // Who has made it, and with which request: for its repetitions (RFC 8656 section 7.2).
  struct Origin {
    std::string name;  // USERNAME
    std::string user;
    std::array<uint8_t, 16> key{};
    stun::TransactionId request{};
    std::array<uint8_t, 8> reservation{};  // of the next port, when one was asked for
    bool reserved = false;
    bool ipv6_refused = false;
  };

  // `ended` runs when the lifetime is over; it may destroy this. All references outlive this.
  RelayAllocation(Runtime& runtime, const RelayClient& client, Origin origin,
                  std::unique_ptr<RelayPort> port, const RelayPeers& peers,
                  RelayStatistics& statistics, std::function<void()> ended);

  const Origin& origin() const { return origin_; }
  Endpoint relayed_address() const { return port_->address(); }
  void Refresh(Duration lifetime);
  Duration lifetime() const;  // what is left

  // Room for `count` more permissions, those that have ended being cleared away.
  bool HasRoomFor(size_t count);
  void Permit(Ipv4Address peer);
  enum class Bound { kDone, kMismatch, kFull };
  // Binds or refreshes; does not touch permissions.
  Bound Bind(uint16_t channel, const Endpoint& peer);

  // From the client.
  void SendTo(const Endpoint& peer, stun::Bytes payload);  // needs a permission
  void SendOn(uint16_t channel, stun::Bytes payload);

 private:
  struct Channel {
    Endpoint peer;
    MonotonicTime until;
  };

  // From a peer.
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  bool IsPermitted(Ipv4Address peer) const;
  void Pass(const Endpoint& peer, stun::Bytes payload);
  void SendChannelData(uint16_t channel, stun::Bytes payload);
  void SendData(const Endpoint& peer, stun::Bytes payload);
  void ForgetEndedChannels();

  Runtime& runtime_;
  const RelayClient client_;
  const Origin origin_;
  std::unique_ptr<RelayPort> port_;
  const RelayPeers& peers_;
  RelayStatistics& statistics_;
  MonotonicTime until_;
  std::unordered_map<Ipv4Address, MonotonicTime> permissions_;
  std::unordered_map<uint16_t, Channel> channels_;
  std::unordered_map<Endpoint, uint16_t> channel_of_;  // the same, by peer
  std::unique_ptr<Timer> end_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RELAY_ALLOCATION_H_
