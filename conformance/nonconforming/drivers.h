// Drivers that are wrong on purpose: the reference driver behind a wrapper at the PBX port that
// spoils one thing. The suite must reject each for the requirement that it breaks.
#ifndef CONFORMANCE_NONCONFORMING_DRIVERS_H_
#define CONFORMANCE_NONCONFORMING_DRIVERS_H_

#include <string>
#include <vector>

#include "chan_skype/pbx_port.h"

namespace sfa::conformance {

struct NonConformingDriver {
  std::string name;
  const skype_driver* driver;
  std::string scenario;     // that shows it
  std::string requirement;  // that fails
};

// "digit-lost", "event-twice", "licence-kept".
std::vector<NonConformingDriver> NonConformingDrivers();

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_DRIVERS_H_
