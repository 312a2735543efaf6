#include "protocol/turn/tcp_transport.h"

#include <utility>

namespace sfa::turn {

TcpTransport::TcpTransport(Runtime& runtime, Ipv4Address bind, const Endpoint& server,
                           std::function<void(std::span<const uint8_t>)> message,
                           std::function<void()> closed)
    : message_(std::move(message)),
      closed_(std::move(closed)),
      stream_(runtime.ConnectTcp({bind, 0}, server, *this)),
      writer_(runtime, *stream_) {}

void TcpTransport::Send(std::span<const uint8_t> header, std::span<const uint8_t> payload,
                        bool urgent) {
  if (!writer_.Write(header, payload, urgent)) ++dropped_;
}

void TcpTransport::OnData(std::span<const uint8_t> bytes) {
  const bool sound = reader_.Read(bytes, [&](std::span<const uint8_t> message) {
    message_(message);
    return true;
  });
  if (!sound) Close();
}

void TcpTransport::OnError(const Error& error) {
  static_cast<void>(error);
  Close();
}

void TcpTransport::Close() {
  // Out of the object first: the call may destroy it.
  const auto closed = std::exchange(closed_, {});
  stream_->Abort();
  if (closed) closed();
}

}  // namespace sfa::turn
