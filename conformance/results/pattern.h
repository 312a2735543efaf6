// Texts with * and ?, as scenarios and lists of reviewed differences write them.
#ifndef CONFORMANCE_RESULTS_PATTERN_H_
#define CONFORMANCE_RESULTS_PATTERN_H_

#include <string_view>

namespace sfa::conformance {

// `pattern` may hold *, for any run of characters, and ?, for any one of them; everything else
// stands for itself.
bool Matches(std::string_view pattern, std::string_view text);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RESULTS_PATTERN_H_
