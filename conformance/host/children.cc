#include "conformance/host/children.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <thread>

#include "conformance/host/files.h"

extern char** environ;

namespace sfa::conformance {
namespace {

struct Running {
  size_t job;
  pid_t pid;
  int pipe;
  std::string output;
};

// Starts a child whose standard output is a pipe; false when that fails.
bool Start(const std::vector<std::string>& arguments, Running& child) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int error = posix_spawnp(&child.pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return false;
  }
  child.pipe = ends[0];
  return true;
}

// Reads what is there; false at the end.
bool ReadSome(Running& child) {
  std::array<char, 65536> buffer;
  const ssize_t got = read(child.pipe, buffer.data(), buffer.size());
  if (got > 0) child.output.append(buffer.data(), static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

ChildResult Reap(Running& child) {
  close(child.pipe);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, std::move(child.output)};
}

}  // namespace

ChildResult RunChild(const std::vector<std::string>& arguments) {
  ChildResult only;
  RunChildren({arguments}, 1, [&](size_t, ChildResult result) { only = std::move(result); });
  return only;
}

void RunChildren(const std::vector<std::vector<std::string>>& jobs, int parallel,
                 const std::function<void(size_t job, ChildResult result)>& done) {
  std::list<Running> running;
  size_t next = 0;
  while (next < jobs.size() || !running.empty()) {
    while (next < jobs.size() && running.size() < static_cast<size_t>(parallel)) {
      Running child{next, 0, -1, {}};
      if (Start(jobs[next], child)) {
        running.push_back(std::move(child));
      } else {
        done(next, {});
      }
      ++next;
    }
    std::vector<pollfd> waiting;
    for (const Running& child : running) waiting.push_back({child.pipe, POLLIN, 0});
    if (waiting.empty() || poll(waiting.data(), waiting.size(), -1) < 0) continue;
    size_t index = 0;
    for (auto child = running.begin(); child != running.end(); ++index) {
      if (waiting[index].revents == 0 || ReadSome(*child)) {
        ++child;
        continue;
      }
      const size_t job = child->job;
      ChildResult result = Reap(*child);
      child = running.erase(child);
      done(job, std::move(result));
    }
  }
}

void EndWithParent() {
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it has ended meanwhile
}

int Processors() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

bool IsTerminal() { return isatty(STDERR_FILENO) == 1; }

bool OutputIsTerminal() { return isatty(STDOUT_FILENO) == 1; }

std::string OwnPath() {
  std::array<char, 4096> path;
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<size_t>(length)) : "";
}

int ParentOf(int pid) {
  const Result<std::string> status = ReadFile("/proc/" + std::to_string(pid) + "/status", 1 << 16);
  const size_t at = status.ok() ? status->find("\nPPid:") : std::string::npos;
  return at == std::string::npos ? 0 : std::atoi(status->c_str() + at + 6);
}

}  // namespace sfa::conformance
