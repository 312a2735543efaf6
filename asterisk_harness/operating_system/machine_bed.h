// A simulated machine for tests of this folder. Its processes have the POSIX runtime's timers, and
// files and processes of the machine.
#ifndef ASTERISK_HARNESS_OPERATING_SYSTEM_MACHINE_BED_H_
#define ASTERISK_HARNESS_OPERATING_SYSTEM_MACHINE_BED_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asterisk_harness/operating_system/machine.h"
#include "runtime/posix/posix_runtime.h"
#include "runtime/severable.h"

namespace sfa::harness {

class BedRuntime final : public Runtime, public Severable {
 public:
  BedRuntime(posix::EventLoop& loop, FileSystem& files, Processes& processes, Log& log)
      : inner_(loop, {}), files_(files), processes_(processes), log_(log) {}

  MonotonicTime Now() const override { return inner_.Now(); }
  WallTime WallNow() const override { return inner_.WallNow(); }
  std::unique_ptr<Timer> NewTimer(Task task) override { return inner_.NewTimer(Alive(task)); }
  void Post(Task task) override { inner_.Post(Alive(task)); }
  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint& local,
                                             UdpReceiver& receiver) override {
    return inner_.OpenUdp(local, receiver);
  }
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint& local,
                                                 AcceptHandler& handler) override {
    return inner_.ListenTcp(local, handler);
  }
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint& local, const Endpoint& remote,
                                         StreamHandler& handler) override {
    return inner_.ConnectTcp(local, remote, handler);
  }
  Random& random() override { return inner_.random(); }
  FileSystem& files() override { return files_; }
  Processes& processes() override { return processes_; }
  std::vector<NetworkInterface> NetworkInterfaces() override { return {}; }
  Log& log() override { return log_; }
  void Sever() override { *severed_ = true; }

 private:
  Task Alive(Task task) {
    return [task = std::move(task), severed = severed_] {
      if (!*severed) task();
    };
  }

  posix::PosixRuntime inner_;
  FileSystem& files_;
  Processes& processes_;
  Log& log_;
  std::shared_ptr<bool> severed_ = std::make_shared<bool>(false);
};

struct MachineBed {
  posix::EventLoop loop;
  std::vector<std::string> sights;  // "100 asterisk started"
  std::vector<std::string> log;     // "asterisk: component: text"
  std::unique_ptr<Machine> machine = NewMachine(
      [this](const std::string&, FileSystem& files, Processes& processes, Log& process_log) {
        return std::make_unique<BedRuntime>(loop, files, processes, process_log);
      },
      [this](const std::string& process, LogLevel, std::string_view text) {
        log.push_back(process + ": " + std::string(text));
      });

  MachineBed() {
    machine->SetProcessObserver([this](const ProcessSight& sight) {
      sights.push_back(std::to_string(sight.pid) + " " + sight.name + " " + sight.event);
    });
  }
  bool RunUntil(const std::function<bool()>& predicate) {
    return loop.RunUntil(predicate, std::chrono::seconds(20));
  }
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_OPERATING_SYSTEM_MACHINE_BED_H_
