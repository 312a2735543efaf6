// UDP sockets of the machine.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_POSIX_UDP_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_POSIX_UDP_H_

#include <memory>

#include "runtime/posix/event_loop.h"
#include "runtime/udp.h"

namespace sfa::posix {

// Nothing is allocated per datagram.
class PosixUdpSocket final : public UdpSocket, private EventLoop::Watcher {
 public:
  static Result<std::unique_ptr<UdpSocket>> Open(EventLoop& loop, const Endpoint& local,
                                                 UdpReceiver& receiver);
  PosixUdpSocket(EventLoop& loop, Descriptor fd, UdpReceiver& receiver);
  ~PosixUdpSocket() override;

  Endpoint local() const override { return local_; }
  Status Send(const Endpoint& to, std::span<const uint8_t> bytes) override;

 private:
  void OnReady(EventLoop::Readiness readiness) override;
  // Both return false when the receiver has destroyed this socket.
  bool DeliverErrors();
  bool DeliverDatagrams();

  EventLoop::Watch watch_;
  UdpReceiver& receiver_;
  Endpoint local_;
  bool* destroyed_ = nullptr;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_POSIX_UDP_H_
