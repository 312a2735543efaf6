// A media port's ways by TCP: its listeners, and connections from and to other peers' (RFC 6544,
// with the frames of RFC 4571).
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_TCP_WAYS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_TCP_WAYS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "protocol/path/route.h"
#include "runtime/runtime.h"

namespace sfa::path {

// Never from inside a method of the ways.
class TcpWaysUser {
 public:
  virtual void OnTcpPacket(const Route& from, std::span<const uint8_t> packet) = 0;
  virtual void OnTcpClosed(WayId way) = 0;

 protected:
  ~TcpWaysUser() = default;
};

class TcpWays final : private AcceptHandler {
 public:
  static constexpr size_t kMaxConnections = 256;
  // Accepted ones that have not shown yet that they belong to a call; the oldest makes room.
  static constexpr size_t kMaxStrangers = 32;
  static constexpr Duration kStrangerTime = std::chrono::seconds(10);
  static constexpr Duration kConnectTime = std::chrono::seconds(10);
  // Consent is asked for every few seconds (RFC 7675): this one has been forgotten.
  static constexpr Duration kIdleTime = std::chrono::seconds(60);
  static constexpr Duration kSweep = std::chrono::seconds(1);

  TcpWays(Runtime& runtime, Ipv4Address bind, TcpWaysUser& user);
  ~TcpWays();

  Status Listen(uint16_t port);
  std::vector<Endpoint> listeners() const;

  // Usable at once; what is sent before it is connected waits, if it is urgent.
  std::optional<WayId> Connect(const Endpoint& remote);
  // OnTcpClosed() does not follow.
  void Close(WayId way);
  // Somebody of ours has answered a check that came by this way.
  void Acknowledge(WayId way);
  // False when it was dropped: the way is gone, or it would have had to wait.
  bool Send(WayId way, std::span<const uint8_t> packet, bool urgent);

  size_t connections() const { return connections_.size(); }

 private:
  class Connection;

  void OnAccept(std::unique_ptr<ByteStream> stream) override;
  Connection& Add(std::unique_ptr<Connection> connection);
  // With word to the user.
  void Lose(WayId way);
  void Retire(std::unique_ptr<Connection> connection);
  void MakeRoomForStranger();
  void Sweep();

  Runtime& runtime_;
  const Ipv4Address bind_;
  TcpWaysUser& user_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
  std::map<WayId, std::unique_ptr<Connection>> connections_;  // the oldest first
  // Not destroyed before whatever runs inside them has returned.
  std::vector<std::unique_ptr<Connection>> retired_;
  WayId next_way_ = 1;  // even numbers are relays
  std::unique_ptr<Timer> sweep_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_TCP_WAYS_H_
