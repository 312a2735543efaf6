#include "runtime/posix/errors.h"

#include <string.h>

#include <cerrno>

namespace sfa::posix {
namespace {

ErrorCode CodeOf(int number) {
  switch (number) {
    case ECONNREFUSED:
      return ErrorCode::kRefused;
    case ETIMEDOUT:
      return ErrorCode::kTimedOut;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
      return ErrorCode::kUnreachable;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return ErrorCode::kReset;
    case EADDRINUSE:
      return ErrorCode::kAddressInUse;
    case EADDRNOTAVAIL:
      return ErrorCode::kAddressNotAvailable;
    case EACCES:
    case EPERM:
      return ErrorCode::kPermissionDenied;
    case ENOENT:
      return ErrorCode::kNotFound;
    case EEXIST:
    case ENOTEMPTY:
      return ErrorCode::kExists;
    case ENOEXEC:
      return ErrorCode::kNotExecutable;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kNoSpace;
    case EROFS:
      return ErrorCode::kReadOnly;
    case EINVAL:
    case EISDIR:
    case ENOTDIR:
    case ENAMETOOLONG:
    case EMSGSIZE:
    case ELOOP:
      return ErrorCode::kInvalid;
    default:
      return ErrorCode::kOther;
  }
}

}  // namespace

Error SystemError(int number, const std::string& what) {
  char buffer[128];
  // The GNU form, which returns the text; strerror() is not safe beside the host's threads.
  return {CodeOf(number), what + ": " + ::strerror_r(number, buffer, sizeof buffer)};
}

}  // namespace sfa::posix
