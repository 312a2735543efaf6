// TURN over a TCP connection to the server (RFC 8656 section 12.5).
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_TCP_TRANSPORT_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_TCP_TRANSPORT_H_

#include <functional>
#include <memory>

#include "protocol/turn/frames.h"
#include "protocol/turn/transport.h"
#include "runtime/runtime.h"

namespace sfa::turn {

// Contract:
//  1. Connects at once; requests that are sent before it is connected wait for it.
//  2. `message` runs for each message, `closed` once, when the connection is refused, has died or
//     carries something else; nothing follows. Neither runs from inside a method, only `closed` may
//     destroy the transport.
class TcpTransport final : public Transport, private StreamHandler {
 public:
  TcpTransport(Runtime& runtime, Ipv4Address bind, const Endpoint& server,
               std::function<void(std::span<const uint8_t>)> message, std::function<void()> closed);

  void Send(std::span<const uint8_t> header, std::span<const uint8_t> payload,
            bool urgent) override;
  bool reliable() const override { return true; }
  // Messages that were dropped instead of waiting.
  uint64_t dropped() const { return dropped_; }

 private:
  void OnConnected() override { writer_.Open(); }
  void OnData(std::span<const uint8_t> bytes) override;
  void OnWritable() override { writer_.OnWritable(); }
  void OnEndOfStream() override { Close(); }
  void OnError(const Error& error) override;
  void Close();

  std::function<void(std::span<const uint8_t>)> message_;
  std::function<void()> closed_;
  std::unique_ptr<ByteStream> stream_;
  FrameWriter writer_;
  FrameReader reader_{&TurnFrameSize};
  uint64_t dropped_ = 0;
};

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_TCP_TRANSPORT_H_
