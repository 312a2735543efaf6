// A lab in the background: up, status, down.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "conformance/command_line/control_connection.h"
#include "conformance/command_line/lab_directory.h"
#include "conformance/command_line/options.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/lab/configuration.h"

extern char** environ;

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr int kLock = 3;
constexpr int kTalk = 4;
// A stop says good-bye to everybody, asks the engine to end and Asterisk to stop: 30 s at most.
constexpr Duration kLongestStop = std::chrono::seconds(60);
constexpr Duration kLongestDeath = std::chrono::seconds(10);
constexpr int kTickMilliseconds = 250;

Json Parse(const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json : Json::object();
}

Json ReadJson(const std::string& path) {
  const Result<std::string> text = ReadFile(path, 1 << 20);
  return text.ok() ? Parse(*text) : Json::object();
}

// What a person at a terminal sees while a lab starts: its log, and for how long it has been.
class Progress {
 public:
  explicit Progress(std::string log) : log_(std::move(log)) {}
  ~Progress() { Clear(); }

  void Show() {
    if (!IsTerminal()) return;
    const Result<std::string> text = ReadFile(log_);
    if (text.ok() && text->size() > shown_) {
      Clear();
      std::fwrite(text->data() + shown_, 1, text->size() - shown_, stderr);
      shown_ = text->size();
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began_).count();
    fmt::print(stderr, "\r\033[Kthe lab is starting: {} s", seconds);
    drawn_ = true;
  }

 private:
  void Clear() {
    if (std::exchange(drawn_, false)) std::fputs("\r\033[K", stderr);
  }

  const std::string log_;
  const Clock::time_point began_ = Clock::now();
  size_t shown_ = 0;
  bool drawn_ = false;
};

// Starts the lab's process in a session of its own. `lock` and `talk` become its descriptors 3 and
// 4. 0 when it cannot be started.
pid_t StartDaemon(const std::vector<std::string>& arguments, const std::string& log, int lock,
                  int talk) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, lock, kLock);
  posix_spawn_file_actions_adddup2(&actions, talk, kTalk);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error == 0 ? pid : 0;
}

