// Drivers that are wrong on purpose: the reference driver behind a wrapper at the PBX port and at
// the engine's control stream that spoils one thing. The suite must reject each for the requirement
// that it breaks.
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

// By the manual's sections: calls (1, 3.2), options (3, 3.1), functions of calls (3.3.1, 3.3.2) and
// of accounts (3.3.3, 3.3.4), presence (3.4, 4.1), manager actions (3.5), console (4.2).
std::vector<NonConformingDriver> WrongCalls();
std::vector<NonConformingDriver> WrongOptions();
std::vector<NonConformingDriver> WrongFunctions();
std::vector<NonConformingDriver> WrongAccounts();
std::vector<NonConformingDriver> WrongPresence();
std::vector<NonConformingDriver> WrongManager();
std::vector<NonConformingDriver> WrongConsole();
std::vector<NonConformingDriver> WrongLicences();

// All of them.
std::vector<NonConformingDriver> NonConformingDrivers();

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_DRIVERS_H_
