#ifndef NETWORK_SIM_TCP_STACK_H_
#define NETWORK_SIM_TCP_STACK_H_
#include "network_sim/process_resource.h"
#include "network_sim/sim_host.h"
#include "runtime/stream.h"
namespace sfa::sim {
class TcpStack {
 public:
  explicit TcpStack(SimHost&) {}
  Result<std::unique_ptr<TcpListener>> Listen(ProcessResources&, const Endpoint&, AcceptHandler&) {
    return Error{ErrorCode::kOther, "no TCP"};
  }
  std::unique_ptr<ByteStream> Connect(ProcessResources&, const Endpoint&, const Endpoint&,
                                      StreamHandler&) {
    return nullptr;
  }
  void Receive(const Ipv4Datagram&) {}
  void ReceiveUnreachable(const Endpoint&, const Endpoint&, uint32_t, uint8_t) {}
};
}  // namespace sfa::sim
#endif
