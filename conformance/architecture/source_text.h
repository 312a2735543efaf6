// A C or C++ source as the architecture test sees it: words and includes, without comments and
// string literals.
#ifndef CONFORMANCE_ARCHITECTURE_SOURCE_TEXT_H_
#define CONFORMANCE_ARCHITECTURE_SOURCE_TEXT_H_

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sfa::conformance {

// `text` with every comment and the content of every literal replaced by blanks; lines stay lines.
// Quoted includes stay.
std::string WithoutCommentsAndLiterals(std::string_view text);

struct Finding {
  int line;
  std::string what;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// What is included: "runtime/udp.h" with its line, or "<thread>".
std::vector<Finding> Includes(std::string_view code);
// Words of the set, wherever they stand.
std::vector<Finding> Words(std::string_view code, const std::set<std::string>& words);
// Calls of free functions of the set: not members, not declarations, not in a namespace but std.
std::vector<Finding> Calls(std::string_view code, const std::set<std::string>& functions);
// #if and its kin that ask whether this is a simulation.
std::vector<Finding> SimulationConditionals(std::string_view code);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_ARCHITECTURE_SOURCE_TEXT_H_
