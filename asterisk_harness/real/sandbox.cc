#include "asterisk_harness/real/sandbox.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
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

// argv[0] without its directory; empty for a zombie.
std::string NameOf(int pid) {
  std::ifstream arguments("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
  std::string name;
  std::getline(arguments, name, '\0');
  return name.substr(name.rfind('/') + 1);
}

// What the process is called in the innermost of its namespaces (proc(5), NSpid).
int InnerPid(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  int inner = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("NSpid:", 0) != 0) continue;
    std::istringstream numbers(line.substr(6));
    while (numbers >> inner) {
    }
  }
  return inner;
}

template <typename Visit>
void VisitBelow(int pid, const Visit& visit) {
  for (const int child : Children(pid)) {
    visit(child);
    VisitBelow(child, visit);
  }
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

std::string Sandbox::root() const {
  return "/proc/" + std::to_string(init_pid()) + "/root/mnt/root";  // where run-asterisk has it
}

int Sandbox::Outside(int pid) const {
  int outside = 0;
  VisitBelow(init_pid(), [&](int each) {
    if (InnerPid(each) == pid) outside = each;
  });
  return outside;
}

std::vector<RunningProcess> Sandbox::Running() const {
  std::vector<RunningProcess> running;
  const int init = init_pid();
  if (init == 0) return running;
  const std::string machine = root();
  VisitBelow(init, [&](int pid) {
    std::error_code gone;
    // The script's own helpers see the root of its namespaces.
    if (!std::filesystem::equivalent("/proc/" + std::to_string(pid) + "/root", machine, gone)) {
      return;
    }
    if (std::string name = NameOf(pid); !name.empty()) running.push_back({pid, std::move(name)});
  });
  std::sort(running.begin(), running.end(),
            [](const RunningProcess& a, const RunningProcess& b) { return a.pid < b.pid; });
  return running;
}

int Sandbox::Kill(const std::string& name) {
  int killed = 0;
  for (const RunningProcess& process : Running()) {
    if (process.name == name && kill(process.pid, SIGKILL) == 0) ++killed;
  }
  return killed;
}

void Sandbox::Prefer(const std::string& name) {
  for (const RunningProcess& process : Running()) {
    // Fails without effect where the kernel has no autogroups.
    if (process.name == name) {
      std::ofstream("/proc/" + std::to_string(process.pid) + "/autogroup") << "-10";
    }
  }
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
