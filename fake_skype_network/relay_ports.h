// The UDP ports that a node has for relayed addresses.
#ifndef FAKE_SKYPE_NETWORK_RELAY_PORTS_H_
#define FAKE_SKYPE_NETWORK_RELAY_PORTS_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>

#include "runtime/runtime.h"

namespace sfa::community {

// "The server SHOULD only allocate ports from the range 49152 - 65535" (RFC 8656 section 7.2).
inline constexpr uint16_t kFirstRelayPort = 49152;

class RelayPorts;

// One relayed address; destroying it closes the port.
class RelayPort final : private UdpReceiver {
 public:
  ~RelayPort();
  Endpoint address() const { return address_; }
  // Who hears what arrives; until then nobody does.
  void SetReceiver(UdpReceiver* receiver) { receiver_ = receiver; }
  bool Send(const Endpoint& peer, std::span<const uint8_t> bytes) {
    return socket_->Send(peer, bytes).ok();
  }

 private:
  friend class RelayPorts;
  RelayPort(RelayPorts& ports, const Endpoint& address) : ports_(ports), address_(address) {}
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    if (receiver_ != nullptr) receiver_->OnDatagram(from, bytes);
  }

  RelayPorts& ports_;
  const Endpoint address_;
  UdpReceiver* receiver_ = nullptr;
  std::unique_ptr<UdpSocket> socket_;
};

// Outlives its ports.
class RelayPorts {
 public:
  // Ports tried before it is said that there is none.
  static constexpr int kMaxTries = 64;

  RelayPorts(Runtime& runtime, Ipv4Address address) : runtime_(runtime), address_(address) {}

  Ipv4Address address() const { return address_; }
  bool IsOpen(uint16_t port) const { return open_[port]; }
  // At random, so that nobody foretells them; null when there is none.
  std::unique_ptr<RelayPort> Open();
  std::unique_ptr<RelayPort> OpenEven();
  // An even one and the next; both or none.
  struct Pair {
    std::unique_ptr<RelayPort> even, odd;
  };
  Pair OpenPair();

 private:
  friend class RelayPort;
  std::unique_ptr<RelayPort> OpenAt(uint16_t port);
  uint16_t AnyPort();

  Runtime& runtime_;
  const Ipv4Address address_;
  std::bitset<65536> open_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RELAY_PORTS_H_
