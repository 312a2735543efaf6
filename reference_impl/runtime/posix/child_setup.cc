#include "runtime/posix/child_setup.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/processes.h"

// bullseye's headers are older than the call; its kernel has it.
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace sfa::posix {
namespace {

constexpr int kReport = kControlDescriptor + 1;
// Another thread of the host may be between its own fork() and exec() and still hold the fresh
// executable open for writing: exec then fails with ETXTBSY for a moment.
constexpr int kBusyAttempts = 40;
constexpr timespec kBusyPause{0, 5'000'000};

// A directory entry as getdents64(2) gives it.
struct DirectoryEntry {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[1];
};

// For kernels without close_range() (before Linux 5.9).
void CloseFromByListing(int lowest) {
  const int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
  if (directory < 0) {
    for (int fd = lowest; fd < 65536; ++fd) close(fd);
    return;
  }
  alignas(DirectoryEntry) char buffer[2048];
  bool closed_some = true;
  while (closed_some) {  // the listing may skip entries when some go meanwhile: read it again
    closed_some = false;
    lseek(directory, 0, SEEK_SET);
    long size;
    while ((size = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) {
      for (long at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const DirectoryEntry*>(buffer + at);
        at += entry->length;
        if (entry->name[0] < '0' || entry->name[0] > '9') continue;
        int fd = 0;
        for (const char* digit = entry->name; *digit != '\0'; ++digit) fd = fd * 10 + *digit - '0';
        if (fd < lowest || fd == directory) continue;
        close(fd);
        closed_some = true;
      }
    }
  }
  close(directory);
}

void CloseFrom(int lowest) {
  if (syscall(SYS_close_range, lowest, ~0u, 0) != 0) CloseFromByListing(lowest);
}

[[noreturn]] void GiveUp(int error) {
  const ssize_t ignored = write(kReport, &error, sizeof error);
  static_cast<void>(ignored);
  _exit(127);
}

void ResetSignals() {
  struct sigaction by_default;
  memset(&by_default, 0, sizeof by_default);
  by_default.sa_handler = SIG_DFL;
  // The handlers of the host must not run here: they are in its memory, which exec replaces.
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &by_default, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

void BecomeChild(const ChildSetup& setup) {
  for (int fd = 0; fd < 3; ++fd) dup2(setup.null_fd, fd);
  dup2(setup.control_fd, kControlDescriptor);
  dup3(setup.report_fd, kReport, O_CLOEXEC);
  CloseFrom(kReport + 1);
  ResetSignals();
  // Debian runs Asterisk with real-time priority, which an engine that spins must not have.
  sched_param ordinary;
  memset(&ordinary, 0, sizeof ordinary);
  sched_setscheduler(0, SCHED_OTHER, &ordinary);
  setsid();  // a Ctrl-C at the host's console is not meant for the child
  if (chdir("/") != 0) GiveUp(errno);

  char go;
  if (read(kReport, &go, 1) != 1) _exit(127);  // the parent is gone
  for (int attempt = 0;; ++attempt) {
    execve(setup.path, setup.argv, setup.environment);
    if (errno != ETXTBSY || attempt >= kBusyAttempts) GiveUp(errno);
    nanosleep(&kBusyPause, nullptr);
  }
}

}  // namespace sfa::posix
