// What a person types to a client: a verb of scenario steps and what stands behind it.
#ifndef CONFORMANCE_LAB_VERB_LINE_H_
#define CONFORMANCE_LAB_VERB_LINE_H_

#include <optional>
#include <string>
#include <string_view>

#include "conformance/scenario/loader.h"

namespace sfa::conformance {

struct VerbLine {
  std::string verb;
  std::string argument;  // "" when there is none
};

// "call james_bond": the first word and the rest, without the white space around both. Nothing for
// an empty line and for one that begins with #.
std::optional<VerbLine> SplitVerbLine(std::string_view line);

// Why it cannot be read, in one line; "" when it can.
std::string Reason(const LoadedStep& loaded);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_LAB_VERB_LINE_H_
