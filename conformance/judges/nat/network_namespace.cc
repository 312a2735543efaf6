#include "conformance/judges/nat/network_namespace.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "conformance/host/children.h"

namespace sfa::conformance {
namespace {

constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";

Error SystemError(const std::string& what) {
  return {ErrorCode::kOther, what + ": " + std::generic_category().message(errno)};
}

}  // namespace

BesideProgram::~BesideProgram() {
  if (pid_ > 0) {
    // The group does not exist before the program has come that far.
    if (kill(-pid_, SIGKILL) != 0) kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(output_);
}

bool BesideProgram::Ended() {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ == 0;
}

const std::string& BesideProgram::Output() {
  std::array<char, 4096> buffer;
  for (ssize_t got; (got = read(output_, buffer.data(), buffer.size())) > 0;) {
    text_.append(buffer.data(), static_cast<size_t>(got));
  }
  return text_;
}

Result<std::unique_ptr<NetworkNamespace>> NetworkNamespace::Make() {
  if (geteuid() != 0) return Error{ErrorCode::kPermissionDenied, "needs root for a namespace"};
  const int home = open(kOwnNamespace, O_RDONLY | O_CLOEXEC);
  if (home < 0) return SystemError(kOwnNamespace);
  if (unshare(CLONE_NEWNET) != 0) {
    const Error error = SystemError("making a network namespace");
    close(home);
    return error;
  }
  const int there = open(kOwnNamespace, O_RDONLY | O_CLOEXEC);
  const Error failed = SystemError(kOwnNamespace);
  // A thread that cannot go home has no way to go on.
  if (setns(home, CLONE_NEWNET) != 0) std::abort();
  if (there < 0) {
    close(home);
    return failed;
  }
  return std::unique_ptr<NetworkNamespace>(new NetworkNamespace(home, there));
}

NetworkNamespace::~NetworkNamespace() {
  close(there_);
  close(home_);
}

void NetworkNamespace::Inside(const std::function<void()>& visit) const {
  if (setns(there_, CLONE_NEWNET) != 0) std::abort();
  visit();
  if (setns(home_, CLONE_NEWNET) != 0) std::abort();
}

Result<int> NetworkNamespace::OpenInterface(const std::string& name, Kind kind) const {
  Result<int> result = Error{};
  Inside([&] {
    const int descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
      result = SystemError("/dev/net/tun");
      return;
    }
    ifreq request{};
    const int type = kind == Kind::kTun ? IFF_TUN : IFF_TAP;
    request.ifr_flags = static_cast<short>(type | IFF_NO_PI);
    std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
    if (ioctl(descriptor, TUNSETIFF, &request) != 0) {
      result = SystemError("making the interface " + name);
      close(descriptor);
      return;
    }
    result = descriptor;
  });
  return result;
}

Status NetworkNamespace::Run(const std::string& script) const {
  ChildResult result;
  Inside([&] { result = RunChild({"/bin/sh", "-ec", "exec 2>&1\n" + script}); });
  if (result.exit_code == 0) return {};
  return Error{ErrorCode::kOther, "sh ended with " + std::to_string(result.exit_code) + ": " +
                                      result.output + "\nof: " + script};
}

std::unique_ptr<BesideProgram> NetworkNamespace::Start(
    const std::vector<std::string>& arguments) const {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return nullptr;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int parent = getpid();
  const int pid = fork();
  if (pid == 0) {
    const bool ready = setns(there_, CLONE_NEWNET) == 0 && setpgid(0, 0) == 0 &&
                       prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
                       dup2(ends[1], STDOUT_FILENO) >= 0 && dup2(ends[1], STDERR_FILENO) >= 0;
    if (ready) execvp(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return nullptr;
  }
  return std::make_unique<BesideProgram>(pid, ends[0]);
}

}  // namespace sfa::conformance
