// What launching promises beyond the contract: to live inside a host such as Asterisk.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "runtime/contract/processes_bed.h"
#include "runtime/posix/posix_runtime.h"

namespace sfa::posix {
namespace {

constexpr Duration kGuard = std::chrono::seconds(20);

// As Asterisk's handler does: reaps whatever has ended.
void ReapEverything(int) {
  const int saved = errno;
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  errno = saved;
}

class PosixProcesses : public testing::Test {
 protected:
  std::unique_ptr<ChildProcess> LaunchEcho() {
    auto child =
        runtime_.processes().Launch({SFA_CONTRACT_PEER, {"skypeforasterisk", "--test"}}, exit_);
    EXPECT_TRUE(child.ok());
    if (!child.ok()) return nullptr;
    (*child)->control().SetHandler(&notes_);
    (*child)->control().Write(contract::AsBytes("hello"));
    EXPECT_TRUE(RunUntil([&] { return notes_.received == "hello"; }));
    return std::move(*child);
  }
  bool RunUntil(const std::function<bool()>& predicate) {
    return runtime_.RunUntil(predicate, kGuard);
  }
  std::string Proc(const ChildProcess& child, const std::string& file) {
    return *runtime_.files().ReadAll("/proc/" + std::to_string(child.pid()) + "/" + file);
  }
  // The value of a line such as "SigIgn:\t0000000000001000".
  static std::string Field(const std::string& text, const std::string& name) {
    const size_t at = text.find("\n" + name + ":\t") + name.size() + 3;
    return text.substr(at, text.find('\n', at) - at);
  }

  PosixRuntime runtime_{{}};
  contract::ExitNotes exit_;
  contract::StreamNotes notes_;
};

TEST_F(PosixProcesses, TheChildInheritsNothing) {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  // Descriptors of the host, without close-on-exec: a console and a listener, low and high.
  const int low = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const int high = ::fcntl(low, F_DUPFD, 900);
  ASSERT_GT(high, 0);
  ::setenv("SFA_OF_THE_HOST", "1", 1);

  const auto child = LaunchEcho();
  ASSERT_NE(child, nullptr);
  ::close(low);
  ::close(high);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  const std::string root = "/proc/" + std::to_string(child->pid());
  std::vector<std::string> descriptors = *runtime_.files().List(root + "/fd");
  for (const std::string& name : descriptors) {
    char target[256] = {};
    ASSERT_GT(::readlink((root + "/fd/" + name).c_str(), target, sizeof target - 1), 0);
    const std::string what = target;
    if (name < "3") {
      EXPECT_EQ(what, "/dev/null") << name;
    } else {
      // The control stream, and what the child's own event loop has made.
      EXPECT_TRUE(name == "3" || what.compare(0, 10, "anon_inode") == 0) << name << ": " << what;
    }
  }
  EXPECT_EQ(std::count(descriptors.begin(), descriptors.end(), "900"), 0);
  const std::string status = Proc(*child, "status");
  EXPECT_EQ(std::stoull(Field(status, "SigBlk"), nullptr, 16), 0u);
  EXPECT_EQ(std::stoull(Field(status, "SigIgn"), nullptr, 16), 0u);
  EXPECT_EQ(Proc(*child, "environ").find("SFA_OF_THE_HOST"), std::string::npos);
  EXPECT_EQ(Proc(*child, "cmdline"), std::string("skypeforasterisk\0--test\0", 24));
}

TEST_F(PosixProcesses, TheChildGetsOrdinaryScheduling) {
  sched_param before{}, real_time{};
  ::sched_getparam(0, &before);
  const int policy = ::sched_getscheduler(0);
  real_time.sched_priority = 10;
  if (::sched_setscheduler(0, SCHED_RR, &real_time) != 0) {
    GTEST_SKIP() << "this user may not have real-time priority";
  }
  const auto child = LaunchEcho();
  ::sched_setscheduler(0, policy, &before);
  ASSERT_NE(child, nullptr);
  EXPECT_EQ(::sched_getscheduler(child->pid()), SCHED_OTHER);
}

TEST_F(PosixProcesses, AHostThatReapsEveryChildDoesNotHideItsEnd) {
  struct sigaction handler {
  }, before;
  handler.sa_handler = ReapEverything;
  ::sigaction(SIGCHLD, &handler, &before);
  auto child = LaunchEcho();
  ASSERT_NE(child, nullptr);
  child->Kill();
  // The host is the first: by its handler, or here. A descriptor tells of the end before the
  // signal.
  ::waitpid(child->pid(), nullptr, 0);
  EXPECT_TRUE(RunUntil([&] { return exit_.exits == 1 && (notes_.ended || notes_.error); }));
  EXPECT_NE(exit_.description.find("host"), std::string::npos) << exit_.description;
  // Also when it never executes: the failure comes back all the same.
  auto text = runtime_.processes().Launch({"/etc/hostname", {"x"}}, exit_);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kNotExecutable);
  struct sigaction now;
  ::sigaction(SIGCHLD, nullptr, &now);
  EXPECT_EQ(now.sa_handler, &ReapEverything) << "the host's handler was replaced";
  child.reset();
  ::sigaction(SIGCHLD, &before, nullptr);
}

TEST_F(PosixProcesses, NoZombieAndNoDescriptorStaysBehind) {
  const auto count = [&] { return runtime_.files().List("/proc/self/fd")->size(); };
  LaunchEcho().reset();
  const size_t before = count();
  for (int i = 0; i < 5; ++i) {
    notes_ = {};
    LaunchEcho().reset();
  }
  EXPECT_EQ(count(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD) << "a child was not reaped";
}

}  // namespace
}  // namespace sfa::posix
