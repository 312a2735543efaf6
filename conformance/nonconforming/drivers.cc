#include "conformance/nonconforming/drivers.h"

#include <iterator>

namespace sfa::conformance {

std::vector<NonConformingDriver> NonConformingDrivers() {
  std::vector<NonConformingDriver> all;
  for (const auto& section : {WrongCalls, WrongOptions, WrongFunctions, WrongAccounts,
                              WrongPresence, WrongManager, WrongConsole, WrongLicences}) {
    std::vector<NonConformingDriver> some = section();
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  }
  return all;
}

}  // namespace sfa::conformance
