// A PBX in the manner of Asterisk, as far as the driver's own statements need it: dialplan, AMI,
// console, channels, RTP. One process of a simulated machine.
#ifndef ASTERISK_HARNESS_SIMULATED_SIMULATED_PBX_H_
#define ASTERISK_HARNESS_SIMULATED_SIMULATED_PBX_H_

#include <memory>
#include <span>

#include "asterisk_harness/pbx.h"
#include "chan_skype/pbx_port.h"

namespace sfa::harness {

struct SimulatedPbxSettings {
  ConfigurationFiles files;
  // The driver under test; the reference, or one that wraps it.
  const skype_driver* driver = skype_reference_driver();
  // The engine's image, as embedded in res_skypeforasterisk; installed on the machine as a program.
  std::span<const uint8_t> engine_image;
  bool g729 = false;  // whether codec_g729a.so is there
};

std::unique_ptr<Pbx> NewSimulatedPbx(Runtime& runtime, SimulatedPbxSettings settings,
                                     PbxObserver& observer);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_SIMULATED_PBX_H_
