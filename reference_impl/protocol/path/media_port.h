// The media port of a process: all the ways by which its calls' packets come and go.
//
//   UDP socket   one mapping for all calls, learnt from a supernode by STUN and kept alive
//   relay        an allocation on a supernode (TURN, over UDP or TCP), while some call wants it
//   TCP          connections from and to other peers' listeners, one per pair of ends
//
// What arrives by any way is told apart as in RFC 7983: STUN goes to the path agent that its
// USERNAME names or to the transaction that waits for it, media goes by SSRC. Everything else is
// counted and dropped.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_MEDIA_PORT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_MEDIA_PORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/path/route.h"
#include "protocol/path/surroundings.h"
#include "runtime/runtime.h"

namespace sfa::path {

class CheckPort;

class MediaReceiver {
 public:
  // One SRTP packet, still protected.
  virtual void OnMedia(const Route& from, std::span<const uint8_t> packet) = 0;

 protected:
  ~MediaReceiver() = default;
};

// Manual 3.1: bind_address, bind_port, disable_udp, disable_tcpauto.
struct PortSettings {
  // The port is a suggestion, for UDP and TCP; 0, or one that is taken: a random one.
  Endpoint bind;
  bool udp = true;
  // Listens on TCP at all: `bind`'s port, or a random one when tcp_auto allows.
  bool listen_tcp = true;
  // The random port, and 80 and 443 as well, each only if it can be bound.
  bool tcp_auto = true;
};

// Where relays are and what opens them.
struct RelaySettings {
  std::vector<Endpoint> nodes;  // supernodes, the best first
  std::string name, password;   // RelayCredential
};

class MediaPort {
 public:
  virtual ~MediaPort() = default;

  virtual bool uses_udp() const = 0;
  // The UDP socket's, or with UDP disabled the first TCP listener's.
  virtual Endpoint local() const = 0;
  virtual std::vector<Endpoint> tcp_listeners() const = 0;
  // The addresses by which this host can be reached directly, with the UDP port: host candidates.
  virtual std::vector<Endpoint> host_endpoints() const = 0;
  // As the STUN server saw us; none until it has answered, or when UDP does not get through.
  virtual std::optional<Endpoint> mapped() const = 0;

  // Asks `node` once, without repeating. `answered` runs once: with the mapping, or with nothing
  // after `wait`, at once (posted) without UDP. Never from inside. Any number may be under way.
  struct Sighting {
    Endpoint node;
    std::optional<Endpoint> mapped;
    Duration round_trip{};
  };
  virtual void AskMapping(const Endpoint& node, Duration wait,
                          std::function<void(const Sighting&)> answered) = 0;
  // Keeps the mapping with this server alive and known: asks now and every 15 s from now on (RFC
  // 8445 section 11), replacing an earlier server. No effect without UDP.
  virtual void UseStunServer(const Endpoint& stun_server) = 0;

  // What a survey of the network has found; shared by all who use this port.
  virtual void SetSurroundings(const Surroundings& surroundings) = 0;
  virtual const Surroundings& surroundings() const = 0;

  // Takes effect for the next allocation. A port holds one while somebody wants one.
  virtual void SetRelays(const RelaySettings& relays) = 0;

  virtual void AddReceiver(uint32_t ssrc, MediaReceiver* receiver) = 0;
  virtual void RemoveReceiver(uint32_t ssrc) = 0;
  // Lost like any other packet when the way is gone.
  virtual Status SendMedia(const Route& to, std::span<const uint8_t> packet) = 0;

  // The side that path agents use (check_port.h); nothing where a port has none.
  virtual CheckPort* checks() { return nullptr; }
  // Packets that were nobody's, over all ways.
  virtual uint64_t dropped() const { return 0; }
};

// kAddressInUse and the like from the runtime, when not even a random port can be had.
Result<std::unique_ptr<MediaPort>> NewMediaPort(Runtime& runtime, const PortSettings& settings);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_MEDIA_PORT_H_
