// Files. Paths are absolute; errors name the path.
#ifndef REFERENCE_IMPL_RUNTIME_FILES_H_
#define REFERENCE_IMPL_RUNTIME_FILES_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.h"

namespace sfa {

// Random access to one open file. Destroying it closes it without syncing.
class File {
 public:
  virtual ~File() = default;

  // Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file.
  virtual Result<size_t> ReadAt(uint64_t offset, std::span<uint8_t> into) = 0;
  // Writes all of `bytes` or reports an error; a hole before `offset` reads as zeros.
  virtual Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) = 0;
  virtual Result<uint64_t> Size() = 0;
  virtual Status Truncate(uint64_t size) = 0;
  // Survives a power loss afterwards.
  virtual Status Sync() = 0;
};

enum class OpenMode {
  kRead,
  kReadWrite,        // must exist
  kCreate,           // read and write; made when missing
  kCreateExclusive,  // read and write; kExists when there is anything, a symlink included
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // `permissions` as in chmod, used when the file is made.
  virtual Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode,
                                             uint32_t permissions = 0600) = 0;
  virtual Result<std::string> ReadAll(const std::string& path) = 0;
  // All or nothing, synced, also across a power loss.
  virtual Status WriteAtomically(const std::string& path, std::string_view bytes,
                                 uint32_t permissions = 0600) = 0;
  virtual Status Remove(const std::string& path) = 0;
  virtual bool Exists(const std::string& path) = 0;
  // Also makes missing parents; an existing directory is no error.
  virtual Status MakeDirectories(const std::string& path, uint32_t permissions = 0755) = 0;
  // Makes a new directory "<prefix>XXXXXX" that only this user can enter and returns its path.
  virtual Result<std::string> MakePrivateDirectory(const std::string& prefix) = 0;
  virtual Status RemoveDirectory(const std::string& path) = 0;
  // Names in a directory, sorted.
  virtual Result<std::vector<std::string>> List(const std::string& path) = 0;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_FILES_H_
