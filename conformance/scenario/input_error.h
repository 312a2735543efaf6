// Mistakes in files that people write, told so that they can be mended at once.
#ifndef CONFORMANCE_SCENARIO_INPUT_ERROR_H_
#define CONFORMANCE_SCENARIO_INPUT_ERROR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sfa::conformance {

// Where something stands in a file; lines and columns count from 1, 0 means the whole file.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

struct InputError {
  Place place;
  std::string message;  // what was found, what is allowed, the nearest right word
};

// A file that is no scenario at all has as many mistakes as words; more than these help nobody.
inline constexpr size_t kMostErrors = 100;

// "scenarios/x.yaml:12:5: unknown key 'licensed_chanels'; …"
std::string ToString(const InputError& error);

// The known word nearest to `found`, when it is near enough to be what was meant; else "".
// Ties go to the first.
std::string NearestWord(std::string_view found, const std::vector<std::string>& known);

// "a, b or c", followed by "; did you mean 'b'?" when one is near to `found`.
std::string AllowedWords(std::string_view found, const std::vector<std::string>& known);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_INPUT_ERROR_H_
