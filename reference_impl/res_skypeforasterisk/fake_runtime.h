// A runtime for the tests of the driver and of the engine's life: one thread, a clock moved by
// hand, files in memory, a child whose end of the control stream the test holds.
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_FAKE_RUNTIME_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_FAKE_RUNTIME_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::res {

class FakeTimer;
class FakeChild;

class FakeRuntime final : public Runtime, private FileSystem, private Processes, private Log {
 public:
  FakeRuntime() = default;
  ~FakeRuntime() override;

  // Runs what is posted until nothing is left.
  void RunPosted();
  // Moves the clock and runs the timers that become due, in order.
  void Advance(Duration by);

  // Files by path, and the directories that exist.
  std::map<std::string, std::string> contents;
  std::set<std::string> directories{"/tmp"};
  // What Open() says of these paths.
  std::map<std::string, Error> unreadable;
  std::vector<NetworkInterface> devices;
  WallTime date{};
  // When set, launching fails with it.
  std::optional<Error> launch_error;
  // The child that was launched last and still exists; null when there is none.
  FakeChild* child = nullptr;
  // What the file system held when it was launched.
  std::map<std::string, std::string> contents_at_launch;
  LaunchRequest launched;
  int launches = 0;
  std::vector<std::string> log_lines;

  // Runtime
  MonotonicTime Now() const override { return now_; }
  WallTime WallNow() const override { return date; }
  std::unique_ptr<Timer> NewTimer(Task task) override;
  void Post(Task task) override { posted_.push_back(std::move(task)); }
  Result<std::unique_ptr<UdpSocket>> OpenUdp(const Endpoint&, UdpReceiver&) override;
  Result<std::unique_ptr<TcpListener>> ListenTcp(const Endpoint&, AcceptHandler&) override;
  std::unique_ptr<ByteStream> ConnectTcp(const Endpoint&, const Endpoint&, StreamHandler&) override;
  Random& random() override;
  FileSystem& files() override { return *this; }
  Processes& processes() override { return *this; }
  std::vector<NetworkInterface> NetworkInterfaces() override { return devices; }
  Log& log() override { return *this; }

 private:
  friend class FakeTimer;

  // FileSystem
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode,
                                     uint32_t permissions) override;
  Result<std::string> ReadAll(const std::string& path) override;
  Status WriteAtomically(const std::string& path, std::string_view bytes,
                         uint32_t permissions) override;
  Status Remove(const std::string& path) override;
  bool Exists(const std::string& path) override;
  Status MakeDirectories(const std::string& path, uint32_t permissions) override;
  Result<std::string> MakePrivateDirectory(const std::string& prefix) override;
  Status RemoveDirectory(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& path) override;
  // Processes
  Result<std::unique_ptr<ChildProcess>> Launch(const LaunchRequest& request,
                                               ProcessHandler& handler) override;
  // Log
  void Write(LogLevel level, std::string_view component, std::string_view message) override;

  MonotonicTime now_{};
  std::deque<Task> posted_;
  std::set<FakeTimer*> timers_;  // only asked for the earliest; equal times do not occur
};

// Both ends of a child: the code under test holds it as ChildProcess, the test as this.
class FakeChild final : public ChildProcess, private ByteStream {
 public:
  FakeChild(FakeRuntime& runtime, ProcessHandler& handler) : runtime_(runtime), handler_(handler) {}
  ~FakeChild() override { runtime_.child = nullptr; }

  int pid() const override { return 4711; }
  ByteStream& control() override { return *this; }
  void Kill() override;

  // What the child does.
  void Say(std::string_view bytes);
  void CloseControl();
  void Exit(const std::string& description);

  std::string heard;  // what the child has got
  // How many bytes the stream takes before it is full.
  size_t room = 1 << 30;
  void MakeRoom(size_t bytes);
  bool killed = false;

 private:
  void SetHandler(StreamHandler* handler) override { stream_handler_ = handler; }
  size_t Write(std::span<const uint8_t> bytes) override;
  void ShutdownWrite() override {}
  void Abort() override {}
  void PauseReading() override {}
  void ResumeReading() override {}
  Endpoint local() const override { return {}; }
  Endpoint remote() const override { return {}; }

  FakeRuntime& runtime_;
  ProcessHandler& handler_;
  StreamHandler* stream_handler_ = nullptr;
};

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_FAKE_RUNTIME_H_
