#include "conformance/command_line/lab_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

constexpr auto kGlance = std::chrono::milliseconds(20);
constexpr size_t kLongestOwner = 4096;

// Whether the file that the descriptor has open is still the one of that name.
bool IsStillThere(int descriptor, const std::string& path) {
  struct stat held {
  }, named{};
  return fstat(descriptor, &held) == 0 && stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

LabDirectory::LabDirectory(const std::string& path) : path_(AbsolutePath(path)) {}

LabDirectory::State LabDirectory::Look() const {
  const int descriptor = open(lock().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return State::kNone;
  // A shared lock: two who look do not see each other.
  const bool free = flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  close(descriptor);
  return free ? State::kLeft : State::kRunning;
}

Result<int> LabDirectory::Lock() const {
  if (const Status usable = CheckDirectory(path_); !usable.ok()) return usable.error();
  for (;;) {
    const int descriptor = open(lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
      return Error{ErrorCode::kPermissionDenied, lock() + ": " + std::strerror(errno)};
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      close(descriptor);
      return Error{ErrorCode::kExists, "a lab has the folder"};
    }
    // The lab that had it may have removed it in the meantime.
    if (IsStillThere(descriptor, lock())) return descriptor;
    close(descriptor);
  }
}

bool LabDirectory::WaitUntilFree(Duration at_most) const {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (Look() == State::kRunning) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kGlance);
  }
  return true;
}

Status LabDirectory::WriteOwner(const std::string& text) const {
  // In place: the lock belongs to this file.
  const int descriptor = open(lock().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
  const bool written = descriptor >= 0 && write(descriptor, text.data(), text.size()) ==
                                              static_cast<ssize_t>(text.size());
  if (descriptor >= 0) close(descriptor);
  if (!written) return Error{ErrorCode::kOther, "cannot write " + lock()};
  return {};
}

std::string LabDirectory::ReadOwner() const {
  const Result<std::string> text = ReadFile(lock(), kLongestOwner);
  return text.ok() ? *text : "";
}

void LabDirectory::Remove(bool made_by_lab) const {
  unlink(doors().c_str());
  unlink(log().c_str());
  // Last: whoever finds it free finds nothing else.
  unlink(lock().c_str());
  if (made_by_lab) rmdir(path_.c_str());
}

}  // namespace sfa::conformance
