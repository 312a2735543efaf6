#include "asterisk_harness/real/sandbox.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace sfa::harness {
namespace {

// The children of a process's threads, from the kernel.
std::vector<int> Children(int pid) {
  std::vector<int> children;
  std::error_code gone;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
    std::ifstream list(task.path() / "children");
    for (int child; list >> child;) children.push_back(child);
  }
  return children;
}

// 0 when it has none.
int FirstChild(int pid) {
  const std::vector<int> children = Children(pid);
  return children.empty() ? 0 : children.front();
}

// argv[0]; empty for a zombie.
std::string NameOf(int pid) {
  std::ifstream arguments("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
  std::string name;
  std::getline(arguments, name, '\0');
  return name;
}

void CollectNames(int pid, std::vector<std::string>& names) {
  if (std::string name = NameOf(pid); !name.empty()) names.push_back(std::move(name));
  for (const int child : Children(pid)) CollectNames(child, names);
}

int KillNamed(int pid, const std::string& name) {
  int killed = NameOf(pid) == name && kill(pid, SIGKILL) == 0 ? 1 : 0;
  for (const int child : Children(pid)) killed += KillNamed(child, name);
  return killed;
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::Launch(Runtime& runtime, const SandboxSettings& settings,
                                                 SandboxObserver& observer) {
  std::unique_ptr<Sandbox> sandbox(new Sandbox(observer));
  LaunchRequest request;
  request.path = "/usr/bin/unshare";
  request.argv = {"unshare",    "--mount",        "--net",        "--pid",         "--uts",
                  "--ipc",      "--fork",         "--kill-child", settings.script, settings.root,
                  settings.etc, settings.modules, settings.logs};
  auto child = runtime.processes().Launch(request, *sandbox);
  if (!child.ok()) return child.error();
  sandbox->child_ = std::move(*child);
  sandbox->child_->control().SetHandler(sandbox.get());
  return sandbox;
}

void Sandbox::SendLine(const std::string& line) {
  const std::string text = line + '\n';
  child_->control().Write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

int Sandbox::init_pid() const { return FirstChild(child_->pid()); }

int Sandbox::asterisk_pid() const {
  const int init = init_pid();
  return init == 0 ? 0 : FirstChild(init);
}

std::vector<std::string> Sandbox::ProcessNames() const {
  std::vector<std::string> names;
  if (const int asterisk = asterisk_pid(); asterisk != 0) CollectNames(asterisk, names);
  std::sort(names.begin(), names.end());
  return names;
}

int Sandbox::Kill(const std::string& name) {
  const int asterisk = asterisk_pid();
  return asterisk == 0 ? 0 : KillNamed(asterisk, name);
}

void Sandbox::OnData(std::span<const uint8_t> bytes) {
  unfinished_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (size_t end; (end = unfinished_.find('\n')) != std::string::npos;) {
    const std::string line = unfinished_.substr(0, end);
    unfinished_.erase(0, end + 1);
    observer_.OnLine(line);
  }
}

void Sandbox::OnExit(const std::string& description) { observer_.OnGone(description); }

}  // namespace sfa::harness
