#include "protocol/path/port_sample.h"

#include <utility>

#include "protocol/path/mapping_keeper.h"

namespace sfa::path {
namespace {

constexpr uint32_t kFirstDynamicPort = 49152;  // RFC 6335 section 6

}  // namespace

PortSample::PortSample(Runtime& runtime, Ipv4Address bind, const Endpoint& node,
                       std::function<void(std::optional<Endpoint>)> done)
    : runtime_(runtime),
      node_(node),
      done_(std::move(done)),
      id_(stun::NewTransactionId(runtime.random())),
      timer_(runtime.NewTimer([this] { OnTimer(); })) {
  // At random: the port of an earlier sample may still have its mapping.
  const auto port =
      static_cast<uint16_t>(kFirstDynamicPort + runtime_.random().Below(65536 - kFirstDynamicPort));
  auto socket = runtime_.OpenUdp({bind, port}, *this);
  if (!socket.ok()) socket = runtime_.OpenUdp({bind, 0}, *this);
  if (!socket.ok()) {
    sent_ = kRequests;
    timer_->Start(Duration{});
    return;
  }
  socket_ = std::move(socket).value();
  OnTimer();
}

void PortSample::OnTimer() {
  if (sent_ == kRequests) {
    End(std::nullopt);
    return;
  }
  ++sent_;
  // What cannot be sent is as good as lost.
  static_cast<void>(socket_->Send(node_, MappingQuestion(id_).bytes()));
  timer_->Start(kBetween);
}

void PortSample::OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) {
  const auto answer = stun::Message::Parse(bytes);
  if (from != node_ || !answer || answer->id() != id_) return;
  if (const auto mapped = MappingIn(*answer)) End(mapped);
}

void PortSample::End(std::optional<Endpoint> mapped) {
  timer_->Cancel();
  // Out of the object first: the call may destroy it.
  const auto done = std::move(done_);
  socket_.reset();
  done(mapped);
}

}  // namespace sfa::path
