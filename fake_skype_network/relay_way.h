// How a relay's client is reached: through one of the node's UDP ports, or over one TCP connection.
#ifndef FAKE_SKYPE_NETWORK_RELAY_WAY_H_
#define FAKE_SKYPE_NETWORK_RELAY_WAY_H_

#include <cstdint>

#include "protocol/stun/attributes.h"
#include "runtime/address.h"

namespace sfa::community {

class RelayWay {
 public:
  // `number` is used once in a node's life: with the client's endpoint it names the 5-tuple
  // (RFC 8656 section 3.1).
  RelayWay(uint32_t number, bool stream) : number_(number), stream_(stream) {}
  RelayWay(const RelayWay&) = delete;
  RelayWay& operator=(const RelayWay&) = delete;

  uint32_t number() const { return number_; }
  // Over a stream ChannelData is padded (RFC 8656 section 12.5).
  bool stream() const { return stream_; }
  // A whole message. Sends or drops; calls nobody back.
  virtual void SendToClient(const Endpoint& client, stun::Bytes message) = 0;

 protected:
  ~RelayWay() = default;

 private:
  const uint32_t number_;
  const bool stream_;
};

struct RelayClient {
  RelayWay& way;
  Endpoint address;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RELAY_WAY_H_
