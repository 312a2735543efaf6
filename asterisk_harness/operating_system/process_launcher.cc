#include "asterisk_harness/operating_system/process_launcher.h"

#include <cassert>
#include <utility>

namespace sfa::harness {
namespace {

class SimulatedChild final : public ChildProcess {
 public:
  SimulatedChild(ProcessTable& table, int parent_pid, int pid, std::unique_ptr<ByteStream> control,
                 std::shared_ptr<ProcessHandler*> told)
      : table_(table),
        parent_pid_(parent_pid),
        pid_(pid),
        control_(std::move(control)),
        told_(std::move(told)) {}
  ~SimulatedChild() override { Kill(); }

  int pid() const override { return pid_; }
  ByteStream& control() override { return *control_; }
  void Kill() override {
    const ProcessEntry* parent = table_.Find(parent_pid_);
    if (parent == nullptr || parent->ending) return;  // the dead kill nobody
    table_.EndSoon(pid_, "killed by signal 9", true);
  }

 private:
  ProcessTable& table_;
  int parent_pid_;
  int pid_;
  std::unique_ptr<ByteStream> control_;
  std::shared_ptr<ProcessHandler*> told_;  // as long as this lives, the handler wants to know
};

Result<const ProgramMain*> FindExecutable(ProcessTable& table, const std::string& path) {
  const auto image = table.memory_files().ReadImage(path);
  if (!image.ok()) {
    return Error{image.error().code, "cannot execute " + image.error().message};
  }
  const auto not_executable = [&](const std::string& why) {
    return Error{ErrorCode::kNotExecutable, "cannot execute " + path + ": " + why};
  };
  if (!image->noexec_mount.empty()) {
    return not_executable("the file system at " + image->noexec_mount +
                          " is mounted noexec; choose a directory on another file system, or "
                          "allow execution with \"mount -o remount,exec " +
                          image->noexec_mount + "\"");
  }
  if ((image->permissions & 0111) == 0) {
    return not_executable("Permission denied; the file needs execute permission");
  }
  const ProgramMain* const main = table.FindProgram(image->content);
  if (main == nullptr) return not_executable("Exec format error");
  return main;
}

// Runs on the new process's own runtime.
void RunMain(ProcessTable& table, int pid, const std::shared_ptr<ControlPipe>& pipe,
             const ProgramMain& main) {
  ProcessEntry* const entry = table.Find(pid);
  if (entry == nullptr || entry->ending) return;
  entry->program = main(*entry->runtime, pipe->TakeEnd(1), [&table, pid](int status) {
    table.EndSoon(pid, "exited with status " + std::to_string(status), false);
  });
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ProcessLauncher::Launch(const LaunchRequest& request,
                                                              ProcessHandler& handler) {
  auto main = FindExecutable(table_, request.path);
  if (!main.ok()) return main.error();
  {
    const ProcessEntry* parent = table_.Find(parent_pid_);
    if (parent == nullptr || parent->ending) {
      return Error{ErrorCode::kOther, "the process that launches has ended"};
    }
  }
  ProcessEntry& child = table_.Start(request.argv.empty() ? request.path : request.argv[0]);
  ProcessEntry& parent = *table_.Find(parent_pid_);
  auto pipe = ControlPipe::Make(*parent.runtime, *child.runtime);
  parent.pipes.emplace_back(pipe, 0);
  child.pipes.emplace_back(pipe, 1);
  const int pid = child.pid;
  // Told on the parent's runtime, unless the ChildProcess is destroyed before that.
  auto told = std::make_shared<ProcessHandler*>(&handler);
  child.on_end = [&table = table_, parent_pid = parent_pid_,
                  told = std::weak_ptr<ProcessHandler*>(told)](const std::string& how) {
    const ProcessEntry* to = table.Find(parent_pid);
    if (to == nullptr || to->ending || told.expired()) return;
    to->runtime->Post([told, how] {
      if (const auto still = told.lock()) (*still)->OnExit(how);
    });
  };
  child.runtime->Post(
      [&table = table_, pid, pipe, main = *main] { RunMain(table, pid, pipe, *main); });

  return std::unique_ptr<ChildProcess>(std::make_unique<SimulatedChild>(
      table_, parent_pid_, pid, pipe->TakeEnd(0), std::move(told)));
}

}  // namespace sfa::harness
