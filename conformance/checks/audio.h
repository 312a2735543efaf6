// Whether one client heard what another one said: found again by correlation, with its delay and
// the quality that delay and loss leave (ITU-T G.107).
#ifndef CONFORMANCE_CHECKS_AUDIO_H_
#define CONFORMANCE_CHECKS_AUDIO_H_

#include <optional>
#include <string>

#include "conformance/checks/judge.h"
#include "conformance/checks/sighting.h"

namespace sfa::conformance {

// What one client heard of another one.
struct Heard {
  bool found = false;
  double correlation = 0;
  Duration delay{};
  double loss_percent = 0;
  double mos = 0;
};

// Of several calls of the two, the one that was heard best; nothing without a call of both in which
// anything was heard.
std::optional<Heard> Hear(const std::string& from, const std::string& heard_by,
                          const Window& window, const Trace& trace);

// `from` and `heard_by` may be the same client, whose words an Echo() sends back: then half of the
// delay is taken for the one-way delay of the E-model. What is said in the window is looked for.
Finding Listen(const AudioExpectation& expected, const Window& window, const Trace& trace);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_AUDIO_H_
