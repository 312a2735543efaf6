// A text as the argument of a template: a driver's table of functions knows no more of its spoiler
// than the type.
#ifndef CONFORMANCE_NONCONFORMING_TEXT_PARAMETER_H_
#define CONFORMANCE_NONCONFORMING_TEXT_PARAMETER_H_

#include <algorithm>
#include <cstddef>

namespace sfa::conformance {

struct TextParameter {
  template <size_t kSize>
  consteval TextParameter(const char (&literal)[kSize]) {  // NOLINT: stands for the literal
    std::copy_n(literal, kSize, text);
  }
  char text[48] = {};
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_TEXT_PARAMETER_H_
