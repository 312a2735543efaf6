// POSIX extended regular expressions from dialplans and manager clients, compiled within bounds.
#ifndef ASTERISK_HARNESS_SIMULATED_REGEX_H_
#define ASTERISK_HARNESS_SIMULATED_REGEX_H_

#include <regex.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace sfa::harness {

// Compiled, it takes a few megabytes.
inline constexpr size_t kMostRegexNodes = 10000;

// About how many nodes the C library makes of a pattern. It writes repetitions out, "a{3}" as "aaa"
// and "a+" as "aa*", and one inside another as often as they both say: a line of plus signs fills
// any memory. At most kMostRegexNodes + 1.
size_t RegexNodes(std::string_view pattern);

// As regcomp(), extended, with `flags` besides. REG_ESPACE for a pattern that would grow too large.
int CompileRegex(const std::string& pattern, int flags, regex_t* compiled);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_REGEX_H_
