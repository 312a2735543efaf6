// Where a file is mounted.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_MOUNTS_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_MOUNTS_H_

#include <string>

namespace sfa::posix {

// Whether the file system that holds `path` forbids execution.
bool IsOnNoexecMount(const std::string& path);
// The mount point that holds `path`; "/" when it cannot be found out.
std::string MountPointOf(const std::string& path);

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_MOUNTS_H_
