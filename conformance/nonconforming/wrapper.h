// The reference driver with a spoiler in between on all its sides.
//
// The state of one wrapped driver hangs from the skype_core that its host holds; there are no
// statics, so that two worlds do not meet.
#ifndef CONFORMANCE_NONCONFORMING_WRAPPER_H_
#define CONFORMANCE_NONCONFORMING_WRAPPER_H_

#include <memory>

#include "chan_skype/pbx_port.h"
#include "conformance/nonconforming/spoiler.h"

namespace sfa::conformance {

// Everything of a wrapped driver but load().
skype_driver SpoiledDriver();
skype_load_result LoadSpoiled(std::unique_ptr<Spoiler> spoiler, void* engine_service,
                              const pbx_host* host, void* pbx, skype_core** core);

// A table whose load() makes a spoiler for each core.
template <typename SpoilerType>
const skype_driver* WrappedDriver() {
  static const skype_driver kDriver = [] {
    skype_driver driver = SpoiledDriver();
    driver.load = [](void* engine_service, const pbx_host* host, void* pbx, skype_core** core) {
      return LoadSpoiled(std::make_unique<SpoilerType>(), engine_service, host, pbx, core);
    };
    return driver;
  }();
  return &kDriver;
}

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_WRAPPER_H_
