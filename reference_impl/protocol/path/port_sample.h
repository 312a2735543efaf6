// Where a sequential NAT puts a flow that begins now.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_PORT_SAMPLE_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_PORT_SAMPLE_H_

#include <functional>
#include <memory>
#include <optional>

#include "runtime/runtime.h"

namespace sfa::path {

// Asks from a socket of its own: a flow that the NAT has never seen, to whichever node it goes.
//
// Contract: `done` runs once, never from inside the constructor, with nothing when the node has not
// answered any of three requests within 0.9 s; it may destroy the sample. Nothing runs after
// destruction.
class PortSample final : private UdpReceiver {
 public:
  static constexpr int kRequests = 3;
  static constexpr Duration kBetween = std::chrono::milliseconds(300);

  PortSample(Runtime& runtime, Ipv4Address bind, const Endpoint& node,
             std::function<void(std::optional<Endpoint>)> done);

 private:
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override;
  void OnTimer();
  void End(std::optional<Endpoint> mapped);

  Runtime& runtime_;
  const Endpoint node_;
  std::function<void(std::optional<Endpoint>)> done_;
  std::array<uint8_t, 12> id_;
  int sent_ = 0;
  std::unique_ptr<UdpSocket> socket_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_PORT_SAMPLE_H_
