// What is seen in a lab, as one JSON object a line.
#ifndef CONFORMANCE_LAB_SIGHTS_H_
#define CONFORMANCE_LAB_SIGHTS_H_

#include <string>
#include <vector>

#include "conformance/trace/trace.h"

namespace sfa::conformance {

// {"at": 12.345, "as": "austin_powers", "what": "incoming", "from": "james_bond", …}: `at` counts
// seconds since the lab was ready. A field that stands there several times becomes a list.
std::string ToLine(const Observation& seen);

// Finds in what a person heard, in the first seconds of a call, what people said: the own voice,
// too, which an Echo() sends back.
class Listening {
 public:
  // A call has ended. Lines with what "heard" for the person, and "voice" for each person whose
  // voice was found, in either's ears; each with the person to whom it belongs.
  struct Line {
    std::string as;
    std::string text;
  };
  std::vector<Line> OnRecording(MonotonicTime at, const Recording& recording);

 private:
  std::vector<Recording> latest_;  // of each person, the beginning
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_LAB_SIGHTS_H_
