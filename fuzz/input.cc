#include "fuzz/input.h"

#include <cstdio>
#include <cstdlib>

namespace sfa::fuzz {

void Fail(const char* file, int line, const char* promise) {
  std::fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, promise);
  std::abort();
}

}  // namespace sfa::fuzz
