// The media port of a process: one UDP socket, one NAT mapping, shared by all calls.
//
// Learns the mapping from a supernode by STUN and keeps it alive. What arrives is told apart as in
// RFC 7983: STUN goes to the path agent that its USERNAME names or to the transaction that waits
// for it, media goes by SSRC. Everything else is counted and dropped.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_MEDIA_PORT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_MEDIA_PORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::path {

class CheckPort;

class MediaReceiver {
 public:
  // One SRTP packet, still protected.
  virtual void OnMedia(const Endpoint& from, std::span<const uint8_t> packet) = 0;

 protected:
  ~MediaReceiver() = default;
};

class MediaPort {
 public:
  virtual ~MediaPort() = default;

  virtual Endpoint local() const = 0;
  // The addresses by which this host can be reached directly, with the port: host candidates.
  virtual std::vector<Endpoint> host_endpoints() const = 0;
  // As the STUN server saw us; none until it has answered.
  virtual std::optional<Endpoint> mapped() const = 0;
  // Asks `stun_server` now and every 15 s from now on (RFC 8445 section 11), replacing an earlier
  // server. `answered` runs each time the mapping is first learnt or has changed, and once with
  // nothing when the server has not answered within 39.5 s (RFC 8489 section 6.2.1).
  virtual void UseStunServer(const Endpoint& stun_server,
                             std::function<void(std::optional<Endpoint>)> answered) = 0;

  virtual void AddReceiver(uint32_t ssrc, MediaReceiver* receiver) = 0;
  virtual void RemoveReceiver(uint32_t ssrc) = 0;
  virtual Status SendMedia(const Endpoint& to, std::span<const uint8_t> packet) = 0;

  // The side that path agents use (check_port.h); nothing where a port has none.
  virtual CheckPort* checks() { return nullptr; }
  // Datagrams that were nobody's.
  virtual uint64_t dropped() const { return 0; }
};

// kAddressInUse and the like from the runtime.
Result<std::unique_ptr<MediaPort>> NewMediaPort(Runtime& runtime, const Endpoint& bind);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_MEDIA_PORT_H_
