#include "conformance/host/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace sfa::conformance {
namespace {

namespace fs = std::filesystem;

constexpr char kTemporaryPrefix[] = "sfalab.";

Error ErrnoError(const std::string& what, const std::string& path) {
  const int number = errno;
  const ErrorCode code = number == ENOENT   ? ErrorCode::kNotFound
                         : number == EACCES ? ErrorCode::kPermissionDenied
                         : number == ENOSPC ? ErrorCode::kNoSpace
                                            : ErrorCode::kOther;
  return {code, what + " " + path + ": " + std::strerror(number)};
}

Error FilesystemError(const std::string& what, const std::string& path, std::error_code code) {
  return {ErrorCode::kOther, what + " " + path + ": " + code.message()};
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, size_t most) {
  std::error_code code;
  if (fs::is_directory(path, code)) {
    return Error{ErrorCode::kInvalid, "cannot read " + path + ": it is a directory"};
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return ErrnoError("cannot read", path);
  std::string text;
  std::array<char, 65536> part;
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    text.append(part.data(), static_cast<size_t>(in.gcount()));
    if (text.size() > most) {
      return Error{ErrorCode::kInvalid,
                   "cannot read " + path + ": it has more than " + std::to_string(most) + " bytes"};
    }
  }
  if (in.bad()) return ErrnoError("cannot read", path);
  return text;
}

Status WriteFile(const std::string& path, std::string_view text) {
  const std::string directory = fs::path(path).parent_path().string();
  if (!directory.empty()) {
    if (Status made = MakeDirectory(directory); !made.ok()) return made;
  }
  std::string temporary = path + ".XXXXXX";
  errno = 0;
  const int descriptor = mkstemp(temporary.data());
  if (descriptor < 0) return ErrnoError("cannot write", path);
  Status status;
  while (!text.empty() && status.ok()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      status = ErrnoError("cannot write", path);
    }
  }
  if (status.ok() && fchmod(descriptor, 0644) != 0) status = ErrnoError("cannot write", path);
  if (close(descriptor) != 0 && status.ok()) status = ErrnoError("cannot write", path);
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = ErrnoError("cannot write", path);
  }
  if (!status.ok()) unlink(temporary.c_str());
  return status;
}

Status MakeDirectory(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return FilesystemError("cannot make the directory", path, code);
  return {};
}

Status CheckDirectory(const std::string& path) {
  if (Status made = MakeDirectory(path); !made.ok()) return made;
  std::string probe = path + "/.sfalab-XXXXXX";
  errno = 0;
  const int descriptor = mkstemp(probe.data());
  if (descriptor < 0) return ErrnoError("cannot write in", path);
  close(descriptor);
  unlink(probe.c_str());
  return {};
}

Status RemoveDirectoryTree(const std::string& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) return FilesystemError("cannot remove", path, code);
  return {};
}

Result<std::vector<std::string>> ListFiles(const std::string& path, const std::string& suffix) {
  std::error_code code;
  std::vector<std::string> names;
  for (fs::directory_iterator it(path, code), end; !code && it != end; it.increment(code)) {
    const std::string name = it->path().filename().string();
    if (name.ends_with(suffix)) names.push_back(name);
  }
  if (code) return FilesystemError("cannot list", path, code);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> FindExecutables(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code code;
  constexpr auto kAnyExecute =
      fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  for (fs::recursive_directory_iterator
           it(directory, fs::directory_options::skip_permission_denied, code),
       end;
       !code && it != end; it.increment(code)) {
    const fs::file_status status = it->symlink_status(code);
    if (fs::is_regular_file(status) && (status.permissions() & kAnyExecute) != fs::perms::none) {
      found.push_back(it->path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string AbsolutePath(const std::string& path) {
  std::error_code code;
  const fs::path absolute = fs::weakly_canonical(fs::absolute(path, code), code);
  return code ? path : absolute.string();
}

std::string TemporaryDirectory::Base() {
  const char* base = getenv("TMPDIR");
  return base != nullptr && *base != '\0' ? base : "/tmp";
}

void TemporaryDirectory::RemoveForgotten() {
  const auto names = ListFiles(Base(), "");
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (!name.starts_with(kTemporaryPrefix)) continue;
    const std::string path = Base() + "/" + name;
    const int lock = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0) continue;
    struct stat of {};
    const bool own = fstat(lock, &of) == 0 && of.st_uid == geteuid();
    if (own && flock(lock, LOCK_EX | LOCK_NB) == 0) static_cast<void>(RemoveDirectoryTree(path));
    close(lock);
  }
}

TemporaryDirectory::TemporaryDirectory() {
  RemoveForgotten();
  // Another process may find it forgotten before it is locked; then it is made again.
  for (;;) {
    path_ = Base() + "/" + kTemporaryPrefix + "XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) {
      path_.clear();
      return;
    }
    lock_ = open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // Where there are no locks, nobody finds anything forgotten.
    if (lock_ >= 0 && flock(lock_, LOCK_EX) != 0) return;
    if (lock_ >= 0 && access(path_.c_str(), F_OK) == 0) return;
    if (lock_ >= 0) close(lock_);
  }
}

TemporaryDirectory::~TemporaryDirectory() {
  if (!path_.empty()) static_cast<void>(RemoveDirectoryTree(path_));
  if (lock_ >= 0) close(lock_);
}

}  // namespace sfa::conformance
