// UDP sockets.
#ifndef REFERENCE_IMPL_RUNTIME_UDP_H_
#define REFERENCE_IMPL_RUNTIME_UDP_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa {

// The largest payload that is sent: an Ethernet frame without fragmentation.
inline constexpr size_t kMaxDatagramBytes = 1472;

class UdpReceiver {
 public:
  // `bytes` is valid during the call only. The receiver may send, and may destroy the socket.
  virtual void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) = 0;
  // An ICMP error came back for something sent to `to`.
  virtual void OnUnreachable(const Endpoint& to) { static_cast<void>(to); }

 protected:
  ~UdpReceiver() = default;
};

// Never blocks and never calls its receiver from inside Send(). Destroying it frees the port at
// once; nothing is delivered afterwards.
class UdpSocket {
 public:
  virtual ~UdpSocket() = default;

  // The bound address (as asked, possibly 0.0.0.0) and the actual port.
  virtual Endpoint local() const = 0;
  // An error is local only (too long, no route); a lost datagram is nobody's error.
  virtual Status Send(const Endpoint& to, std::span<const uint8_t> bytes) = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_UDP_H_