// The daemon's one line; "" when it has ended without it.
std::string WaitForWord(int talk, Progress& progress) {
  std::string said;
  while (said.find('\n') == std::string::npos) {
    pollfd waiting{talk, POLLIN, 0};
    const int ready = poll(&waiting, 1, kTickMilliseconds);
    if (ready == 0) progress.Show();
    if (ready <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t count = read(talk, buffer.data(), buffer.size());
    if (count <= 0) return "";
    said.append(buffer.data(), static_cast<size_t>(count));
  }
  return said;
}

// Above the descriptors that the daemon expects.
int MoveUp(int descriptor) {
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
  close(descriptor);
  return moved;
}

std::string Describe(const Json& owner) {
  return fmt::format("{} on {}, process {}", owner.value("file", "?"), owner.value("target", "?"),
                     owner.value("pid", 0));
}

// Somebody else's process, whose end can be waited for.
class Process {
 public:
  explicit Process(int pid)
      : descriptor_(pid > 1 ? static_cast<int>(syscall(SYS_pidfd_open, pid, 0)) : -1) {}
  ~Process() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // False when it still runs after that time.
  bool WaitForEnd(Duration at_most) const {
    if (descriptor_ < 0) return true;
    pollfd waiting{descriptor_, POLLIN, 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    return poll(&waiting, 1, static_cast<int>(milliseconds)) > 0;
  }

 private:
  const int descriptor_;
};

// A lab that was killed takes its Asterisk along, process 1 of its namespaces and what has made
// these, but it may take a moment. By now their numbers may be other processes'.
void WaitForAsterisk(const Json& doors) {
  constexpr std::array<std::string_view, 3> kNames = {"asterisk\n", "run-asterisk\n", "unshare\n"};
  for (const Json& pid : doors.value("asterisk_processes", Json::array())) {
    if (!pid.is_number_integer()) continue;
    const Process process(pid.get<int>());
    const auto name = ReadFile("/proc/" + std::to_string(pid.get<int>()) + "/comm", 64);
    if (!name.ok() || std::find(kNames.begin(), kNames.end(), *name) == kNames.end()) continue;
    process.WaitForEnd(kLongestDeath);
  }
}

// After a lab that could not tidy up itself. Whoever calls has the lock.
void TidyUp(const LabDirectory& directory) {
  WaitForAsterisk(ReadJson(directory.doors()));
  unlink(directory.doors().c_str());
  unlink(directory.log().c_str());
  // Makes one, and thereby removes those that nobody uses any more.
  const TemporaryDirectory forgotten;
}

// The same, and nothing of the lab is left.
ExitCode Remove(const LabDirectory& directory, const Json& owner) {
  const Result<int> lock = directory.Lock();
  if (!lock.ok()) return TellError(lock.error().message, kExitCannotTell);
  TidyUp(directory);
  directory.Remove(owner.value("made_folder", false));
  close(*lock);
  return kExitPass;
}

}  // namespace

ExitCode LabUp(const CommonOptions& common, const LabOptions& options) {
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return kExitBadInput;
  std::vector<InputError> errors;
  std::optional<Scenario> scenario = library->LoadFile(options.file, errors);
  if (scenario && !options.etc.empty()) LayOver(options.etc, scenario->asterisk.files, errors);
  if (!errors.empty()) return TellInputErrors(errors);

  const LabDirectory directory(options.directory);
  const bool is_new = access(directory.path().c_str(), F_OK) != 0;
  const Result<int> lock = directory.Lock();
  if (!lock.ok() && lock.error().code == ErrorCode::kExists) {
    return TellError(
        fmt::format("a lab is running in {} already ({}); 'sfalab lab down --dir {}' "
                    "ends it, another --dir gives another lab",
                    directory.path(), Describe(Parse(directory.ReadOwner())), options.directory),
        kExitBadInput);
  }
  if (!lock.ok()) {
    return TellError(
        "--dir: " + lock.error().message + "; allowed: a directory in which files can be made",
        kExitBadInput);
  }
  std::array<int, 2> talk{};
  if (pipe2(talk.data(), O_CLOEXEC) != 0) return TellError(std::strerror(errno), kExitCannotTell);
  const Json before = Parse(directory.ReadOwner());
  if (!before.empty()) TidyUp(directory);
  const int lock_up = MoveUp(*lock), talk_up = MoveUp(talk[1]);
  const std::string file = AbsolutePath(options.file);
  Json owner = {{"pid", 0},
                {"file", file},
                {"target", options.target},
                {"made_folder", is_new || before.value("made_folder", false)}};
  static_cast<void>(directory.WriteOwner(owner.dump()));
  std::vector<std::string> arguments = {OwnPath(),
                                        "--source-root",
                                        AbsolutePath(common.source_root),
                                        "lab-daemon",
                                        file,
                                        "--dir",
                                        directory.path(),
                                        "--on",
                                        options.target,
                                        "--seed",
                                        std::to_string(common.seed)};
  if (!options.etc.empty()) {
    arguments.insert(arguments.end(), {"--etc", AbsolutePath(options.etc)});
  }
  const pid_t pid = StartDaemon(arguments, directory.log(), lock_up, talk_up);
  if (pid > 0) {
    owner["pid"] = pid;
    static_cast<void>(directory.WriteOwner(owner.dump()));
  }
  close(lock_up);
  close(talk_up);
  Json said;
  {
    Progress progress(directory.log());
    said = Parse(WaitForWord(talk[0], progress));
  }
  close(talk[0]);
  if (said.contains("usable")) {
    fmt::print("{}\n", said["usable"].dump());
    return kExitPass;
  }
  waitpid(pid, nullptr, 0);
  const auto code = static_cast<ExitCode>(said.value("code", static_cast<int>(kExitCannotTell)));
  return TellError(said.value("problem", "the lab has ended while it was starting") + "; " +
                       directory.log() + " may say more",
                   code);
}

ExitCode LabStatus(const LabOptions& options) {
  const LabDirectory directory(options.directory);
  const LabDirectory::State state = directory.Look();
  Json status = {{"state", "none"}};
  if (state != LabDirectory::State::kNone) {
    const Json owner = Parse(directory.ReadOwner());
    const Json doors = ReadJson(directory.doors());
    for (const char* name : {"file", "target", "pid"}) {
      status[name] = owner.contains(name) ? owner[name] : Json();
    }
    status["state"] = doors.contains("ended") ? "ended" : "killed";
    if (doors.contains("ended")) status["reason"] = doors["ended"];
    if (state == LabDirectory::State::kRunning) {
      status["state"] = doors.contains("community") ? "running" : "starting";
      auto lab = ControlConnection::Open(directory, "ask", "status");
      const auto line = lab.ok() ? lab->WaitForLine(std::chrono::seconds(10)) : std::nullopt;
      const Json answer = line ? Parse(*line).value("answer", Json::object()) : Json::object();
      for (const char* name : {"up_for_seconds", "people"}) {
        if (answer.contains(name)) status[name] = answer[name];
      }
      if (answer.empty() && doors.contains("community")) status["state"] = "ending";
    }
    status.update(doors);
  }
  fmt::print("{}\n", status.dump());
  return status["state"] == "running" ? kExitPass : kExitFail;
}

ExitCode LabDown(const LabOptions& options) {
  const LabDirectory directory(options.directory);
  const LabDirectory::State state = directory.Look();
  if (state == LabDirectory::State::kNone) {
    return TellError("there is no lab in " + directory.path(), kExitBadInput);
  }
  const Json owner = Parse(directory.ReadOwner());
  if (state == LabDirectory::State::kLeft) {
    const std::string reason = ReadJson(directory.doors()).value("ended", "it was killed");
    const ExitCode removed = Remove(directory, owner);
    if (removed != kExitPass) return removed;
    return TellError(
        fmt::format("the lab in {} had ended already ({}); what it had left is removed",
                    directory.path(), reason),
        kExitPass);
  }
  const int pid = owner.value("pid", 0);
  const Process process(pid);
  auto lab = ControlConnection::Open(directory, "ask", "down");
  const bool asked = lab.ok() && lab->WaitForLine(kLongestDeath).has_value();
  if (asked && process.WaitForEnd(kLongestStop)) {
    // Nothing, unless it has ended for another reason meanwhile.
    return directory.Look() == LabDirectory::State::kLeft ? Remove(directory, owner) : kExitPass;
  }
  // It starts, or hangs. Its session has the scripts in it that prepare Asterisk.
  if (pid > 1) {
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
  }
  if (!process.WaitForEnd(kLongestDeath) || !directory.WaitUntilFree(kLongestDeath)) {
    return TellError(fmt::format("the lab in {} (process {}) does not end", directory.path(), pid),
                     kExitCannotTell);
  }
  return Remove(directory, owner);
}

}  // namespace sfa::conformance
