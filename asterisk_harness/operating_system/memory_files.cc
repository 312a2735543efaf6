#include "asterisk_harness/operating_system/memory_files.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sfa::harness {
namespace {

// The names of an absolute path, none for "/"; nothing for what is not one.
std::optional<std::vector<std::string>> Split(const std::string& path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string name = path.substr(at, end - at);
    if (name == "..") return std::nullopt;
    if (!name.empty() && name != ".") names.push_back(name);
    at = end + 1;
  }
  return names;
}

Error Invalid(const std::string& path) {
  return {ErrorCode::kInvalid,
          "not an absolute path without '..': '" + path.substr(0, path.find('\0')) + "'"};
}
Error NotFound(const std::string& path) {
  return {ErrorCode::kNotFound, path + ": no such file or directory"};
}

bool IsWithin(const std::vector<std::string>& names, const std::vector<std::string>& directory) {
  return names.size() >= directory.size() &&
         std::equal(directory.begin(), directory.end(), names.begin());
}

}  // namespace

struct MemoryFileSystem::Node {
  Node(bool is_directory, uint32_t permissions, std::shared_ptr<uint64_t> used_bytes)
      : is_directory(is_directory), permissions(permissions), used_bytes(std::move(used_bytes)) {}
  ~Node() { *used_bytes -= content.size(); }

  const bool is_directory;
  uint32_t permissions;
  std::string content;
  std::map<std::string, std::shared_ptr<Node>> children;
  std::shared_ptr<uint64_t> used_bytes;  // of the machine
};

class MemoryFileSystem::MemoryFile final : public File {
 public:
  MemoryFile(MemoryFileSystem& files, std::shared_ptr<Node> node, std::string path, bool writable)
      : files_(files), node_(std::move(node)), path_(std::move(path)), writable_(writable) {}

