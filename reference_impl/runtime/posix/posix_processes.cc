#include "runtime/posix/posix_processes.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "runtime/posix/child_setup.h"
#include "runtime/posix/errors.h"
#include "runtime/posix/mounts.h"

// bullseye's headers are older than these; its kernel has them.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

namespace sfa::posix {
namespace {

constexpr idtype_t kByPidfd = static_cast<idtype_t>(3);  // P_PIDFD of linux/wait.h

// Without the host's variables: what the child does must not depend on them.
constexpr const char* kEnvironment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};

Error NotExecutable(const std::string& path, int error) {
  if (IsOnNoexecMount(path)) {
    const std::string mount = MountPointOf(path);
    return {ErrorCode::kNotExecutable,
            "cannot execute " + path + ": the file system at " + mount +
                " is mounted noexec; choose a directory on another file system, or allow "
                "execution with \"mount -o remount,exec " +
                mount + "\""};
  }
  Error failure = SystemError(error, "cannot execute " + path);
  if (error == EACCES) {
    failure.message += "; the file needs execute permission, its directories search permission";
  }
  if (error == EACCES || error == ENOEXEC || error == EPERM || error == ETXTBSY) {
    failure.code = ErrorCode::kNotExecutable;
  }
  return failure;
}

struct SocketPair {
  Descriptor ours, theirs;
};

// A local stream; `theirs` is high enough for BecomeChild().
Result<SocketPair> MakeSocketPair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return SystemError(errno, "cannot make a stream to a child process");
  }
  SocketPair pair{Descriptor(ends[0]), Descriptor()};
  const Descriptor low(ends[1]);
  pair.theirs = Descriptor(::fcntl(low.get(), F_DUPFD_CLOEXEC, kLowestHandedOver));
  if (!pair.theirs.is_open()) {
    return SystemError(errno, "cannot make a stream to a child process");
  }
  return pair;
}

// fork(), with every signal blocked in the child until it has given up the host's handlers.
pid_t ForkInto(const ChildSetup& setup) {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) BecomeChild(setup);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

// Takes the child's status. ECHILD: the host has reaped it before us.
std::string Reap(int pidfd) {
  siginfo_t info{};
  int result;
  do {
    result = ::waitid(kByPidfd, static_cast<id_t>(pidfd), &info, WEXITED);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return "ended; the program that hosts us has taken its exit status";
  if (info.si_code == CLD_EXITED) return "exited with status " + std::to_string(info.si_status);
  return "killed by signal " + std::to_string(info.si_status);
}

// A killed child is gone within moments; a kernel that keeps it longer must not keep us.
constexpr int kDeathMilliseconds = 5000;

class PosixChild final : public ChildProcess, private EventLoop::Watcher {
 public:
  PosixChild(EventLoop& loop, int pid, Descriptor pidfd, std::unique_ptr<ByteStream> control,
             ProcessHandler& handler)
      : pid_(pid),
        watch_(loop, std::move(pidfd), *this),
        control_(std::move(control)),
        handler_(handler) {
    watch_.Await(EventLoop::Readiness::kReadable);
  }
  ~PosixChild() override {
    if (gone_) return;
    Kill();
    pollfd dead{watch_.fd(), POLLIN, 0};
    if (::poll(&dead, 1, kDeathMilliseconds) == 1) Reap(watch_.fd());
  }

  int pid() const override { return pid_; }
  ByteStream& control() override { return *control_; }
  void Kill() override {
    // By descriptor: the number may belong to somebody else when the host has reaped the child.
    if (!gone_) ::syscall(SYS_pidfd_send_signal, watch_.fd(), SIGKILL, nullptr, 0);
  }

 private:
  void OnReady(EventLoop::Readiness) override {
    if (gone_) return;
    gone_ = true;
    handler_.OnExit(Reap(watch_.fd()));
  }

  int pid_;
  EventLoop::Watch watch_;
  std::unique_ptr<ByteStream> control_;
  ProcessHandler& handler_;
  bool gone_ = false;
};

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& string : strings) pointers.push_back(const_cast<char*>(string.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> PosixProcesses::Launch(const LaunchRequest& request,
                                                             ProcessHandler& handler) {
  struct stat seen;
  if (::stat(request.path.c_str(), &seen) != 0) {
    return SystemError(errno, "cannot execute " + request.path);
  }
  if (IsOnNoexecMount(request.path)) return NotExecutable(request.path, EACCES);

  auto control = MakeSocketPair();
  if (!control.ok()) return control.error();
  auto report = MakeSocketPair();
  if (!report.ok()) return report.error();
  const Descriptor null_low(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const Descriptor null(::fcntl(null_low.get(), F_DUPFD_CLOEXEC, kLowestHandedOver));
  if (!null.is_open()) return SystemError(errno, "cannot open /dev/null");

  const std::vector<char*> argv = Pointers(request.argv);
  const std::vector<std::string> variables(std::begin(kEnvironment), std::end(kEnvironment));
  const std::vector<char*> environment = Pointers(variables);
  const ChildSetup setup{request.path.c_str(), argv.data(),           environment.data(),
                         null.get(),           control->theirs.get(), report->theirs.get()};
  const pid_t pid = ForkInto(setup);
  if (pid < 0) return SystemError(errno, "cannot start a process for " + request.path);

  // The child waits for our byte, so it is still there and the number is its own.
  Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd.is_open()) {
    const Error error = SystemError(errno, "cannot watch a child process (needs Linux 5.4)");
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return error;
  }
  report->theirs.Close();
  control->theirs.Close();
  ::send(report->ours.get(), "", 1, MSG_NOSIGNAL);

  int error = 0;
  ssize_t count;
  do {
    count = ::recv(report->ours.get(), &error, sizeof error, 0);
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof error)) {
    Reap(pidfd.get());
    return NotExecutable(request.path, error);
  }
  ::fcntl(control->ours.get(), F_SETFL, O_NONBLOCK);
  return std::unique_ptr<ChildProcess>(std::make_unique<PosixChild>(
      loop_, pid, std::move(pidfd), streams_.Adopt(std::move(control->ours)), handler));
}

}  // namespace sfa::posix
