#include "res_skypeforasterisk/engine_service.h"

#include <utility>
#include <vector>

#include "protocol/engine_control.pb.h"
#include "res_skypeforasterisk/control_stream.h"
#include "res_skypeforasterisk/extraction.h"
#include "res_skypeforasterisk/license_directory.h"
#include "res_skypeforasterisk/version.h"
#include "runtime/mutex.h"

namespace sfa::res {
namespace {

// From launch to Hello: starting a program takes a fraction of a second, on a busy machine more.
constexpr Duration kHelloDeadline = std::chrono::seconds(10);
// From Shutdown to the process's end.
constexpr Duration kShutdownDeadline = std::chrono::seconds(3);
// From the end of the control stream to the process's end.
constexpr Duration kExitDeadline = std::chrono::seconds(1);

enum class State {
  kDown,
  kStarting,  // a child runs and has not said Hello
  kReady,
  kDying,     // something went wrong; the child is about to end
  kStopping,  // Stop() waits for the child's end
};

class Service final : public EngineService, private ProcessHandler, private StreamHandler {
 public:
  Service(Runtime& runtime, const EngineServiceSettings& settings)
      : runtime_(runtime),
        image_(settings.image),
        licenses_directory_(settings.licenses_directory),
        license_authority_(settings.license_authority),
        deadline_(runtime.NewTimer([this] { OnDeadline(); })) {
    Service::ReadLicenses();
  }

  Runtime& runtime() override { return runtime_; }
  LicensePool& licenses() override { return licenses_; }
  LicensePool& g729_licenses() override { return g729_licenses_; }
  void ReadLicenses() override;
  LicenseReport FoundLicenses() const override {
    MutexLock lock(mutex_);
    return found_licenses_;
  }
  std::string version() const override { return kVersion; }

  void Start(const std::string& engine_directory, EngineListener& listener) override;
  void Send(std::string_view command) override;
  void Stop(Task stopped) override;

 private:
  // ProcessHandler
  void OnExit(const std::string& description) override;
  // StreamHandler
  void OnData(std::span<const uint8_t> bytes) override;
  void OnWritable() override { writer_.OnWritable(child_->control()); }
  void OnEndOfStream() override;
  void OnError(const Error& error) override;

  void OnMessage(const std::string& message);
  void OnHello(const std::string& message);
  void OnDeadline();
  // The child is of no use any more; OnExit() follows.
  void Condemn(const std::string& reason);
  // No child is left: tells whoever waits.
  void Finish(const std::string& reason);
  void PostSafely(Task task);

