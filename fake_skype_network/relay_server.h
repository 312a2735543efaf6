// The STUN and TURN server of a supernode (RFC 8489, RFC 8656), apart from its sockets: messages of
// clients in, messages to clients and datagrams to peers out. Relays UDP over IPv4.
#ifndef FAKE_SKYPE_NETWORK_RELAY_SERVER_H_
#define FAKE_SKYPE_NETWORK_RELAY_SERVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "fake_skype_network/relay_allocation.h"
#include "fake_skype_network/relay_authenticator.h"
#include "fake_skype_network/relay_peers.h"
#include "fake_skype_network/relay_ports.h"
#include "fake_skype_network/relay_way.h"
#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"
#include "runtime/runtime.h"

namespace sfa::community {

inline constexpr Duration kDefaultAllocationLifetime = std::chrono::minutes(10);  // RFC 8656 3.2
// Who asks for less than the default gets it, but for this: RFC 8656 section 7.2 advises against
// less than the default; so what somebody leaves behind who vanishes, or whose NAT forgets him,
// would stay for ten minutes.
inline constexpr Duration kLeastAllocationLifetime = std::chrono::minutes(1);
// "not higher than 3600 seconds" is what RFC 8656 section 7.2 recommends.
inline constexpr Duration kMaxAllocationLifetime = std::chrono::hours(1);
inline constexpr Duration kReservationLifetime = std::chrono::seconds(30);  // RFC 8656 section 7.2

struct RelaySettings {
  Ipv4Address address;                 // of the node: relayed addresses are there
  size_t max_allocations = 1000;       // reserved ports included
  size_t max_allocations_a_user = 32;  // likewise
  bool private_peers = false;          // see RelayPeers
};

class RelayServer {
 public:
  RelayServer(Runtime& runtime, const RelaySettings& settings);

  // The secret under which credentials are good (see RelaySecrets).
  void Learn(const RelaySecret& secret) { authenticator_.Learn(secret); }

  // A whole message: a datagram, or a frame of a stream. False when it is neither STUN nor
  // ChannelData: a stream is out of step then.
  bool Receive(const RelayClient& client, stun::Bytes message);
  // A stream is gone, and its allocation with it.
  void Forget(const RelayClient& client) { End(KeyOf(client)); }
  bool IsAllocated(const RelayClient& client) const {
    return allocations_.count(KeyOf(client)) != 0;
  }

  size_t allocations() const { return allocations_.size(); }
  const RelayStatistics& statistics() const { return statistics_; }

 private:
  using Asker = RelayAuthenticator::Asker;
  // A 5-tuple: the way's number stands for the server's side and the transport.
  struct Key {
    uint32_t way;
    Endpoint client;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const noexcept {
      return std::hash<Endpoint>()(key.client) ^ key.way;
    }
  };
  struct Reservation {
    std::array<uint8_t, 8> token;
    std::string user;
    std::unique_ptr<RelayPort> port;
    MonotonicTime until;
  };
  struct Request {
    const stun::Message& message;
    const RelayClient& client;
    RelayAllocation* allocation;  // of this 5-tuple, or null
    Asker asker;
  };

  static Key KeyOf(const RelayClient& client) { return {client.way.number(), client.address}; }
  RelayAllocation* Find(const RelayClient& client);
  void End(const Key& key);

  void OnChannelData(const RelayClient& client, stun::Bytes message);
  void OnSend(const RelayClient& client, const stun::Message& message);
  void OnRequest(const RelayClient& client, const stun::Message& message);
  void OnAllocate(const Request& request);
  void OnRefresh(const Request& request);
  void OnCreatePermission(const Request& request);
  void OnChannelBind(const Request& request);

  // What is wrong with an Allocate request; 0 when nothing is.
  int MistakeIn(const stun::Message& request) const;
  // What an allocation stands on; null with the error to answer.
  std::unique_ptr<RelayPort> PortFor(const Request& request, RelayAllocation::Origin& origin,
                                     int& error);
  std::unique_ptr<RelayPort> TakeReserved(stun::Bytes token, const std::string& user);
  void ForgetReservations();
  void AnswerAllocate(const Request& request, const RelayAllocation& allocation);
  bool MayHave(const std::string& user, size_t more) const;
  size_t PortsOf(const std::string& user) const;

  void Succeed(const Request& request, stun::Builder& answer);
  void Refuse(const Request& request, int error);
  void SendAnswer(const RelayClient& client, const stun::Message& request, stun::Builder& answer);

  Runtime& runtime_;
  const RelaySettings settings_;
  RelayAuthenticator authenticator_;
  RelayPorts ports_;
  RelayPeers peers_;
  RelayStatistics statistics_;
  std::vector<Reservation> reservations_;  // oldest first
  std::unique_ptr<Timer> reservations_end_;
  std::map<std::string, size_t> allocations_of_;  // by user
  std::unordered_map<Key, std::unique_ptr<RelayAllocation>, KeyHash> allocations_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RELAY_SERVER_H_
