// The process that is a lab: keeps a world running in the background.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "conformance/command_line/lab_directory.h"
#include "conformance/command_line/options.h"
#include "conformance/host/children.h"
#include "conformance/host/clock.h"
#include "conformance/host/files.h"
#include "conformance/lab/configuration.h"
#include "conformance/lab/lab.h"
#include "conformance/world/real_site.h"
#include "conformance/world/simulated_site.h"

namespace sfa::conformance {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kLock = 3;
constexpr int kTalk = 4;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// One line to whoever has started us; an error when nobody reads it.
Status Tell(const Json& said) {
  const std::string line = Dump(said) + '\n';
  const bool told = write(kTalk, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  close(kTalk);
  if (!told) return Error{ErrorCode::kClosed, "whoever wanted the lab has gone"};
  return {};
}

ExitCode GiveUp(ExitCode code, const std::string& problem) {
  std::fprintf(stderr, "sfalab: %s\n", problem.c_str());
  static_cast<void>(Tell({{"code", static_cast<int>(code)}, {"problem", problem}}));
  return code;
}

// The simulated PBX under the real clock.
class PacedSimulation final : public PbxFactory {
 public:
  PacedSimulation() : factory_(NewSimulatedPbxFactory()) {}
  std::string target() const override { return factory_->target(); }
  sim::ClockKind clock() const override { return sim::ClockKind::kReal; }
  WallTime DateFor(WallTime) const override { return HostDate(); }
  Result<std::unique_ptr<PbxSite>> Make(const AsteriskSpec& asterisk, sim::Simulation& simulation,
                                        sim::Network& network,
                                        PbxSiteObserver& observer) const override {
    AskForRealTimePriority();
    return factory_->Make(asterisk, simulation, network, observer);
  }

 private:
  const std::unique_ptr<PbxFactory> factory_;
};

std::unique_ptr<PbxFactory> NewFactory(const std::string& target, const std::string& source_root,
                                       const std::string& secret) {
  if (target == "sim") return std::make_unique<PacedSimulation>();
  return NewRealPbxFactory(target.substr(target.find('-') + 1), source_root, secret);
}

// What `lab up` prints.
Json DoorsJson(const LabDoors& doors, const std::string& secret, const LabDirectory& directory,
               const std::string& source_root) {
  Json json;
  json["ami"] = nullptr;
  if (doors.pbx.manager.port != 0) {
    json["ami"] = {{"host", doors.pbx.manager.address.ToString()},
                   {"port", doors.pbx.manager.port},
                   {"username", kManagerUser},
                   {"secret", secret}};
  }
  json["console"] = doors.pbx.console;
  json["asterisk_pid"] = nullptr;
  json["root"] = nullptr;
  if (doors.pbx.pid != 0) {
    json["asterisk_pid"] = doors.pbx.pid;
    json["root"] = doors.pbx.root;
    const int init = ParentOf(doors.pbx.pid);
    json["asterisk_processes"] = {doors.pbx.pid, init, ParentOf(init)};
  } else {
    json["console"] = {OwnPath(), "--source-root",  source_root, "client",
                       "--dir",   directory.path(), "--as",      "asterisk"};
  }
  json["community"] = {{"address", doors.community.ToString()},
                       {"api", "tcp://" + doors.control.ToString()},
                       {"token", doors.token}};
  return json;
}

}  // namespace

ExitCode LabDaemon(const CommonOptions& common, const LabOptions& options) {
  if (fcntl(kLock, F_SETFD, FD_CLOEXEC) != 0 || fcntl(kTalk, F_SETFD, FD_CLOEXEC) != 0) {
    return TellError("lab-daemon is started by sfalab lab up", kExitBadInput);
  }
  // What else has come along belongs to somebody who may wait for its end.
  close_range(kTalk + 1, ~0U, 0);
  // Who has started us may go before we are ready: then we end in order.
  signal(SIGPIPE, SIG_IGN);
  const LabDirectory directory(options.directory);
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return GiveUp(kExitBadInput, "the scenario's schema cannot be read");
  std::vector<InputError> errors;
  std::optional<Scenario> scenario = library->LoadFile(options.file, errors);
  if (scenario && !options.etc.empty()) LayOver(options.etc, scenario->asterisk.files, errors);
  if (!errors.empty()) return GiveUp(kExitBadInput, ToString(errors.front()));
  posix::PosixRuntime runtime{posix::PosixSettings{}};
  const std::string secret = NewSecret(runtime.random());
  AddManagerUser(secret, scenario->asterisk.files);

  Json doors;
  Lab lab(*scenario, library->schema(), [&](const LabDoors& found) -> Status {
    doors = DoorsJson(found, secret, directory, common.source_root);
    Status written = runtime.files().WriteAtomically(directory.doors(), Dump(doors) + '\n', 0600);
    return written.ok() ? Tell({{"usable", doors}}) : written;
  });
  WorldSettings settings;
  settings.seed = common.seed;
  settings.resident = &lab;
  settings.listener = &lab;
  const auto factory = NewFactory(options.target, common.source_root, secret);
  const WorldRun run = RunWorld(*scenario, *factory, settings);
  if (doors.is_null()) {
    unlink(directory.doors().c_str());
    return GiveUp(kExitCannotTell,
                  lab.problem().empty() ? "the lab did not become usable" : lab.problem());
  }
  if (lab.problem().empty()) {
    // Not before: whoever has started us was still writing there.
    const bool made_folder =
        directory.ReadOwner().find("\"made_folder\":true") != std::string::npos;
    directory.Remove(made_folder);
    return kExitPass;
  }
  std::fprintf(stderr, "%ssfalab: the lab has ended: %s\n", run.log.c_str(), lab.problem().c_str());
  static_cast<void>(runtime.files().WriteAtomically(directory.doors(),
                                                    Dump({{"ended", lab.problem()}}) + '\n', 0600));
  return kExitCannotTell;
}

}  // namespace sfa::conformance
