// A call from one telephone to another of the same telephone network: it never leaves the gateway,
// and both ends have it as they have any other call.
#ifndef FAKE_SKYPE_NETWORK_TELEPHONE_WIRE_H_
#define FAKE_SKYPE_NETWORK_TELEPHONE_WIRE_H_

#include <memory>
#include <string>

#include "protocol/peer/peer.h"
#include "runtime/runtime.h"

namespace sfa::community {

struct TelephoneWire {
  std::unique_ptr<peer::Call> caller;
  std::unique_ptr<peer::Call> callee;  // as an incoming call: somebody sets its observer
};

// G.711 mu-law, without a delay. What one end does, the other one is told later, never from inside.
TelephoneWire NewTelephoneWire(Runtime& runtime, const std::string& caller,
                               const std::string& callee);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_TELEPHONE_WIRE_H_
