// Log lines. Secrets never reach this seam.
#ifndef REFERENCE_IMPL_RUNTIME_LOG_H_
#define REFERENCE_IMPL_RUNTIME_LOG_H_

#include <string_view>

namespace sfa {

enum class LogLevel { kDebug, kNotice, kWarning, kError };

class Log {
 public:
  virtual ~Log() = default;
  // `component` is the part that speaks ("engine", "path"); `message` is one line.
  virtual void Write(LogLevel level, std::string_view component, std::string_view message) = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_LOG_H_