  Result<size_t> ReadAt(uint64_t offset, std::span<uint8_t> into) override {
    const std::string& content = node_->content;
    if (offset >= content.size()) return size_t{0};
    const size_t count = std::min<size_t>(into.size(), content.size() - offset);
    std::copy_n(content.data() + offset, count, into.begin());
    return count;
  }
  Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
    if (Status status = CheckOpenForWriting(); !status.ok()) return status;
    const uint64_t room = files_.capacity_ - std::min(offset, files_.capacity_);
    // An offset beyond the capacity must not wrap around.
    const uint64_t end = bytes.size() <= room ? offset + bytes.size() : files_.capacity_ + 1;
    if (end > node_->content.size()) {
      if (Status status = files_.Resize(path_, *node_, end); !status.ok()) return status;
    }
    std::copy(bytes.begin(), bytes.end(),
              node_->content.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Result<uint64_t> Size() override { return static_cast<uint64_t>(node_->content.size()); }
  Status Truncate(uint64_t size) override {
    if (Status status = CheckOpenForWriting(); !status.ok()) return status;
    return files_.Resize(path_, *node_, size);
  }
  Status Sync() override { return {}; }

 private:
  Status CheckOpenForWriting() const {
    if (!writable_) {
      return Error{ErrorCode::kPermissionDenied, path_ + " is open for reading only"};
    }
    return files_.CheckWritable(path_);
  }

  MemoryFileSystem& files_;
  std::shared_ptr<Node> node_;
  std::string path_;
  bool writable_;
};

MemoryFileSystem::MemoryFileSystem(uint64_t capacity)
    : capacity_(capacity), used_bytes_(std::make_shared<uint64_t>(0)) {
  root_ = std::make_shared<Node>(true, 0755, used_bytes_);
  mounts_.push_back({"/"});
}
MemoryFileSystem::~MemoryFileSystem() = default;

void MemoryFileSystem::Mount(MountFlags flags) { mounts_.push_back(std::move(flags)); }

const MemoryFileSystem::MountFlags& MemoryFileSystem::MountOf(const std::string& path) const {
  const auto names = Split(path).value_or(std::vector<std::string>{});
  const MountFlags* best = &mounts_.front();
  size_t depth = 0;
  for (const MountFlags& mount : mounts_) {
    const auto directory = Split(mount.directory).value_or(std::vector<std::string>{});
    if (!IsWithin(names, directory) || directory.size() < depth) continue;
    best = &mount;
    depth = directory.size();
  }
  return *best;
}

Status MemoryFileSystem::CheckWritable(const std::string& path) const {
  if (!MountOf(path).read_only) return {};
  return Error{ErrorCode::kReadOnly, path + ": read-only file system"};
}

Status MemoryFileSystem::CheckRoom(const std::string& path, uint64_t more) const {
  if (more == 0) return {};
  if (!MountOf(path).full && more <= capacity_ - *used_bytes_) return {};
  return Error{ErrorCode::kNoSpace, path + ": no space left on device"};
}

Status MemoryFileSystem::Resize(const std::string& path, Node& node, uint64_t size) {
  const uint64_t before = node.content.size();
  if (size > before) {
    if (Status status = CheckRoom(path, size - before); !status.ok()) return status;
  }
  node.content.resize(size);
  *used_bytes_ = *used_bytes_ - before + size;
  return {};
}

Result<MemoryFileSystem::Place> MemoryFileSystem::Find(const std::string& path) const {
  const auto names = Split(path);
  if (!names) return Invalid(path);
  if (names->empty()) return Place{nullptr, "/", root_};
  Place place{nullptr, "", root_};
  for (const std::string& name : *names) {
    if (place.node == nullptr) return NotFound(path);
    if (!place.node->is_directory) {
      return Error{ErrorCode::kInvalid, path + ": a part of the path is not a directory"};
    }
    place.directory = place.node;
    place.name = name;
    const auto child = place.directory->children.find(name);
    place.node = child == place.directory->children.end() ? nullptr : child->second;
  }
  return place;
}

Result<std::shared_ptr<MemoryFileSystem::Node>> MemoryFileSystem::FindFile(
    const std::string& path) const {
  auto place = Find(path);
  if (!place.ok()) return place.error();
  if (place->node == nullptr) return NotFound(path);
  if (place->node->is_directory) {
    return Error{ErrorCode::kInvalid, path + " is not a regular file"};
  }
  return place->node;
}

Result<MemoryFileSystem::Image> MemoryFileSystem::ReadImage(const std::string& path) {
  auto node = FindFile(path);
  if (!node.ok()) return node.error();
  const MountFlags& mount = MountOf(path);
  return Image{(*node)->content, (*node)->permissions, mount.noexec ? mount.directory : ""};
}

Result<std::unique_ptr<File>> MemoryFileSystem::Open(const std::string& path, OpenMode mode,
                                                     uint32_t permissions) {
  auto place = Find(path);
  if (!place.ok()) return place.error();
  if (place->node != nullptr && mode == OpenMode::kCreateExclusive) {
    return Error{ErrorCode::kExists, path + " exists"};
  }
  if (mode != OpenMode::kRead) {
    if (const Status status = CheckWritable(path); !status.ok()) return status.error();
  }
  if (place->node == nullptr) {
    if (mode == OpenMode::kRead || mode == OpenMode::kReadWrite) return NotFound(path);
    place->node = std::make_shared<Node>(false, permissions, used_bytes_);
    place->directory->children[place->name] = place->node;
  }
  if (place->node->is_directory) {
    return Error{ErrorCode::kInvalid, path + " is not a regular file"};
  }
  return std::unique_ptr<File>(
      std::make_unique<MemoryFile>(*this, place->node, path, mode != OpenMode::kRead));
}

Result<std::string> MemoryFileSystem::ReadAll(const std::string& path) {
  auto node = FindFile(path);
  if (!node.ok()) return node.error();
  return (*node)->content;
}

Status MemoryFileSystem::WriteAtomically(const std::string& path, std::string_view bytes,
                                         uint32_t permissions) {
  auto place = Find(path);
  if (!place.ok()) return place.error();
  if (place->node != nullptr && place->node->is_directory) {
    return Error{ErrorCode::kInvalid, path + " is a directory"};
  }
  if (Status status = CheckWritable(path); !status.ok()) return status;
  auto fresh = std::make_shared<Node>(false, permissions, used_bytes_);
  if (Status status = Resize(path, *fresh, bytes.size()); !status.ok()) return status;
  fresh->content.assign(bytes);
  place->directory->children[place->name] = std::move(fresh);
  return {};
}

Status MemoryFileSystem::Remove(const std::string& path) {
  auto place = Find(path);
  if (!place.ok()) return place.error();
  if (place->node == nullptr) return NotFound(path);
  if (place->node->is_directory) return Error{ErrorCode::kInvalid, path + " is a directory"};
  if (Status status = CheckWritable(path); !status.ok()) return status;
  place->directory->children.erase(place->name);
  return {};
}

bool MemoryFileSystem::Exists(const std::string& path) {
  const auto place = Find(path);
  return place.ok() && place->node != nullptr;
}

Status MemoryFileSystem::MakeDirectories(const std::string& path, uint32_t permissions) {
  const auto names = Split(path);
  if (!names) return Invalid(path);
  std::shared_ptr<Node> node = root_;
  std::string at;
  for (const std::string& name : *names) {
    at += "/" + name;
    std::shared_ptr<Node>& child = node->children[name];
    if (child == nullptr) {
      if (Status status = CheckWritable(at); !status.ok()) {
        node->children.erase(name);
        return status;
      }
      child = std::make_shared<Node>(true, permissions, used_bytes_);
    }
    if (!child->is_directory) {
      return Error{ErrorCode::kExists, "cannot make the directory " + path + ": " + at +
                                           " is there and is not a directory"};
    }
    node = std::shared_ptr<Node>(child);
  }
  return {};
}

Result<std::string> MemoryFileSystem::MakePrivateDirectory(const std::string& prefix) {
  std::string path;
  do {
    std::string suffix(6, 'A');
    uint64_t number = private_directories_++;
    for (auto letter = suffix.rbegin(); letter != suffix.rend(); ++letter, number /= 26) {
      *letter = static_cast<char>('A' + number % 26);
    }
    path = prefix + suffix;
  } while (Exists(path));
  auto place = Find(path);
  if (!place.ok()) return place.error();
  if (const Status status = CheckWritable(path); !status.ok()) return status.error();
  place->directory->children[place->name] = std::make_shared<Node>(true, 0700, used_bytes_);
  return path;
}

Status MemoryFileSystem::RemoveDirectory(const std::string& path) {
  auto place = Find(path);
  if (!place.ok()) return place.error();
  if (place->node == nullptr) return NotFound(path);
  if (!place->node->is_directory) return Error{ErrorCode::kInvalid, path + " is not a directory"};
  if (place->directory == nullptr) return Error{ErrorCode::kInvalid, "/ cannot be removed"};
  if (!place->node->children.empty()) return Error{ErrorCode::kExists, path + " is not empty"};
  if (Status status = CheckWritable(path); !status.ok()) return status;
  place->directory->children.erase(place->name);
  return {};
}

Result<std::vector<std::string>> MemoryFileSystem::List(const std::string& path) {
  auto place = Find(path);
  if (!place.ok()) return place.error();
  if (place->node == nullptr) return NotFound(path);
  if (!place->node->is_directory) return Error{ErrorCode::kInvalid, path + " is not a directory"};
  std::vector<std::string> names;
  for (const auto& [name, node] : place->node->children) names.push_back(name);
  return names;
}

}  // namespace sfa::harness
