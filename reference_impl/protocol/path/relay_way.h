// A media port's way through a relay: gets an allocation while somebody wants one, and another when
// it is lost.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_RELAY_WAY_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_RELAY_WAY_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "protocol/path/media_port.h"
#include "protocol/path/relay_doors.h"
#include "protocol/turn/allocation.h"
#include "protocol/turn/tcp_transport.h"

namespace sfa::path {

// Never from inside a method of the way, other than OnUdp().
class RelayUser {
 public:
  virtual void OnRelayed(WayId way, const Endpoint& peer, std::span<const uint8_t> packet) = 0;
  virtual void OnRelayOpen() = 0;
  virtual void OnRelayLost(WayId way) = 0;

 protected:
  ~RelayUser() = default;
};

// Doors are tried in their order, another one every half second, up to four at once; the first
// that opens is taken, the others are given back. When none opens, all are tried again, after 1 s
// and then after twice as long each time, up to 8 s.
class RelayWay {
 public:
  using SendUdp = std::function<void(const Endpoint& to, std::span<const uint8_t> bytes)>;

  static constexpr Duration kNextDoor = std::chrono::milliseconds(500);
  static constexpr size_t kMaxAttempts = 4;
  // A door that has not opened by then does not.
  static constexpr turn::Patience kAttempt{std::chrono::milliseconds(500), std::chrono::seconds(2)};
  static constexpr turn::Patience kCheck{std::chrono::milliseconds(150),
                                         std::chrono::milliseconds(600)};
  static constexpr Duration kFirstPause = std::chrono::seconds(1);
  static constexpr Duration kLongestPause = std::chrono::seconds(8);
  static constexpr size_t kMaxChallenges = 32;
  static constexpr size_t kMaxLeaving = 8;
  // How long a relay that does not answer is kept while nothing else answers either.
  static constexpr Duration kLongestCheck = std::chrono::seconds(30);

  // `send_udp` is empty where there is no UDP.
  RelayWay(Runtime& runtime, Ipv4Address bind, SendUdp send_udp, RelayUser& user);
  ~RelayWay();

  void SetRelays(const RelaySettings& relays);
  void SetSurroundings(const Surroundings& surroundings);
  // Gets an allocation, or gives it back.
  void Want(bool wanted);

  // While there is an allocation.
  std::optional<WayId> way() const;
  std::optional<Endpoint> relayed() const;

  // Whether it was a message of a relay that is being used or tried.
  bool OnUdp(const Endpoint& from, std::span<const uint8_t> bytes);
  // Lost when `way` is not the present one.
  void Send(WayId way, const Endpoint& peer, std::span<const uint8_t> packet, bool media);

  // Asks whether it still answers, repeatedly. Without an answer it is lost after 0.6 s, if
  // `link_works` says that others answer; while nobody does, it is the link that is broken, and the
  // allocation will still be there afterwards. Meanwhile a relay is sought by TCP: when that opens
  // and this one still says nothing, it is UDP alone that is blocked, and that one takes over.
  void Check(std::function<bool()> link_works);

 private:
  class Relay;

  void TryNext();
  void OnOpen(Relay& relay);
  // An attempt that has opened while the present relay is being asked.
  Relay* Spare() const;
  void Take(Relay& relay);
  void GiveBackAttempts();
  void OnLost(Relay& relay, int error);
  void OnChecked(bool alive);
  void Start();
  void Stop();
  // What there is of an allocation goes back to its server.
  void GiveBack(std::unique_ptr<Relay> relay);
  // Nobody else talks to this server from our socket.
  void ForgetLeaving(const Endpoint& server);
  // Not destroyed before whatever runs inside it has returned.
  void Retire(std::unique_ptr<Relay> relay);

  Runtime& runtime_;
  const Ipv4Address bind_;
  SendUdp send_udp_;
  RelayUser& user_;
  RelaySettings relays_;
  Surroundings surroundings_;
  bool wanted_ = false;
  WayId last_way_ = 0;

  std::unique_ptr<Relay> relay_;
  std::vector<std::unique_ptr<Relay>> attempts_;
  std::vector<RelayDoor> doors_;
  size_t next_door_ = 0;
  Endpoint avoided_;
  Duration pause_ = kFirstPause;
  std::unique_ptr<Timer> next_;  // the next door, or all doors again
  std::map<Endpoint, turn::Challenge> challenges_;

  bool checking_ = false;
  MonotonicTime check_end_{};
  std::function<bool()> link_works_;

  std::vector<std::unique_ptr<Relay>> leaving_;  // given back, not yet taken
  std::vector<std::unique_ptr<Relay>> retired_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_RELAY_WAY_H_
