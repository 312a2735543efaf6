#include "runtime/posix/posix_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "runtime/posix/descriptor.h"
#include "runtime/posix/errors.h"

namespace sfa::posix {
namespace {

// What ReadAll() takes at most: a configuration or licence file is far smaller, and a mistaken path
// must not eat the memory of the PBX.
constexpr uint64_t kReadAllLimit = 256u << 20;

Error Failure(const char* what, const std::string& path) {
  return SystemError(errno, std::string("cannot ") + what + " " + path);
}

Status CheckPath(const std::string& path) {
  if (path.empty() || path.front() != '/') {
    return Error{ErrorCode::kInvalid, "not an absolute path: '" + path + "'"};
  }
  if (path.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalid,
                 "a path with a zero byte: " + path.substr(0, path.find('\0'))};
  }
  return {};
}

Result<Descriptor> OpenRegular(const std::string& path, int flags, uint32_t permissions) {
  if (const Status status = CheckPath(path); !status.ok()) return status.error();
  Descriptor fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, permissions));
  if (!fd.is_open()) return Failure("open", path);
  struct stat seen;
  if (::fstat(fd.get(), &seen) != 0) return Failure("look at", path);
  if (!S_ISREG(seen.st_mode)) {
    return Error{ErrorCode::kInvalid, path + " is not a regular file"};
  }
  return fd;
}

Status WriteFully(int fd, std::span<const uint8_t> bytes, uint64_t offset,
                  const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure("write", path);
    bytes = bytes.subspan(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
  return {};
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A rename survives a power loss only once its directory is on the disk.
Status SyncDirectoryOf(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) return Failure("sync", directory);
  return {};
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<size_t> ReadAt(uint64_t offset, std::span<uint8_t> into) override {
    size_t total = 0;
    while (total < into.size()) {
      const ssize_t count = ::pread(fd_.get(), into.data() + total, into.size() - total,
                                    static_cast<off_t>(offset + total));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Failure("read", path_);
      if (count == 0) break;
      total += static_cast<size_t>(count);
    }
    return total;
  }
  Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
    return WriteFully(fd_.get(), bytes, offset, path_);
  }
  Result<uint64_t> Size() override {
    struct stat seen;
    if (::fstat(fd_.get(), &seen) != 0) return Failure("look at", path_);
    return static_cast<uint64_t>(seen.st_size);
  }
  Status Truncate(uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return Failure("truncate", path_);
    return {};
  }
  Status Sync() override {
    if (::fsync(fd_.get()) != 0) return Failure("sync", path_);
    return {};
  }

 private:
  Descriptor fd_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<File>> PosixFileSystem::Open(const std::string& path, OpenMode mode,
                                                    uint32_t permissions) {
  int flags = O_RDWR;
  if (mode == OpenMode::kRead) flags = O_RDONLY;
  if (mode == OpenMode::kCreate) flags = O_RDWR | O_CREAT;
  if (mode == OpenMode::kCreateExclusive) flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
  auto fd = OpenRegular(path, flags, permissions);
  if (!fd.ok()) return fd.error();
  return std::unique_ptr<File>(std::make_unique<PosixFile>(std::move(*fd), path));
}

Result<std::string> PosixFileSystem::ReadAll(const std::string& path) {
  auto fd = OpenRegular(path, O_RDONLY, 0);
  if (!fd.ok()) return fd.error();
  PosixFile file(std::move(*fd), path);
  const auto size = file.Size();
  if (!size.ok()) return size.error();
  if (*size > kReadAllLimit) {
    return Error{ErrorCode::kInvalid, path + " is larger than 256 MiB"};
  }
  // Files of /proc and /sys say they are empty: read on until the end.
  std::string text;
  size_t got = 0;
  do {
    const size_t room = std::max<size_t>(*size + 1 - std::min<uint64_t>(*size, text.size()), 4096);
    const size_t before = text.size();
    text.resize(before + room);
    const auto count =
        file.ReadAt(before, {reinterpret_cast<uint8_t*>(text.data()) + before, room});
    if (!count.ok()) return count.error();
    got = *count;
    text.resize(before + got);
  } while (got > 0 && text.size() <= kReadAllLimit);
  return text;
}

Status PosixFileSystem::WriteAtomically(const std::string& path, std::string_view bytes,
                                        uint32_t permissions) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  std::string temporary = path + ".XXXXXX";
  Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.is_open()) return Failure("write", path);
  Status status =
      WriteFully(fd.get(), {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, 0, path);
  if (status.ok() && ::fchmod(fd.get(), permissions) != 0) {
    status = Failure("set the permissions of", path);
  }
  if (status.ok() && ::fsync(fd.get()) != 0) status = Failure("sync", path);
  // Closed before it has its name: who launches the file must not find it open for writing.
  fd.Close();
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    status = Failure("replace", path);
  }
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return SyncDirectoryOf(path);
}

Status PosixFileSystem::Remove(const std::string& path) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  if (::unlink(path.c_str()) != 0) return Failure("remove", path);
  return {};
}

bool PosixFileSystem::Exists(const std::string& path) {
  return CheckPath(path).ok() && ::access(path.c_str(), F_OK) == 0;
}

Status PosixFileSystem::MakeDirectories(const std::string& path, uint32_t permissions) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), permissions) == 0) continue;
    const int error = errno;
    struct stat seen;
    // A parent that is there may also answer EACCES or EROFS; only what is missing matters.
    if (::stat(part.c_str(), &seen) != 0) {
      return SystemError(error, "cannot make the directory " + part);
    }
    if (!S_ISDIR(seen.st_mode)) {
      return Error{ErrorCode::kExists, "cannot make the directory " + path + ": " + part +
                                           " is there and is not a directory"};
    }
  }
  return {};
}

Result<std::string> PosixFileSystem::MakePrivateDirectory(const std::string& prefix) {
  if (const Status status = CheckPath(prefix); !status.ok()) return status.error();
  std::string path = prefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return Failure("make a private directory at", prefix);
  }
  return path;
}

Status PosixFileSystem::RemoveDirectory(const std::string& path) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  if (::rmdir(path.c_str()) != 0) return Failure("remove the directory", path);
  return {};
}

Result<std::vector<std::string>> PosixFileSystem::List(const std::string& path) {
  if (const Status status = CheckPath(path); !status.ok()) return status.error();
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  if (directory == nullptr) return Failure("list", path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sfa::posix
