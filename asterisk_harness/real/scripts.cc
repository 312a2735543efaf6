#include "asterisk_harness/real/scripts.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sfa::harness {
namespace {

constexpr int kCannotBeHad = 3;

std::string LastLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const size_t newline = text.rfind('\n');
  return newline == std::string::npos ? text : text.substr(newline + 1);
}

std::string ReadToEnd(int descriptor) {
  std::string text;
  char buffer[4096];
  ssize_t count;
  while ((count = read(descriptor, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR)) {
    if (count > 0) text.append(buffer, static_cast<size_t>(count));
  }
  return text;
}

}  // namespace

Result<std::string> RunScript(const std::vector<std::string>& argv) {
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return Error{ErrorCode::kOther, "pipe failed"};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output[1], 1);
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, argv.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(output[1]);
  if (failed != 0) {
    close(output[0]);
    return Error{ErrorCode::kOther, argv.front() + ": " + std::generic_category().message(failed)};
  }
  std::string text = ReadToEnd(output[0]);
  close(output[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return LastLine(std::move(text));
  const bool cannot = WIFEXITED(status) && WEXITSTATUS(status) == kCannotBeHad;
  return Error{cannot ? ErrorCode::kNotFound : ErrorCode::kOther,
               argv.front() + " failed; its reason is above"};
}

}  // namespace sfa::harness
