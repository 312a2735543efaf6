// What carries TURN to a server: UDP or TCP.
#ifndef REFERENCE_IMPL_PROTOCOL_TURN_TRANSPORT_H_
#define REFERENCE_IMPL_PROTOCOL_TURN_TRANSPORT_H_

#include <cstdint>
#include <span>

namespace sfa::turn {

class Transport {
 public:
  // `header` and `payload` are one message. One that is not urgent may be dropped instead of
  // waiting.
  virtual void Send(std::span<const uint8_t> header, std::span<const uint8_t> payload,
                    bool urgent) = 0;
  // Whether what is sent arrives: then requests are not repeated, and ChannelData is padded.
  virtual bool reliable() const = 0;

 protected:
  ~Transport() = default;
};

}  // namespace sfa::turn

#endif  // REFERENCE_IMPL_PROTOCOL_TURN_TRANSPORT_H_
