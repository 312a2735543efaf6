#include "res_skypeforasterisk/fake_runtime.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sfa::res {

class FakeTimer final : public Timer {
 public:
  FakeTimer(FakeRuntime& runtime, Task task) : runtime_(runtime), task_(std::move(task)) {
    runtime_.timers_.insert(this);
  }
  ~FakeTimer() override { runtime_.timers_.erase(this); }

  void StartAt(MonotonicTime when) override { due_ = when; }
  void Start(Duration delay) override { due_ = runtime_.Now() + delay; }
  void Cancel() override { due_.reset(); }
  bool running() const override { return due_.has_value(); }

  std::optional<MonotonicTime> due() const { return due_; }
  void Expire() {
    due_.reset();
    task_();
  }

 private:
  FakeRuntime& runtime_;
  Task task_;
  std::optional<MonotonicTime> due_;
};

namespace {

class MemoryFile final : public File {
 public:
  explicit MemoryFile(std::string& content) : content_(content) {}
  Result<size_t> ReadAt(uint64_t offset, std::span<uint8_t> into) override {
    if (offset >= content_.size()) return size_t{0};
    const size_t count = std::min<size_t>(into.size(), content_.size() - offset);
    std::copy_n(content_.begin() + static_cast<ptrdiff_t>(offset), count, into.begin());
    return count;
  }
  Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
    content_.resize(std::max<size_t>(content_.size(), offset + bytes.size()));
    std::copy(bytes.begin(), bytes.end(), content_.begin() + static_cast<ptrdiff_t>(offset));
    return {};
  }
  Result<uint64_t> Size() override { return static_cast<uint64_t>(content_.size()); }
  Status Truncate(uint64_t size) override {
    content_.resize(size);
    return {};
  }
  Status Sync() override { return {}; }

 private:
  std::string& content_;
};

std::string Parent(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

FakeRuntime::~FakeRuntime() = default;

void FakeRuntime::RunPosted() {
  while (!posted_.empty()) {
    const Task task = std::move(posted_.front());
    posted_.pop_front();
    task();
  }
}

void FakeRuntime::Advance(Duration by) {
  const MonotonicTime end = now_ + by;
  RunPosted();
  while (true) {
    FakeTimer* next = nullptr;
    for (FakeTimer* timer : timers_) {
      if (timer->due() && *timer->due() <= end && (!next || *timer->due() < *next->due())) {
        next = timer;
      }
    }
    if (!next) break;
    now_ = std::max(now_, *next->due());
    next->Expire();
    RunPosted();
  }
  now_ = end;
}

std::unique_ptr<Timer> FakeRuntime::NewTimer(Task task) {
  return std::make_unique<FakeTimer>(*this, std::move(task));
}

Result<std::unique_ptr<UdpSocket>> FakeRuntime::OpenUdp(const Endpoint&, UdpReceiver&) {
  return Error{ErrorCode::kOther, "no network in this fake"};
}

Result<std::unique_ptr<TcpListener>> FakeRuntime::ListenTcp(const Endpoint&, AcceptHandler&) {
  return Error{ErrorCode::kOther, "no network in this fake"};
}

std::unique_ptr<ByteStream> FakeRuntime::ConnectTcp(const Endpoint&, const Endpoint&,
                                                    StreamHandler&) {
  std::abort();
}

Random& FakeRuntime::random() { std::abort(); }

Result<std::unique_ptr<File>> FakeRuntime::Open(const std::string& path, OpenMode mode, uint32_t) {
  if (mode == OpenMode::kCreateExclusive && contents.count(path) > 0) {
    return Error{ErrorCode::kExists, path + " exists"};
  }
  if (mode != OpenMode::kRead && directories.count(Parent(path)) == 0) {
    return Error{ErrorCode::kNotFound, path + ": no such directory"};
  }
  if (const auto error = unreadable.find(path); error != unreadable.end()) return error->second;
  if (mode == OpenMode::kRead && contents.count(path) == 0) {
    return Error{ErrorCode::kNotFound, path + ": no such file"};
  }
  return std::unique_ptr<File>(std::make_unique<MemoryFile>(contents[path]));
}

Result<std::string> FakeRuntime::ReadAll(const std::string& path) {
  const auto found = contents.find(path);
  if (found == contents.end()) return Error{ErrorCode::kNotFound, path + ": no such file"};
  return found->second;
}

Status FakeRuntime::WriteAtomically(const std::string& path, std::string_view bytes, uint32_t) {
  contents[path] = std::string(bytes);
  return {};
}

Status FakeRuntime::Remove(const std::string& path) {
  if (contents.erase(path) == 0) return Error{ErrorCode::kNotFound, path + ": no such file"};
  return {};
}

bool FakeRuntime::Exists(const std::string& path) {
  return contents.count(path) + directories.count(path) > 0;
}

Status FakeRuntime::MakeDirectories(const std::string& path, uint32_t) {
  directories.insert(path);
  return {};
}

Result<std::string> FakeRuntime::MakePrivateDirectory(const std::string& prefix) {
  if (directories.count(Parent(prefix)) == 0) {
    return Error{ErrorCode::kNotFound, Parent(prefix) + ": no such directory"};
  }
  const std::string path = prefix + "aB3xYz";
  directories.insert(path);
  return path;
}

Status FakeRuntime::RemoveDirectory(const std::string& path) {
  directories.erase(path);
  return {};
}

Result<std::vector<std::string>> FakeRuntime::List(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& [path, content] : contents) {
    if (Parent(path) == directory) names.push_back(path.substr(directory.size() + 1));
  }
  return names;
}

Result<std::unique_ptr<ChildProcess>> FakeRuntime::Launch(const LaunchRequest& request,
                                                          ProcessHandler& handler) {
  contents_at_launch = contents;
  launched = request;
  if (launch_error) return *launch_error;
  ++launches;
  auto launched_child = std::make_unique<FakeChild>(*this, handler);
  child = launched_child.get();
  return std::unique_ptr<ChildProcess>(std::move(launched_child));
}

void FakeRuntime::Write(LogLevel, std::string_view component, std::string_view message) {
  log_lines.push_back(std::string(component) + ": " + std::string(message));
}

void FakeChild::Kill() {
  if (std::exchange(killed, true)) return;
  Exit("killed by signal 9");
}

void FakeChild::Say(std::string_view bytes) {
  runtime_.Post([this, &runtime = runtime_, copy = std::string(bytes)] {
    if (runtime.child != this) return;
    stream_handler_->OnData({reinterpret_cast<const uint8_t*>(copy.data()), copy.size()});
  });
}

void FakeChild::CloseControl() {
  runtime_.Post([this, &runtime = runtime_] {
    if (runtime.child == this) stream_handler_->OnEndOfStream();
  });
}

void FakeChild::Exit(const std::string& description) {
  runtime_.Post([this, &runtime = runtime_, description] {
    if (runtime.child == this) handler_.OnExit(description);
  });
}

void FakeChild::MakeRoom(size_t bytes) {
  room += bytes;
  stream_handler_->OnWritable();
}

size_t FakeChild::Write(std::span<const uint8_t> bytes) {
  const size_t taken = std::min(room, bytes.size());
  heard.append(reinterpret_cast<const char*>(bytes.data()), taken);
  room -= taken;
  return taken;
}

}  // namespace sfa::res
