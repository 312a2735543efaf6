#include "asterisk_harness/real/scripts.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sfa::harness {
namespace {

constexpr int kCannotBeHad = 3;

std::string LastLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const size_t newline = text.rfind('\n');
  return newline == std::string::npos ? text : text.substr(newline + 1);
}

constexpr size_t kLongestOutput = 64 * 1024;  // the end of it

// A pipe from the script: its end is kept, and all of it passed on when `forward` is a descriptor.
struct Output {
  int ends[2] = {-1, -1};
  int forward = -1;
  std::string text = {};
};

// False at the end.
bool ReadSome(Output& output) {
  char buffer[4096];
  const ssize_t count = read(output.ends[0], buffer, sizeof buffer);
  if (count <= 0) return count < 0 && errno == EINTR;
  output.text.append(buffer, static_cast<size_t>(count));
  if (output.text.size() > 2 * kLongestOutput) {
    output.text.erase(0, output.text.size() - kLongestOutput);
  }
  // Who watches sees it at once; that nobody can is no reason to stop.
  if (output.forward >= 0 && write(output.forward, buffer, static_cast<size_t>(count)) < 0) {
    output.forward = -1;
  }
  return true;
}

void ReadToEnd(Output& first, Output& second) {
  pollfd waiting[] = {{first.ends[0], POLLIN, 0}, {second.ends[0], POLLIN, 0}};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    if (poll(waiting, 2, -1) < 0 && errno != EINTR) return;
    if (waiting[0].revents != 0 && !ReadSome(first)) waiting[0].fd = -1;
    if (waiting[1].revents != 0 && !ReadSome(second)) waiting[1].fd = -1;
  }
}

void Close(const Output& output) {
  for (const int end : output.ends) {
    if (end >= 0) close(end);
  }
}

}  // namespace

Result<std::string> RunScript(const std::vector<std::string>& argv) {
  Output answer, complaint{.forward = STDERR_FILENO};
  if (pipe2(answer.ends, O_CLOEXEC) != 0 || pipe2(complaint.ends, O_CLOEXEC) != 0) {
    Close(answer);
    return Error{ErrorCode::kOther, "pipe failed"};
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, answer.ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, complaint.ends[1], 2);
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, argv.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    Close(answer);
    Close(complaint);
    return Error{ErrorCode::kOther, argv.front() + ": " + std::generic_category().message(failed)};
  }
  for (Output* const output : {&answer, &complaint}) close(std::exchange(output->ends[1], -1));
  ReadToEnd(answer, complaint);
  Close(answer);
  Close(complaint);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return LastLine(std::move(answer.text));
  const bool cannot = WIFEXITED(status) && WEXITSTATUS(status) == kCannotBeHad;
  std::string reason = LastLine(std::move(complaint.text));
  if (reason.empty()) reason = argv.front() + " failed without a reason";
  return Error{cannot ? ErrorCode::kNotFound : ErrorCode::kOther, std::move(reason)};
}

}  // namespace sfa::harness
