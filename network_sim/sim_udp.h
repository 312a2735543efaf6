// UDP sockets of simulated hosts: bytes straight into a datagram and out of it.
#ifndef NETWORK_SIM_SIM_UDP_H_
#define NETWORK_SIM_SIM_UDP_H_

#include "network_sim/process_resource.h"
#include "network_sim/sim_host.h"
#include "runtime/udp.h"

namespace sfa::sim {

class SimUdpSocket final : public UdpSocket, public ProcessResource {
 public:
  static Result<std::unique_ptr<UdpSocket>> Open(SimHost& host, ProcessResources& process,
                                                 const Endpoint& local, UdpReceiver& receiver);
  ~SimUdpSocket() override { Unbind(); }

  Endpoint local() const override { return local_; }
  Status Send(const Endpoint& to, std::span<const uint8_t> bytes) override;

  // From the host. The receiver may destroy this socket.
  void Deliver(const Endpoint& from, std::span<const uint8_t> bytes) {
    receiver_.OnDatagram(from, bytes);
  }
  void DeliverUnreachable(const Endpoint& to) { receiver_.OnUnreachable(to); }

 private:
  SimUdpSocket(SimHost& host, UdpReceiver& receiver) : host_(&host), receiver_(receiver) {}
  void OnProcessEnd() override { Unbind(); }
  void Unbind();

  SimHost* host_;  // null when the process has ended
  UdpReceiver& receiver_;
  Endpoint local_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_SIM_UDP_H_
