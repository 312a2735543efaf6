#include "conformance/world/asterisk.h"

#include <string_view>
#include <utility>
#include <vector>

#include "conformance/world/manager_users.h"

namespace sfa::conformance {

Asterisk::Asterisk(std::string name, const AsteriskSpec& spec, sim::Simulation& simulation,
                   Trace& trace, Tell tell)
    : name_(std::move(name)),
      spec_(spec),
      simulation_(simulation),
      trace_(trace),
      tell_(std::move(tell)) {}

Status Asterisk::Build(const PbxFactory& factory, sim::Network& network) {
  auto made = factory.Make(spec_, simulation_, network, *this);
  if (!made.ok()) return made.error();
  site_ = std::move(*made);
  return {};
}

void Asterisk::Start(std::function<void(const std::string& error)> started) {
  site_->pbx().Start([this, started = std::move(started)](const std::string& error) {
    if (!error.empty()) return started(error);
    OpenSessions(0, [this, started](const std::string& problem) {
      ready_ = problem.empty();
      started(problem);
    });
  });
}

void Asterisk::OpenSessions(size_t first, std::function<void(const std::string& error)> opened) {
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
  if (step.verb == "cli") {
    Ask(step.argument);
    return "";
  }
  if (step.verb == "write") {
    for (const auto& [file, text] : step.headers) {
      const Status written = site_->WriteConfiguration(file, text);
      if (!written.ok()) return written.error().message;
    }
    return "";
  }
  if (step.verb == "license") {
    const Status added = site_->AddLicense(*step.license);
    return added.ok() ? "" : added.error().message;
  }
  if (step.verb == "kill") {
    return site_->Kill(step.argument) > 0 ? "" : "there is no process " + step.argument;
  }
  harness::AmiMessage action;
  if (step.verb == "originate") {
    action.headers = {{"Action", "Originate"}, {"Async", "true"}};
  }
  action.headers.insert(action.headers.end(), step.headers.begin(), step.headers.end());
  Act(action, step.as);
  return "";
}

void Asterisk::Ask(const std::string& command) {
  ++questions_;
  site_->pbx().RunCommand(command, [this, command](const std::string& output) {
    --questions_;
    See(Observer::kConsole, command, {{"output", output}});
  });
}

void Asterisk::LookAround() {
  if (!ready_) return;
  site_->LookAtProcesses();
  Fields files;
  for (const std::string& path : site_->EngineFiles(EngineDirectory())) {
    files.emplace_back("executable", path);
  }
  See(Observer::kFiles, EngineDirectory(), std::move(files));
  Ask("core show channels");
  Ask("skype show licenses");
}

// As chan_skype.conf says, /tmp unless it does (manual 3.1).
std::string Asterisk::EngineDirectory() const {
  for (const auto& [name, text] : spec_.files) {
    if (name != "chan_skype.conf") continue;
    const size_t at = text.find("engine_directory=");
    if (at == std::string::npos) continue;
    const size_t start = at + std::string_view("engine_directory=").size();
    return text.substr(start, text.find_first_of("\r\n", start) - start);
  }
  return "/tmp";
}

void Asterisk::Stop() {
  if (ready_) site_->pbx().Stop([this] { stopped_ = true; });
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
