// Files of the machine that the platform itself runs on. Everything in a world goes through
// sfa::Runtime instead.
#ifndef CONFORMANCE_HOST_FILES_H_
#define CONFORMANCE_HOST_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.h"

namespace sfa::conformance {

// Not more than `most` bytes: a file that has more, such as /dev/zero, is an error (kInvalid).
Result<std::string> ReadFile(const std::string& path, size_t most = size_t{1} << 30);
// All or nothing: a reader sees the old text or the new one. Makes missing directories.
Status WriteFile(const std::string& path, std::string_view text);
Status MakeDirectory(const std::string& path);
// Makes the directory when it is missing, and sees whether files can be made in it.
Status CheckDirectory(const std::string& path);
// Removes the directory with all that is in it; one that does not exist is no error.
Status RemoveDirectoryTree(const std::string& path);
// Names of the files in a directory that end with `suffix`, sorted.
Result<std::vector<std::string>> ListFiles(const std::string& path, const std::string& suffix);
// Paths of the regular files below a directory that somebody may execute, sorted.
std::vector<std::string> FindExecutables(const std::string& directory);
// Without "..", links resolved as far as the path exists.
std::string AbsolutePath(const std::string& path);
// A new directory that is removed, with all that is in it, at the end. Those of processes that were
// killed are removed when the next one is made: a lock tells them from those that are in use.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  static std::string Base();
  static void RemoveForgotten();

  std::string path_;
  int lock_ = -1;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_HOST_FILES_H_
