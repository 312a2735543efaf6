// The reference driver with someone in between on both sides of the PBX port.
//
// The state of one wrapped driver hangs from the skype_core that its host holds; there are no
// statics, so that two worlds do not meet.
#ifndef CONFORMANCE_NONCONFORMING_WRAPPER_H_
#define CONFORMANCE_NONCONFORMING_WRAPPER_H_

#include <map>
#include <memory>

#include "chan_skype/pbx_port.h"
#include "res_skypeforasterisk/engine_service.h"

namespace sfa::conformance {

// What a spoiler may change. The defaults change nothing.
class Spoiler {
 public:
  virtual ~Spoiler() = default;
  // What the driver sees instead of the res module; lives as long as this.
  virtual res::EngineService& Service(res::EngineService& service) { return service; }
  // Whether the digit is to reach the driver; asked once for each.
  virtual bool PassDigit(skype_call_id call, char digit) {
    static_cast<void>(call);
    static_cast<void>(digit);
    return true;
  }
  // How often an AMI event reaches the PBX.
  virtual int EventCopies(const char* event) {
    static_cast<void>(event);
    return 1;
  }
};

// A table whose load() makes a spoiler for each core. Everything else is the reference driver's.
template <typename SpoilerType>
const skype_driver* WrappedDriver();

}  // namespace sfa::conformance

#include "conformance/nonconforming/wrapper_inl.h"

#endif  // CONFORMANCE_NONCONFORMING_WRAPPER_H_
