#include "conformance/world/asterisk.h"

#include <string_view>
#include <utility>
#include <vector>

#include "conformance/results/pattern.h"
#include "conformance/world/manager_users.h"

namespace sfa::conformance {

Asterisk::Asterisk(std::string name, const AsteriskSpec& spec, sim::Simulation& simulation,
                   Trace& trace, Tell tell)
    : name_(std::move(name)),
      spec_(spec),
      simulation_(simulation),
      trace_(trace),
      tell_(std::move(tell)) {
  for (const auto& [file, text] : spec_.files) {
    if (file == "chan_skype.conf") NoteEngineDirectory(text);
  }
  if (engine_directories_.empty()) engine_directories_.insert("/tmp");
}

Status Asterisk::Build(const PbxFactory& factory, sim::Network& network) {
  auto made = factory.Make(spec_, simulation_, network, *this);
  if (!made.ok()) return made.error();
  site_ = std::move(*made);
  return {};
}

void Asterisk::Start(Started started) {
  state_ = State::kStarting;
  const uint64_t life = ++life_;
  const auto up = [this, life, started = std::move(started)](const std::string& error) {
    if (life != life_ || state_ != State::kStarting) return;  // it was killed meanwhile
    state_ = error.empty() ? State::kUp : State::kDown;
    ready_ |= error.empty();
    started(error);
  };
  site_->pbx().Start([this, up](const std::string& error) {
    if (!error.empty()) return up(error);
    OpenSessions(0, up);
  });
}

void Asterisk::OpenSessions(size_t first, Started opened) {
  if (first == spec_.managers.size()) return opened("");
  const std::string user = spec_.managers[first].name;
  const std::string subject = InSession(name_, user);
  site_->pbx().LogIn(
      user, SecretOf(user),
      [this, subject](const harness::AmiMessage& event) {
        trace_.Add({simulation_.Now(), Observer::kAmi, subject, event.Get("Event"), event.headers});
      },
      [this, first, user, opened = std::move(opened)](const std::string& error) {
        if (!error.empty()) return opened("manager user " + user + ": " + error);
        OpenSessions(first + 1, opened);
      });
}

void Asterisk::Act(const harness::AmiMessage& action, const std::string& user) {
  const std::string subject = user.empty() ? name_ : InSession(name_, user);
  auto reply = [this, subject,
                name = action.Get("Action")](const std::vector<harness::AmiMessage>& messages) {
    for (const harness::AmiMessage& message : messages) {
      trace_.Add({simulation_.Now(), Observer::kResponse, subject, name, message.headers});
    }
  };
  if (user.empty()) return site_->pbx().SendAction(action, std::move(reply));
  site_->pbx().SendActionAs(user, action, std::move(reply));
}

std::string Asterisk::Do(const Step& step) {
  if (!ready_) return "Asterisk is not ready";
  site_->LookAtProcesses();
  if (const std::optional<std::string> done = DoToProcess(step)) return *done;
  if (step.verb == "write") {
    for (const auto& [file, text] : step.headers) {
      const Status written = site_->WriteConfiguration(file, text);
      if (!written.ok()) return written.error().message;
      if (file == "chan_skype.conf") NoteEngineDirectory(text);
    }
    return "";
  }
  if (step.verb == "license") {
    const Status added = site_->AddLicense(*step.license);
    return added.ok() ? "" : added.error().message;
  }
  if (step.verb == "read") {
    Read(step.argument);
    return "";
  }
  if (state_ != State::kUp) return "Asterisk does not run";
  if (step.verb == "cli") {
    Ask(step.argument);
    return "";
  }
  harness::AmiMessage action;
  if (step.verb == "originate") {
    action.headers = {{"Action", "Originate"}, {"Async", "true"}};
  }
  action.headers.insert(action.headers.end(), step.headers.begin(), step.headers.end());
  Act(action, step.as);
  return "";
}

std::optional<std::string> Asterisk::DoToProcess(const Step& step) {
  if (step.verb == "kill") {
    const int killed = site_->Kill(step.argument);
    if (killed > 0 && step.argument == kPbxProcess) WentDown();
    return killed > 0 ? "" : "there is no process " + step.argument;
  }
  if (step.verb == "start") {
    if (state_ != State::kDown) return "Asterisk runs already";
    StartAgain();
    return "";
  }
  if (step.verb != "stop" && step.verb != "restart") return std::nullopt;
  if (state_ != State::kUp) return "Asterisk does not run";
  const bool again = step.verb == "restart";
  Stop(step.argument == "now" ? StopKind::kNow : StopKind::kGracefully, [this, again] {
    site_->LookAtProcesses();
    if (again) StartAgain();
  });
  return "";
}

void Asterisk::StartAgain() {
  Start([this](const std::string& error) {
    if (error.empty()) return See(Observer::kWorld, "up", {});
    See(Observer::kWorld, "down", {{"reason", error}});
    tell_(name_, "it did not start: " + error);
  });
}

void Asterisk::Stop(StopKind kind, std::function<void()> done) {
  state_ = State::kStopping;
  site_->Stop(kind, [this, life = life_, done = std::move(done)] {
    if (life != life_ || state_ != State::kStopping) return;  // it was killed meanwhile
    WentDown();
    done();
  });
}

void Asterisk::WentDown() {
  state_ = State::kDown;
  ++life_;
  questions_ = 0;
  See(Observer::kWorld, "down", {});
}

void Asterisk::Ask(const std::string& command) {
  ++questions_;
  site_->pbx().RunCommand(command, [this, life = life_, command](const std::string& output) {
    if (life != life_) return;
    --questions_;
    See(Observer::kConsole, command, {{"output", output}});
  });
}

void Asterisk::Read(const std::string& pattern) {
  const size_t slash = pattern.rfind('/');
  const std::string directory = pattern.substr(0, slash);
  for (const auto& [name, text] : site_->Files(directory)) {
    if (!Matches(pattern.substr(slash + 1), name)) continue;
    See(Observer::kFiles, pattern, {{"path", directory + "/" + name}, {"text", text}});
  }
}

void Asterisk::LookAround() {
  if (!ready_) return;
  site_->LookAtProcesses();
  for (const std::string& directory : engine_directories_) {
    Fields files;
    for (const std::string& path : site_->EngineFiles(directory)) {
      files.emplace_back("executable", path);
    }
    See(Observer::kFiles, directory, std::move(files));
  }
  if (state_ != State::kUp) return;
  Ask("core show channels");
  Ask("skype show licenses");
}

// As chan_skype.conf says, /tmp unless it does (manual 3.1).
void Asterisk::NoteEngineDirectory(const std::string& chan_skype_conf) {
  constexpr std::string_view kKey = "engine_directory=";
  const size_t at = chan_skype_conf.find(kKey);
  if (at == std::string::npos) {
    engine_directories_.insert("/tmp");
    return;
  }
  const size_t start = at + kKey.size();
  engine_directories_.insert(
      chan_skype_conf.substr(start, chan_skype_conf.find_first_of("\r\n", start) - start));
}

void Asterisk::Stop() {
  if (state_ == State::kDown) return;
  if (state_ == State::kUp) return Stop(StopKind::kGracefully, [] {});
  // Whatever it is in the middle of.
  site_->Kill(kPbxProcess);
  WentDown();
}

void Asterisk::LookAtProcesses() {
  if (ready_) site_->LookAtProcesses();
}

void Asterisk::See(Observer observer, std::string kind, Fields fields) {
  trace_.Add({simulation_.Now(), observer, name_, std::move(kind), std::move(fields)});
}

void Asterisk::OnAmiEvent(const harness::AmiMessage& event) {
  See(Observer::kAmi, event.Get("Event"), event.headers);
}

void Asterisk::OnLog(const std::string& level, const std::string& text) {
  See(Observer::kLog, level, {{"text", text}});
  tell_(name_, level + ": " + text);
}

void Asterisk::OnProcess(const std::string& name, const std::string& event) {
  See(Observer::kProcess, name, {{"event", event}});
}

void Asterisk::OnDiagnostic(const std::string& process, const std::string& text) {
  tell_(process, text);
}

}  // namespace sfa::conformance
