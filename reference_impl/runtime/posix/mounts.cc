#include "runtime/posix/mounts.h"

#include <stdlib.h>
#include <sys/statvfs.h>

#include <memory>
#include <sstream>

#include "runtime/posix/posix_files.h"

namespace sfa::posix {
namespace {

// mountinfo writes blanks and the like as three octal digits, see proc(5).
std::string Unescape(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool IsBelow(const std::string& path, const std::string& mount) {
  if (mount == "/") return true;
  return path.compare(0, mount.size(), mount) == 0 &&
         (path.size() == mount.size() || path[mount.size()] == '/');
}

}  // namespace

bool IsOnNoexecMount(const std::string& path) {
  struct statvfs seen;
  return ::statvfs(path.c_str(), &seen) == 0 && (seen.f_flag & ST_NOEXEC) != 0;
}

std::string MountPointOf(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &::free);
  const std::string target = real ? real.get() : path;
  std::string best = "/";
  const auto table = PosixFileSystem().ReadAll("/proc/self/mountinfo");
  if (!table.ok()) return best;
  std::istringstream lines(*table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, mount;
    fields >> id >> parent >> device >> root >> mount;
    mount = Unescape(mount);
    if (IsBelow(target, mount) && mount.size() >= best.size()) best = mount;
  }
  return best;
}

}  // namespace sfa::posix
