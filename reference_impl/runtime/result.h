// Errors are values: a code to decide by and a message a user can act on.
#ifndef REFERENCE_IMPL_RUNTIME_RESULT_H_
#define REFERENCE_IMPL_RUNTIME_RESULT_H_

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sfa {

enum class ErrorCode {
  kRefused,              // the peer's host answered: nobody listens there
  kTimedOut,             // no answer at all
  kUnreachable,          // an ICMP error or no route
  kReset,                // the peer aborted an established stream
  kClosed,               // the local side has already ended it
  kAddressInUse,         // another socket is bound there
  kAddressNotAvailable,  // not an address of this host
  kPermissionDenied,
  kNotFound,
  kExists,
  kNotExecutable,  // the file may not be executed here, for example on a noexec mount
  kNoSpace,
  kReadOnly,
  kInvalid,  // malformed input; the message says where
  kOther,
};

struct Error {
  ErrorCode code = ErrorCode::kOther;
  std::string message;
};

// A value or an error. Access to the wrong one is a programming mistake and asserts.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return assert(ok()), *std::get_if<0>(&state_); }
  const T& value() const& { return assert(ok()), *std::get_if<0>(&state_); }
  T&& value() && { return assert(ok()), std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return assert(!ok()), *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

// Success, or an error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return assert(!ok()), *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_RESULT_H_
