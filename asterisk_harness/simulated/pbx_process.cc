#include "asterisk_harness/simulated/pbx_process.h"

#include "asterisk_harness/simulated/local_channel.h"
#include "asterisk_harness/simulated/manager_actions.h"
#include "asterisk_harness/simulated/states.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// How long a stop waits for channels that do not end by themselves.
constexpr Duration kStopPatience = std::chrono::seconds(10);
constexpr int kManagerPort = 5038;  // what Asterisk has in manager.conf.sample

}  // namespace

PbxProcess::PbxProcess(Runtime& runtime, ConfigurationFiles files, const skype_driver* driver,
                       Modules::ServiceFactory services, PbxObserver& observer)
    : runtime_(runtime),
      given_files_(std::move(files)),
      observer_(observer),
      core_(runtime, observer),
      modules_(
          core_, driver, std::move(services),
          [this](const std::string& name) { return ReadFile(name); }, directories_),
      console_(core_, modules_,
               [this] {
                 const std::string error = LoadDialplan(true);
                 if (!error.empty()) core_.Log("ERROR", error);
                 return error.empty();
               }),
      manager_port_(
          runtime,
          [this](std::function<void(std::string_view)> write, std::function<void()> closed) {
            return NewAmiSession(std::move(write), std::move(closed));
          }),
      self_(std::make_shared<PbxProcess*>(this)) {
  core_.manager().Listen(this);
  RegisterLocalTechnology(core_);
  RegisterManagerActions(core_, console_);
}

PbxProcess::~PbxProcess() {
  *self_ = nullptr;
  visitors_.clear();
  core_.manager().Unlisten(this);
}

std::optional<std::string> PbxProcess::ReadFile(const std::string& name) const {
  const std::string path = !name.empty() && name[0] == '/' ? name : directories_.etc + "/" + name;
  Result<std::string> text = runtime_.files().ReadAll(path);
  if (!text.ok()) return std::nullopt;
  return std::move(*text);
}

std::string PbxProcess::WriteFiles() {
  FileSystem& files = runtime_.files();
  // What a distribution has; /tmp is the default of engine_directory (manual 3.1).
  if (Status status = files.MakeDirectories("/tmp", 01777); !status) return status.error().message;
  for (const std::string& directory :
       {directories_.etc, directories_.spool, directories_.var_lib}) {
    if (Status status = files.MakeDirectories(directory); !status) return status.error().message;
  }
  for (const auto& [name, text] : given_files_) {
    const Status status = files.WriteAtomically(directories_.etc + "/" + name, text, 0640);
    if (!status) return status.error().message;
  }
  return "";
}

std::string PbxProcess::LoadConfiguration() {
  const auto lookup = [this](const std::string& name) { return ReadFile(name); };
  const Result<Configuration> settings = ReadConfiguration("asterisk.conf", lookup);
  if (settings.ok()) {
    core_.max_calls = ToInt(settings->Get("options", "maxcalls").value_or("0"), 0);
    directories_.spool = settings->Get("directories", "astspooldir").value_or(directories_.spool);
  } else if (settings.error().code != ErrorCode::kNotFound) {
    return settings.error().message;
  }
  return LoadDialplan(false);
}

std::string PbxProcess::LoadDialplan(bool again) {
  const Result<Configuration> configuration = ReadConfiguration(
      "extensions.conf", [this](const std::string& name) { return ReadFile(name); });
  if (!configuration.ok()) {
    if (configuration.error().code == ErrorCode::kNotFound) return "";
    return configuration.error().message;
  }
  LoadMusicClasses();
  for (const std::string& warning : configuration->warnings) core_.Warn(warning);
  core_.dialplan = Dialplan(*configuration);
  for (const std::string& warning : core_.dialplan.warnings()) core_.Warn(warning);
  for (const auto& [name, value] : core_.dialplan.globals()) core_.globals.Set(name, value);
  core_.states().ReadHints(again);
  return "";
}

// musiconhold.conf: a section for each class; a distribution's has "default".
void PbxProcess::LoadMusicClasses() {
  const Result<Configuration> classes = ReadConfiguration(
      "musiconhold.conf", [this](const std::string& name) { return ReadFile(name); });
  if (!classes.ok()) return;
  core_.music_classes.clear();
  for (const ConfigurationLine& line : classes->lines) {
    if (line.name.empty() && line.section != "general") core_.music_classes.insert(line.section);
  }
}

