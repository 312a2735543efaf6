#include "asterisk_harness/real/sandbox.h"

#include <fstream>

namespace sfa::harness {
namespace {

// The first child of a process, from the kernel; 0 when it has none.
int FirstChild(int pid) {
  const std::string id = std::to_string(pid);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  int child = 0;
  children >> child;
  return child;
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::Launch(Runtime& runtime, const SandboxSettings& settings,
                                                 SandboxObserver& observer) {
  std::unique_ptr<Sandbox> sandbox(new Sandbox(observer));
  LaunchRequest request;
  request.path = "/usr/bin/unshare";
  request.argv = {"unshare",    "--mount",        "--net",        "--pid",         "--uts",
                  "--ipc",      "--fork",         "--kill-child", settings.script, settings.root,
                  settings.etc, settings.modules, settings.log};
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
