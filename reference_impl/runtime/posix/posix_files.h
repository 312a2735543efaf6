// The files of the machine.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_POSIX_FILES_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_POSIX_FILES_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files.h"

namespace sfa::posix {

// Only regular files are opened: a pipe or a device in their place would block the thread.
class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode,
                                     uint32_t permissions) override;
  Result<std::string> ReadAll(const std::string& path) override;
  Status WriteAtomically(const std::string& path, std::string_view bytes,
                         uint32_t permissions) override;
  Status Remove(const std::string& path) override;
  bool Exists(const std::string& path) override;
  Status MakeDirectories(const std::string& path, uint32_t permissions) override;
  Result<std::string> MakePrivateDirectory(const std::string& prefix) override;
  Status RemoveDirectory(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& path) override;
};

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_POSIX_FILES_H_