// Local and open where manager.conf says nothing, as the harness has it in a real Asterisk.
void PbxProcess::OpenManagerPort() {
  const auto read =
      ReadConfiguration("manager.conf", [this](const std::string& name) { return ReadFile(name); });
  const Configuration settings = read.ok() ? *read : Configuration{};
  if (!IsTrueSetting(settings.Get("general", "enabled").value_or("yes"))) return;
  const int port = ToInt(settings.Get("general", "port").value_or(""), kManagerPort);
  const auto address =
      Ipv4Address::Parse(settings.Get("general", "bindaddr").value_or("127.0.0.1"));
  if (!address || port < 1 || port > 0xFFFF) {
    core_.Warn("manager.conf: bindaddr or port is no address or port");
    return;
  }
  const Status status = manager_port_.Listen({*address, static_cast<uint16_t>(port)});
  if (!status.ok()) core_.Warn("Unable to bind AMI server: " + status.error().message);
}

void PbxProcess::Start(std::function<void(const std::string& error)> done) {
  std::string error = WriteFiles();
  if (error.empty()) error = LoadConfiguration();
  if (error.empty()) {
    OpenManagerPort();
    modules_.Autoload();
    core_.manager().Emit("FullyBooted", kClassSystem,
                         {{"Status", "Fully Booted"}, {"Uptime", "0"}, {"LastReload", "0"}});
  }
  runtime_.Post([done, error] { done(error); });
}

void PbxProcess::Stop(std::function<void()> done) {
  const std::shared_ptr<PbxProcess*> self = self_;
  core_.manager().Emit("Shutdown", kClassSystem, {{"Shutdown", "Cleanly"}, {"Restart", "False"}});
  core_.Drain(kStopPatience, [self, done] {
    if (*self != nullptr) (*self)->modules_.UnloadAll(done);
  });
}

void PbxProcess::StopNow(std::function<void()> done) {
  core_.manager().Emit("Shutdown", kClassSystem, {{"Shutdown", "Uncleanly"}, {"Restart", "False"}});
  modules_.RunAtExit(std::move(done));
}

void PbxProcess::SendAction(const AmiMessage& action,
                            std::function<void(const std::vector<AmiMessage>&)> reply) {
  AmiMessage numbered = action;
  numbered.headers.emplace_back("ActionID", "sfa-" + std::to_string(++last_action_));
  const std::shared_ptr<PbxProcess*> self = self_;
  // Later, so that it never runs inside the event that it may be an answer to.
  runtime_.Post([self, numbered, reply] {
    if (*self == nullptr) return;
    auto messages = std::make_shared<std::vector<AmiMessage>>();
    (*self)->core_.manager().Execute(numbered, kClassAll,
                                     [messages, reply](const AmiMessage& message, bool last) {
                                       messages->push_back(message);
                                       if (last) reply(*messages);
                                     });
  });
}

void PbxProcess::RunCommand(const std::string& command,
                            std::function<void(const std::string& output)> reply) {
  const std::shared_ptr<PbxProcess*> self = self_;
  runtime_.Post([self, command, reply] {
    if (*self != nullptr)
      (*self)->console_.Run(command, [reply](const std::string& output, bool) { reply(output); });
  });
}

void PbxProcess::LogIn(const std::string& user, const std::string& secret,
                       std::function<void(const AmiMessage&)> event,
                       std::function<void(const std::string& error)> done) {
  std::unique_ptr<ManagerVisitor>& visitor = visitors_[user];
  visitor = std::make_unique<ManagerVisitor>(
      runtime_,
      [this](std::function<void(std::string_view)> write, std::function<void()> closed) {
        return NewAmiSession(std::move(write), std::move(closed));
      },
      std::move(event));
  visitor->Send({{{"Action", "Login"}, {"Username", user}, {"Secret", secret}}},
                [done](const std::vector<AmiMessage>& reply) {
                  const AmiMessage& response = reply.front();
                  done(response.Get("Response") == "Success" ? "" : response.Get("Message"));
                });
}

void PbxProcess::SendActionAs(const std::string& user, const AmiMessage& action,
                              std::function<void(const std::vector<AmiMessage>&)> reply) {
  const auto visitor = visitors_.find(user);
  if (visitor != visitors_.end()) visitor->second->Send(action, std::move(reply));
}

std::unique_ptr<AmiSession> PbxProcess::NewAmiSession(std::function<void(std::string_view)> write,
                                                      std::function<void()> closed) {
  Result<Configuration> users =
      ReadConfiguration("manager.conf", [this](const std::string& name) { return ReadFile(name); });
  return std::make_unique<AmiSession>(core_.manager(), users.ok() ? *users : Configuration{},
                                      std::move(write), std::move(closed));
}

void PbxProcess::OnManagerEvent(unsigned, const AmiMessage& event) { observer_.OnAmiEvent(event); }

}  // namespace sfa::harness
