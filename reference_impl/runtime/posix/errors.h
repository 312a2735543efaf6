// From errno to an Error.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_ERRORS_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_ERRORS_H_

#include <string>

#include "runtime/result.h"

namespace sfa::posix {

// "<what>: <the system's words for `number`>"
Error SystemError(int number, const std::string& what);

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_ERRORS_H_
