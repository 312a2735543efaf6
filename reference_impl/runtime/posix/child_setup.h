// What happens between fork() and exec().
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_CHILD_SETUP_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_CHILD_SETUP_H_

namespace sfa::posix {

// Everything the child needs, prepared before fork(): afterwards nothing may be allocated, because
// another thread of the host may have held the allocator's lock.
struct ChildSetup {
  const char* path;
  char* const* argv;
  char* const* environment;
  // All three are above the descriptors that the child keeps.
  int null_fd;
  int control_fd;
  // The child waits here for one byte before it executes the file, so that the parent can take
  // hold of it, and reports the errno of a failure; closed by a successful exec.
  int report_fd;
};

// Descriptors that the parent hands over must not be below this one.
inline constexpr int kLowestHandedOver = 10;

// Runs in the child and never returns. Only async-signal-safe calls. Expects all signals blocked.
[[noreturn]] void BecomeChild(const ChildSetup& setup);

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_CHILD_SETUP_H_