  Runtime& runtime_;
  const std::span<const uint8_t> image_;
  const std::string licenses_directory_;
  const stream::Key license_authority_;
  CountingPool licenses_{0};
  CountingPool g729_licenses_{0};
  mutable Mutex mutex_;
  LicenseReport found_licenses_;  // under mutex_
  EngineListener* listener_ = nullptr;
  State state_ = State::kDown;
  std::string reason_;  // why kDying
  MessageCutter cutter_;
  MessageWriter writer_;
  std::vector<Task> stopped_;
  std::unique_ptr<Timer> deadline_;
  std::unique_ptr<ChildProcess> child_;
  // Posted work finds out through it that the service is gone.
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

void Service::PostSafely(Task task) {
  runtime_.Post([alive = std::weak_ptr<bool>(alive_), task = std::move(task)] {
    if (alive.lock()) task();
  });
}

void Service::ReadLicenses() {
  LicenseReport found = res::ReadLicenses(runtime_, licenses_directory_, license_authority_);
  licenses_.SetTotal(found.channels);
  g729_licenses_.SetTotal(found.channels);
  MutexLock lock(mutex_);
  found_licenses_ = std::move(found);
}

void Service::Start(const std::string& engine_directory, EngineListener& listener) {
  if (state_ != State::kDown) return;
  listener_ = &listener;
  reason_.clear();
  cutter_ = MessageCutter();
  writer_ = MessageWriter();
  Result<std::unique_ptr<ChildProcess>> child =
      ExtractAndLaunch(runtime_, image_, engine_directory, *this);
  if (!child) {
    state_ = State::kDying;
    PostSafely([this, reason = child.error().message] { Finish(reason); });
    return;
  }
  child_ = std::move(*child);
  child_->control().SetHandler(this);
  state_ = State::kStarting;
  deadline_->Start(kHelloDeadline);
}

void Service::Send(std::string_view command) {
  if (state_ != State::kReady) return;
  if (!writer_.Send(child_->control(), command)) Condemn("the engine does not read its commands");
}

void Service::Stop(Task stopped) {
  if (state_ == State::kDown) {
    PostSafely(std::move(stopped));
    return;
  }
  stopped_.push_back(std::move(stopped));
  if (state_ == State::kStopping) return;
  const bool ready = state_ == State::kReady;
  state_ = State::kStopping;
  if (!child_) return;  // failed to start; Finish() is posted already
  if (ready) {
    control::Command command;
    command.mutable_shutdown();
    static_cast<void>(writer_.Send(child_->control(), command.SerializeAsString()));
    deadline_->Start(kShutdownDeadline);
  } else {
    child_->Kill();
  }
}

void Service::OnData(std::span<const uint8_t> bytes) {
  cutter_.Add(bytes);
  while (state_ == State::kStarting || state_ == State::kReady) {
    const std::optional<std::string> message = cutter_.Next();
    if (!message) break;
    OnMessage(*message);
  }
  if (cutter_.broken()) Condemn("the engine sent something that is not a control message");
}

void Service::OnMessage(const std::string& message) {
  if (state_ == State::kStarting) {
    OnHello(message);
  } else {
    listener_->OnEngineEvent(message);
  }
}

void Service::OnHello(const std::string& message) {
  control::Event event;
  if (!event.ParseFromString(message) || !event.has_hello()) {
    Condemn("the engine did not begin with Hello");
    return;
  }
  const control::Hello& hello = event.hello();
  if (hello.version() != kControlProtocolVersion) {
    Condemn("the engine speaks version " + std::to_string(hello.version()) +
            " of the control protocol, this module version " +
            std::to_string(kControlProtocolVersion) +
            "; res_skypeforasterisk.so and chan_skype.so must come from one release");
    return;
  }
  if (hello.engine_version() != kVersion) {
    Condemn("the engine is of version " + hello.engine_version().substr(0, 32) +
            ", this module of version " + kVersion + ": it is not used");
    return;
  }
  deadline_->Cancel();
  state_ = State::kReady;
  listener_->OnEngineReady(hello.engine_version());
}

void Service::OnEndOfStream() {
  if (state_ == State::kStarting || state_ == State::kReady) {
    state_ = State::kDying;
    deadline_->Start(kExitDeadline);
  }
}

void Service::OnError(const Error&) { OnEndOfStream(); }

void Service::OnDeadline() {
  if (state_ == State::kStarting) {
    Condemn("the engine did not answer within 10 s");
  } else if (child_) {
    child_->Kill();
  }
}

void Service::Condemn(const std::string& reason) {
  if (state_ != State::kStarting && state_ != State::kReady) return;
  state_ = State::kDying;
  reason_ = reason;
  deadline_->Cancel();
  child_->Kill();
}

void Service::OnExit(const std::string& description) {
  // Not from inside the child's own call: it is destroyed here.
  PostSafely([this, description] {
    Finish(reason_.empty() ? "the engine process " + description : reason_);
  });
}

void Service::Finish(const std::string& reason) {
  const bool stopping = state_ == State::kStopping;
  deadline_->Cancel();
  child_.reset();
  state_ = State::kDown;
  EngineListener* const listener = std::exchange(listener_, nullptr);
  if (!stopping) {
    listener->OnEngineGone(reason);
    return;
  }
  for (Task& stopped : std::exchange(stopped_, {})) stopped();
}

}  // namespace

std::unique_ptr<EngineService> NewEngineService(Runtime& runtime,
                                                const EngineServiceSettings& settings) {
  return std::make_unique<Service>(runtime, settings);
}

}  // namespace sfa::res
