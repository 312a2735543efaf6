#include "asterisk_harness/real/real_asterisk.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "asterisk_harness/ami_client.h"
#include "asterisk_harness/real/log_tail.h"
#include "asterisk_harness/real/loopback_forwarder.h"
#include "asterisk_harness/real/namespace_door.h"
#include "asterisk_harness/real/remote_console.h"
#include "asterisk_harness/real/sandbox.h"
#include "asterisk_harness/real/scripts.h"
#include "runtime/posix/posix_runtime.h"

namespace sfa::harness {
namespace {

namespace fs = std::filesystem;

constexpr char kInterface[] = "eth0";
constexpr char kProcess[] = "asterisk";
constexpr char kEngine[] = "skypeforasterisk";
constexpr Endpoint kManager{Ipv4Address::Loopback(), 5038};  // etc/manager.conf
constexpr auto kManagerPoll = std::chrono::milliseconds(20);
constexpr auto kLogPeriod = std::chrono::milliseconds(100);
constexpr auto kBootLimit = std::chrono::seconds(60);
constexpr auto kStopLimit = std::chrono::seconds(15);
constexpr auto kSandboxLimit = std::chrono::seconds(20);

std::string LastLines(const std::string& path, size_t bytes) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  return text.size() > bytes ? text.substr(text.size() - bytes) : text;
}

// Lays out configuration and modules for run-asterisk.
Status LayOut(const RealAsteriskSettings& settings, const std::string& built_modules) {
  std::error_code error;
  const fs::path work = settings.work_directory;
  const fs::path etc = work / "etc";
  const fs::path modules = work / "modules";
  fs::create_directories(etc, error);
  if (!error) fs::create_directories(work / "log", error);
  if (!error) {
    fs::copy(fs::path(settings.source_root) / "asterisk_harness/real/etc", etc,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  }
  if (!error) {
    fs::copy(built_modules, modules,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  }
  if (!error && settings.g729) {
    fs::copy(built_modules + "-g729", modules,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  }
  if (error) return Error{ErrorCode::kOther, work.string() + ": " + error.message()};
  for (const auto& [name, text] : settings.files) std::ofstream(etc / name) << text;
  return {};
}

class RealAsteriskHost : public RealAsterisk, private SandboxObserver {
 public:
  RealAsteriskHost(const RealAsteriskSettings& settings, PbxObserver& observer, Poster post)
      : settings_(settings), observer_(observer), post_(std::move(post)) {}

  ~RealAsteriskHost() override {
    if (thread_.joinable()) {
      runtime_.Post([this] {
        HangUp();
        deadline_.reset();
        manager_port_.reset();
        log_timer_.reset();
        sandbox_.reset();
        runtime_.Stop();
      });
      thread_.join();
    }
    if (tap_ >= 0) close(tap_);
  }

  Status Prepare(const SandboxSettings& sandbox);

  int tap_descriptor() const override { return tap_; }
  void SetAddress(Ipv4Address address, int prefix_length, Ipv4Address gateway) override {
    network_ = std::string("network ") + kInterface + ' ' + address.ToString() + '/' +
               std::to_string(prefix_length) + ' ' + gateway.ToString();
  }
  int pid() const override { return asterisk_pid_; }
  std::vector<RunningProcess> Processes() const override;
  int Kill(const std::string& process) override;
  std::string root() const override { return root_; }

  Result<Endpoint> OpenManagerPort() override;

  void Start(std::function<void(const std::string&)> done) override {
    runtime_.Post([this, done = std::move(done)]() mutable {
      started_ = std::move(done);
      deadline_ = runtime_.NewTimer([this] { StartFailed("it was not ready after 60 s"); });
      deadline_->Start(kBootLimit);
      if (gone_) return StartFailed("its machine has ended");
      if (!network_.empty()) sandbox_->SendLine(std::exchange(network_, ""));
      // One that was killed may not have been told to be gone yet.
      start_waits_ = running_;
      if (!running_) sandbox_->SendLine("start");
    });
  }

  void Stop(std::function<void()> done) override { End("core stop gracefully", std::move(done)); }
  void StopNow(std::function<void()> done) override { End("core stop now", std::move(done)); }

  void SendAction(const AmiMessage& action,
                  std::function<void(const std::vector<AmiMessage>&)> reply) override {
    runtime_.Post([this, action, reply = std::move(reply)]() mutable {
      if (session_) Send(*session_, action, std::move(reply));
    });
  }

  void LogIn(const std::string& user, const std::string& secret,
             std::function<void(const AmiMessage&)> event,
             std::function<void(const std::string&)> done) override {
    runtime_.Post([this, user, secret, event = std::move(event), done = std::move(done)]() mutable {
      OpenSession(user, secret, std::move(event), std::move(done));
    });
  }

  void SendActionAs(const std::string& user, const AmiMessage& action,
                    std::function<void(const std::vector<AmiMessage>&)> reply) override {
    runtime_.Post([this, user, action, reply = std::move(reply)]() mutable {
      const auto session = sessions_.find(user);
      if (session != sessions_.end()) Send(*session->second, action, std::move(reply));
    });
  }

  void RunCommand(const std::string& command,
                  std::function<void(const std::string&)> reply) override {
    runtime_.Post([this, command, reply = std::move(reply)]() mutable {
      Command(command, std::move(reply));
    });
  }

 private:
  void OnLine(const std::string& line) override;
  void OnGone(const std::string& how) override;
  void AnswerReady(const std::string& problem);
  void Connect();
  void ReadLog();
  void OnEvent(const AmiMessage& event);
  void End(const char* command, std::function<void()> done);
  // There is no Asterisk any more.
  void OnEnded(const std::string& how);
  // Whatever talks to it.
  void HangUp();
  void StartFailed(const std::string& why);
  void OpenSession(const std::string& user, const std::string& secret,
                   std::function<void(const AmiMessage&)> event,
                   std::function<void(const std::string&)> done);
  void Send(AmiClient& session, const AmiMessage& action,
            std::function<void(const std::vector<AmiMessage>&)> reply);
  void Command(const std::string& command, std::function<void(const std::string&)> reply);

  const RealAsteriskSettings settings_;
  PbxObserver& observer_;
  const Poster post_;
  std::string network_ = "network none";  // "" once it has been said
  std::string root_;
  int tap_ = -1;
  std::atomic<int> asterisk_pid_ = 0;
  std::atomic<int> killed_ = 0;  // how often it was

  mutable posix::PosixRuntime runtime_{posix::PosixSettings{}};
  std::thread thread_;
  // From here on: the runtime's thread only.
  std::promise<std::string> ready_;
  bool answered_ = false;
  std::unique_ptr<Sandbox> sandbox_;
  std::unique_ptr<Timer> poll_, deadline_, log_timer_;
  LogTail log_{settings_.work_directory + "/log/full"};
  std::unique_ptr<AmiClient> session_;
  std::map<std::string, std::unique_ptr<AmiClient>> sessions_;  // of other users
  std::vector<std::unique_ptr<ConsoleQuestion>> questions_;
  std::unique_ptr<LoopbackForwarder> manager_port_;
  std::function<void(const std::string&)> started_;
  std::function<void()> stopped_;
  int inner_pid_ = 0;         // of the last one, as its namespaces number it
  bool start_waits_ = false;  // for the last one's end
  bool running_ = false;      // an Asterisk has been started and has not ended
  bool gone_ = false;         // the machine itself
};

Status RealAsteriskHost::Prepare(const SandboxSettings& settings) {
  auto ready = ready_.get_future();
  std::promise<Status> launched;
  thread_ = std::thread([this] { runtime_.Run(); });
  runtime_.Post([&] {
    auto sandbox = Sandbox::Launch(runtime_, settings, *this);
    if (sandbox.ok()) sandbox_ = std::move(*sandbox);
    launched.set_value(sandbox.ok() ? Status() : sandbox.error());
  });
  if (Status status = launched.get_future().get(); !status.ok()) return status;
  if (ready.wait_for(kSandboxLimit) != std::future_status::ready) {
    return Error{ErrorCode::kOther, "the namespaces were not ready after 20 s"};
  }
  if (const std::string problem = ready.get(); !problem.empty()) {
    return Error{ErrorCode::kPermissionDenied, problem};
  }
  std::promise<int> init;
  runtime_.Post([&] {
    root_ = sandbox_->root();
    init.set_value(sandbox_->init_pid());
  });
  auto tap = OpenTapIn(init.get_future().get(), kInterface);
  if (!tap.ok()) return tap.error();
  tap_ = *tap;
  return {};
}

void RealAsteriskHost::OnLine(const std::string& line) {
  if (line == "ready") {
    AnswerReady("");
  } else if (line.rfind("error ", 0) == 0) {
    if (started_) return StartFailed(line.substr(6));
    AnswerReady(line.substr(6));
  } else if (line.rfind("started ", 0) == 0) {
    running_ = true;
    inner_pid_ = std::atoi(line.c_str() + 8);
    asterisk_pid_ = sandbox_->Outside(inner_pid_);
    poll_ = runtime_.NewTimer([this] { Connect(); });
    poll_->Start(kManagerPoll);
    if (log_timer_) return;
    log_timer_ = runtime_.NewTimer([this] {
      ReadLog();
      log_timer_->Start(kLogPeriod);
    });
    log_timer_->Start(kLogPeriod);
  } else if (line.rfind("ended ", 0) == 0) {
    OnEnded("it ended with status " + line.substr(6));
  }
}

void RealAsteriskHost::AnswerReady(const std::string& problem) {
  if (!std::exchange(answered_, true)) ready_.set_value(problem);
}

void RealAsteriskHost::ReadLog() {
  log_.Read([this](const std::string& level, const std::string& text) {
    post_([this, level, text] { observer_.OnLog(level, text); });
  });
}

void RealAsteriskHost::Connect() {
  const auto descriptor = ConnectTcpIn(sandbox_->init_pid(), kManager);
  if (!descriptor.ok()) return poll_->Start(kManagerPoll);
  AmiClient::Callbacks callbacks;
  callbacks.event = [this](const AmiMessage& event) { OnEvent(event); };
  callbacks.closed = [](const std::string&) {};
  auto stream = runtime_.AdoptStream(*descriptor);
  if (!stream.ok()) return StartFailed(stream.error().message);
  session_ = std::make_unique<AmiClient>(std::move(*stream), std::move(callbacks));
  AmiMessage login{
      {{"Action", "Login"}, {"Username", "sfalab"}, {"Secret", settings_.manager_secret}}};
  // Asterisk listens before it has read its manager users: a refusal is no last word until the
  // boot limit.
  session_->Send(std::move(login), [this](const std::vector<AmiMessage>& reply) {
    if (reply.front().Get("Response") == "Success") return;
    runtime_.Post([this] {
      session_.reset();
      if (started_) poll_->Start(kManagerPoll);
    });
  });
}

void RealAsteriskHost::OnEvent(const AmiMessage& event) {
  if (started_ && event.Get("Event") == "FullyBooted") {
    deadline_.reset();
    asterisk_pid_ = sandbox_->Outside(inner_pid_);
    post_([done = std::exchange(started_, nullptr)] { done(""); });
  }
  // The engine has a session of its own, so what run-asterisk has asked for does not reach it. It
  // must be heard 50 times a second as soon as there can be calls.
  if (event.Get("Event") == "SkypeAccountStatus") sandbox_->Prefer(kEngine);
  // What the dead have said last is not to be heard after the news of their death.
  post_([this, event, killed = killed_.load()] {
    if (killed == killed_) observer_.OnAmiEvent(event);
  });
}

std::vector<RunningProcess> RealAsteriskHost::Processes() const {
  std::promise<std::vector<RunningProcess>> running;
  runtime_.Post(
      [&] { running.set_value(gone_ ? std::vector<RunningProcess>() : sandbox_->Running()); });
  return running.get_future().get();
}

int RealAsteriskHost::Kill(const std::string& process) {
  std::promise<int> killed;
  runtime_.Post([&] {
    const int count = gone_ ? 0 : sandbox_->Kill(process);
    if (count > 0 && process == kProcess) {
      HangUp();
      ++killed_;
    }
    killed.set_value(count);
  });
  return killed.get_future().get();
}

Result<Endpoint> RealAsteriskHost::OpenManagerPort() {
  std::promise<Result<Endpoint>> opened;
  runtime_.Post([&] {
    if (manager_port_) return opened.set_value(manager_port_->local());
    auto port = std::make_unique<LoopbackForwarder>(runtime_, [this]() -> Result<int> {
      if (!running_) return Error{ErrorCode::kRefused, "Asterisk does not run"};
      return ConnectTcpIn(sandbox_->init_pid(), kManager);
    });
    if (const Status listens = port->Listen(); !listens.ok()) {
      return opened.set_value(listens.error());
    }
    manager_port_ = std::move(port);
    opened.set_value(manager_port_->local());
  });
  return opened.get_future().get();
}

void RealAsteriskHost::StartFailed(const std::string& why) {
  if (!started_) return;
  const std::string text = "Asterisk " + settings_.version + " did not start: " + why + "; " +
                           LastLines(settings_.work_directory + "/log/sandbox", 500);
  post_([done = std::exchange(started_, nullptr), text] { done(text); });
}

void RealAsteriskHost::End(const char* command, std::function<void()> done) {
  runtime_.Post([this, command, done = std::move(done)]() mutable {
    if (!running_) return post_(std::move(done));
    stopped_ = std::move(done);
    deadline_ = runtime_.NewTimer([this] { sandbox_->Kill(kProcess); });
    deadline_->Start(kStopLimit);
    Command(command, nullptr);
  });
}

void RealAsteriskHost::HangUp() {
  poll_.reset();
  session_.reset();
  sessions_.clear();
  questions_.clear();
}

void RealAsteriskHost::OnEnded(const std::string& how) {
  running_ = false;
  asterisk_pid_ = 0;
  HangUp();
  ReadLog();
  if (std::exchange(start_waits_, false) && !gone_) return sandbox_->SendLine("start");
  deadline_.reset();
  StartFailed(how);
  if (stopped_) post_(std::exchange(stopped_, nullptr));
}

void RealAsteriskHost::OnGone(const std::string& how) {
  gone_ = true;
  OnEnded(how);
  log_timer_.reset();
  manager_port_.reset();
  AnswerReady("the namespaces cannot be made here; their process ended: " + how);
}

void RealAsteriskHost::OpenSession(const std::string& user, const std::string& secret,
                                   std::function<void(const AmiMessage&)> event,
                                   std::function<void(const std::string&)> done) {
  const auto descriptor = ConnectTcpIn(sandbox_->init_pid(), kManager);
  auto stream = descriptor.ok() ? runtime_.AdoptStream(*descriptor)
                                : Result<std::unique_ptr<ByteStream>>(descriptor.error());
  if (!stream.ok()) return post_([done, why = stream.error().message] { done(why); });
  AmiClient::Callbacks callbacks;
  callbacks.event = [this, event](const AmiMessage& heard) {
    post_([event, heard] { event(heard); });
  };
  callbacks.closed = [](const std::string&) {};
  std::unique_ptr<AmiClient>& session = sessions_[user];
  session = std::make_unique<AmiClient>(std::move(*stream), std::move(callbacks));
  Send(*session, {{{"Action", "Login"}, {"Username", user}, {"Secret", secret}}},
       [done](const std::vector<AmiMessage>& reply) {
         const AmiMessage& response = reply.front();
         done(response.Get("Response") == "Success" ? "" : response.Get("Message"));
       });
}

void RealAsteriskHost::Send(AmiClient& session, const AmiMessage& action,
                            std::function<void(const std::vector<AmiMessage>&)> reply) {
  session.Send(action, [this, reply = std::move(reply)](const std::vector<AmiMessage>& messages) {
    if (reply) post_([reply, messages] { reply(messages); });
  });
}

void RealAsteriskHost::Command(const std::string& command,
                               std::function<void(const std::string&)> reply) {
  auto question = ConsoleQuestion::Ask(
      runtime_, root() + "/run/asterisk/asterisk.ctl", command,
      [this, reply](ConsoleQuestion* asked, const std::string& output) {
        if (reply) post_([reply, output] { reply(output); });
        std::erase_if(questions_, [&](const auto& each) { return each.get() == asked; });
      });
  if (question.ok()) {
    questions_.push_back(std::move(*question));
  } else if (reply) {
    post_([reply, why = question.error().message] { reply(why); });
  }
}

}  // namespace

Result<std::unique_ptr<RealAsterisk>> RealAsterisk::Open(const RealAsteriskSettings& settings,
                                                         PbxObserver& observer, Poster post) {
  const std::string scripts = settings.source_root + "/asterisk_harness/real/";
  auto root = RunScript({scripts + "prepare-root", settings.version});
  if (!root.ok()) return root.error();
  auto modules = RunScript({scripts + "build-modules", settings.version});
  if (!modules.ok()) return modules.error();
  if (const Status laid_out = LayOut(settings, *modules); !laid_out.ok()) return laid_out.error();

  auto host = std::make_unique<RealAsteriskHost>(settings, observer, std::move(post));
  SandboxSettings sandbox;
  sandbox.script = scripts + "run-asterisk";
  sandbox.root = *root;
  sandbox.etc = settings.work_directory + "/etc";
  sandbox.modules = settings.work_directory + "/modules";
  sandbox.logs = settings.work_directory + "/log";
  if (const Status prepared = host->Prepare(sandbox); !prepared.ok()) return prepared.error();
  return std::unique_ptr<RealAsterisk>(std::move(host));
}

}  // namespace sfa::harness
