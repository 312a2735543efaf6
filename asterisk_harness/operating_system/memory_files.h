// The files of a simulated machine, in memory.
#ifndef ASTERISK_HARNESS_OPERATING_SYSTEM_MEMORY_FILES_H_
#define ASTERISK_HARNESS_OPERATING_SYSTEM_MEMORY_FILES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files.h"

namespace sfa::harness {

// One tree of directories and regular files; no links, no users. "//" and "/./" mean "/"; ".." is
// refused. An open file keeps its content when its name is removed or replaced. Outlives its open
// files.
class MemoryFileSystem final : public FileSystem {
 public:
  static constexpr uint64_t kUsualCapacity = 1ull << 30;

  struct MountFlags {
    std::string directory;
    bool noexec = false;
    bool read_only = false;
    bool full = false;
  };
  struct Image {
    std::string content;
    uint32_t permissions;
    std::string noexec_mount;  // "" when it may be executed where it lies
  };

  // `capacity`: bytes that all files may hold together; beyond it the answer is kNoSpace.
  explicit MemoryFileSystem(uint64_t capacity = kUsualCapacity);
  ~MemoryFileSystem() override;

  // From now on paths in `directory` obey these flags. A later mount of the same or a deeper
  // directory wins. Content stays as it is.
  void Mount(MountFlags flags);
  // What executing the file at `path` would find.
  Result<Image> ReadImage(const std::string& path);

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

 private:
  struct Node;
  class MemoryFile;
  // A name in a directory: the node is null when there is none of that name.
  struct Place {
    std::shared_ptr<Node> directory;
    std::string name;
    std::shared_ptr<Node> node;
  };

  Result<Place> Find(const std::string& path) const;
  Result<std::shared_ptr<Node>> FindFile(const std::string& path) const;
  const MountFlags& MountOf(const std::string& path) const;
  Status CheckWritable(const std::string& path) const;
  // Whether `more` bytes fit where `path` lies.
  Status CheckRoom(const std::string& path, uint64_t more) const;
  Status Resize(const std::string& path, Node& node, uint64_t size);

  uint64_t capacity_;
  std::shared_ptr<Node> root_;
  std::vector<MountFlags> mounts_;  // by rising precedence
  std::shared_ptr<uint64_t> used_bytes_;
  uint64_t private_directories_ = 0;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_OPERATING_SYSTEM_MEMORY_FILES_H_
