#include "network_sim/sim_udp.h"

#include <array>

namespace sfa::sim {

Result<std::unique_ptr<UdpSocket>> SimUdpSocket::Open(SimHost& host, ProcessResources& process,
                                                      const Endpoint& local,
                                                      UdpReceiver& receiver) {
  std::unique_ptr<SimUdpSocket> socket(new SimUdpSocket(host, receiver));
  auto bound = host.udp_ports().Bind(local, socket.get());
  if (!bound.ok()) {
    socket->host_ = nullptr;
    return Error{bound.error().code, "UDP: " + bound.error().message};
  }
  socket->local_ = *bound;
  process.Add(*socket);
  return std::unique_ptr<UdpSocket>(std::move(socket));
}

void SimUdpSocket::Unbind() {
  if (host_) host_->udp_ports().Release(local_);
  host_ = nullptr;
}

Status SimUdpSocket::Send(const Endpoint& to, std::span<const uint8_t> bytes) {
  if (!host_) return Error{ErrorCode::kClosed, "UDP: the socket's process has ended"};
  if (bytes.size() > kMaxDatagramBytes) {
    return Error{ErrorCode::kInvalid, "UDP: a datagram of " + std::to_string(bytes.size()) +
                                          " bytes is longer than " +
                                          std::to_string(kMaxDatagramBytes)};
  }
  if (Status route = host_->CheckRoute(local_.address, to); !route.ok()) return route;
  const Endpoint from{local_.address.is_any() ? host_->SourceFor(to.address) : local_.address,
                      local_.port};
  std::array<uint8_t, kIpv4HeaderBytes + kUdpHeaderBytes + kMaxDatagramBytes> datagram;
  const size_t size = WriteUdpDatagram(datagram.data(), from, to, bytes);
  host_->Output({datagram.data(), size}, to.address);
  return {};
}

}  // namespace sfa::sim
