// What goes through an allocation: permissions, channels, data (RFC 8656 sections 9 to 12).
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_RELAYING_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_RELAYING_H_

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "protocol/turn/session.h"

namespace sfa::turn {

inline constexpr Duration kPermissionLifetime = std::chrono::seconds(300);  // RFC 8656 section 9
inline constexpr Duration kChannelLifetime = std::chrono::seconds(600);     // RFC 8656 section 12

// To a peer whose address has no permission yet, the first packets wait while it is asked for. A
// peer that gets media gets a channel. Permissions and channels that are used are kept alive, the
// others lapse.
//
// Contract:
//  1. `relayed` runs for what peers have sent, only from addresses that have a permission.
//  2. `gone` runs when the server says that there is no such allocation. It may destroy this.
//  3. Of what strangers or the far end can make it keep, everything has a limit.
class Relaying {
 public:
  using Relayed = std::function<void(const Endpoint& peer, std::span<const uint8_t> data)>;

  static constexpr size_t kMaxPermissions = 64;
  static constexpr size_t kMaxChannels = 128;
  static constexpr size_t kMaxWaiting = 4;       // packets per address
  static constexpr int kMediaBeforeChannel = 3;  // packets
  static constexpr Duration kRefusedFor = std::chrono::seconds(5);
  // When what is used is renewed; looked after every 30 s.
  static constexpr Duration kLookAfter = std::chrono::seconds(30);
  static constexpr Duration kRenewPermission = std::chrono::seconds(210);
  static constexpr Duration kRenewChannel = std::chrono::seconds(510);

  Relaying(Runtime& runtime, Session& session, Transport& transport, Relayed relayed,
           std::function<void()> gone);

  void Send(const Endpoint& peer, std::span<const uint8_t> data, bool media);
  // From the server. False when it is nothing for us.
  bool OnChannelData(std::span<const uint8_t> message);
  bool OnIndication(const stun::Message& indication);

 private:
  enum class State { kNone, kAsking, kGranted, kRefused };
  struct Permission {
    State state = State::kNone;
    MonotonicTime since{};  // granted, or refused
    bool used = false;      // since it was granted or renewed
    std::vector<std::pair<Endpoint, std::vector<uint8_t>>> waiting;
  };
  struct Channel {
    uint16_t number = 0;  // 0: none yet
    State state = State::kNone;
    MonotonicTime since{};
    bool used = false;
    int media = 0;
  };

  void AskPermission(Ipv4Address address);
  void OnPermission(Ipv4Address address, const Answer& answer);
  void AskChannel(const Endpoint& peer);
  void OnChannel(const Endpoint& peer, const Answer& answer);
  void SendGranted(const Endpoint& peer, std::span<const uint8_t> data, bool media);
  void SendIndication(const Endpoint& peer, std::span<const uint8_t> data, bool media);
  void SendChannelData(uint16_t channel, std::span<const uint8_t> data, bool media);
  void LookAfter();
  bool Permitted(Ipv4Address address) const;
  // True when the answer says that the allocation is gone: then this may be, too.
  bool TellGone(const Answer& answer);

  Runtime& runtime_;
  Session& session_;
  Transport& transport_;
  Relayed relayed_;
  std::function<void()> gone_;
  std::map<Ipv4Address, Permission> permissions_;
  std::map<Endpoint, Channel> channels_;
  std::map<uint16_t, Endpoint> peers_;  // of channels that the server may use
  // A number is never used for another peer (section 12: not before five minutes after its end).
  uint16_t next_channel_;
  std::unique_ptr<Timer> look_after_;
};

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_RELAYING_H_
