#include <cassert>
#include <map>
#include <utility>

#include "asterisk_harness/operating_system/machine.h"
#include "asterisk_harness/operating_system/memory_files.h"
#include "asterisk_harness/operating_system/process_launcher.h"
#include "asterisk_harness/operating_system/process_table.h"
#include "runtime/severable.h"

namespace sfa::harness {
namespace {

constexpr int kInit = 1;
constexpr int kFirstPid = 100;  // below are those that a real machine has at its start

using LogSink = std::function<void(const std::string& process, LogLevel, std::string_view text)>;

class ProcessLog final : public Log {
 public:
  ProcessLog(const LogSink& sink, std::string process)
      : sink_(sink), process_(std::move(process)) {}
  void Write(LogLevel level, std::string_view component, std::string_view message) override {
    if (sink_) sink_(process_, level, std::string(component) + ": " + std::string(message));
  }

 private:
  const LogSink& sink_;
  std::string process_;
};

// The runtime of a process that nobody launched; tells the machine when it is destroyed.
class OwnedRuntime final : public Runtime {
 public:
  OwnedRuntime(std::unique_ptr<Runtime> inner, std::function<void()> ended)
      : inner_(std::move(inner)), ended_(std::move(ended)) {}
  ~OwnedRuntime() override {
    inner_.reset();
    ended_();
  }

  MonotonicTime Now() const override { return inner_->Now(); }
  WallTime WallNow() const override { return inner_->WallNow(); }
  std::unique_ptr<Timer> NewTimer(Task task) override { return inner_->NewTimer(std::move(task)); }
  void Post(Task task) override { inner_->Post(std::move(task)); }
  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local,
                                             UdpReceiver& receiver) override {
    return inner_->OpenUdp(local, receiver);
  }
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                 AcceptHandler& handler) override {
    return inner_->ListenTcp(local, handler);
  }
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                         StreamHandler& handler) override {
    return inner_->ConnectTcp(local, remote, handler);
  }
  Random& random() override { return inner_->random(); }
  FileSystem& files() override { return inner_->files(); }
  Processes& processes() override { return inner_->processes(); }
  std::vector<NetworkInterface> NetworkInterfaces() override { return inner_->NetworkInterfaces(); }
  Log& log() override { return inner_->log(); }

 private:
  std::unique_ptr<Runtime> inner_;
  std::function<void()> ended_;
};

class SimulatedMachine final : public Machine, private ProcessTable {
 public:
  SimulatedMachine(RuntimeFactory runtimes, LogSink log)
      : runtimes_(std::move(runtimes)), log_(std::move(log)) {}
  // Whatever still runs is gone with the machine, as when its power is cut; init is the last.
  ~SimulatedMachine() override {
    while (!processes_.empty()) Erase(std::prev(processes_.end())->first);
  }

  void InstallProgram(std::string image, ProgramMain main) override {
    programs_[std::move(image)] = std::make_unique<ProgramMain>(std::move(main));
  }
  void Mount(const std::string& directory, bool noexec, bool read_only, bool full) override {
    files_.Mount({directory, noexec, read_only, full});
  }
  FileSystem& files() override { return files_; }
  Processes& processes() override { return *Init().launcher; }
  void Post(Task task) override { Init().runtime->Post(std::move(task)); }
  std::unique_ptr<Runtime> NewProcess(const std::string& name) override {
    ProcessEntry& entry = Start(name);
    const int pid = entry.pid;
    return std::make_unique<OwnedRuntime>(std::move(entry.owned_runtime), [this, pid] {
      ProcessEntry* const ended = Find(pid);
      assert(ended != nullptr);
      if (!ended->ending) Tell(*ended, "exited with status 0");
      processes_.erase(pid);
    });
  }
  std::vector<ProcessSight> running() const override {
    std::vector<ProcessSight> sights;
    for (const auto& [pid, entry] : processes_) {
      if (pid != kInit && !entry->ending) sights.push_back({pid, entry->name, "started"});
    }
    return sights;
  }
  void Kill(int pid) override { EndSoon(pid, "killed by signal 9", true); }
  void SetProcessObserver(std::function<void(const ProcessSight&)> observer) override {
    observer_ = std::move(observer);
  }

 private:
  MemoryFileSystem& memory_files() override { return files_; }
  const ProgramMain* FindProgram(const std::string& image) const override {
    const auto found = programs_.find(image);
    return found == programs_.end() ? nullptr : found->second.get();
  }
  ProcessEntry* Find(int pid) override {
    const auto found = processes_.find(pid);
    return found == processes_.end() ? nullptr : found->second.get();
  }

  ProcessEntry& Start(const std::string& name) override {
    Init();
    ProcessEntry& entry = Add(next_pid_++, name);
    Tell(entry, "started");
    return entry;
  }

  void EndSoon(int pid, const std::string& description, bool severed) override {
    ProcessEntry* const entry = Find(pid);
    if (entry == nullptr || entry->ending || pid == kInit) return;
    entry->ending = true;
    if (severed) {
      if (auto* severable = dynamic_cast<Severable*>(entry->runtime)) severable->Sever();
      for (const auto& [pipe, side] : entry->pipes) {
        if (const auto held = pipe.lock()) held->Sever(side);
      }
    }
    if (entry->owned_runtime == nullptr)
      return Tell(*entry, description);  // the owner's to destroy
    Init().runtime->Post([this, pid, description] {
      ProcessEntry& ended = *Find(pid);
      const auto on_end = std::move(ended.on_end);
      Tell(ended, description);
      Erase(pid);
      if (on_end) on_end(description);
    });
  }

  // The process that reaps: what ends a process must not run inside that process's callbacks.
  ProcessEntry& Init() {
    if (ProcessEntry* init = Find(kInit)) return *init;
    return Add(kInit, "init");
  }

  ProcessEntry& Add(int pid, const std::string& name) {
    auto entry = std::make_unique<ProcessEntry>();
    entry->pid = pid;
    entry->name = name;
    entry->log = std::make_unique<ProcessLog>(log_, name);
    ProcessTable& table = *this;
    entry->launcher = std::make_unique<ProcessLauncher>(table, pid);
    entry->owned_runtime = runtimes_(name, files_, *entry->launcher, *entry->log);
    entry->runtime = entry->owned_runtime.get();
    return *(processes_[pid] = std::move(entry));
  }

  // The program first: it holds streams and timers of its runtime.
  void Erase(int pid) {
    const auto found = processes_.find(pid);
    ProcessEntry& entry = *found->second;
    entry.ending = true;
    entry.program.reset();
    entry.owned_runtime.reset();
    processes_.erase(found);
  }

  void Tell(const ProcessEntry& entry, const std::string& event) {
    if (observer_) observer_({entry.pid, entry.name, event});
  }

  RuntimeFactory runtimes_;
  LogSink log_;
  MemoryFileSystem files_;
  std::map<std::string, std::unique_ptr<ProgramMain>> programs_;
  std::map<int, std::unique_ptr<ProcessEntry>> processes_;
  int next_pid_ = kFirstPid;
  std::function<void(const ProcessSight&)> observer_;
};

}  // namespace

std::unique_ptr<Machine> NewMachine(
    Machine::RuntimeFactory runtimes,
    std::function<void(const std::string& process, LogLevel level, std::string_view text)> log) {
  return std::make_unique<SimulatedMachine>(std::move(runtimes), std::move(log));
}

}  // namespace sfa::harness
