// Calling out: the channels of one Dial(), all ringing at once, the first answer wins.
#ifndef ASTERISK_HARNESS_SIMULATED_DIAL_H_
#define ASTERISK_HARNESS_SIMULATED_DIAL_H_

#include <optional>
#include <string>
#include <vector>

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

// One destination, "Skype/james_bond@austin_powers".
struct DialTarget {
  std::string technology, address;
};
// nullopt when there is no '/'.
std::optional<DialTarget> ParseDialTarget(std::string_view text);

// How the destinations refused, counted as Asterisk counts them.
struct DialFailures {
  int busy = 0, congestion = 0, unavailable = 0;
  void Count(int cause);
  int total() const { return busy + congestion + unavailable; }
};

// Variables with underscores go from the caller to the channel that it dials.
void InheritVariables(const Channel& from, Channel* to, PbxCore& core);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_DIAL_H_
