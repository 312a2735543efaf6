#include "conformance/world/simulated_site.h"

#include <span>
#include <string_view>
#include <utility>

#include "asterisk_harness/operating_system/machine.h"
#include "asterisk_harness/simulated/simulated_pbx.h"
#include "conformance/world/license_files.h"
#include "conformance/world/manager_users.h"
#include "conformance/world/other_engine.h"
#include "conformance/world/world_door.h"
#include "skypeforasterisk/engine.h"

namespace sfa::conformance {
namespace {

// What the res module extracts and launches here. The simulated machine recognises a program by its
// bytes, so any bytes that nothing else has will do.
constexpr std::string_view kEngineImage = "skyhost, the engine of a simulated machine\n";
constexpr uint16_t kManagerPort = 5038;
constexpr char kConfigurationDirectory[] = "/etc/asterisk/";

class EngineProgram final : public harness::Program {
 public:
  EngineProgram(Runtime& runtime, std::unique_ptr<ByteStream> control,
                std::function<void(int status)> exit)
      : engine_(engine::NewEngine(runtime, std::move(control), std::move(exit))) {}

 private:
  std::unique_ptr<engine::Engine> engine_;
};

class SimulatedSite final : public PbxSite {
 public:
  SimulatedSite(const AsteriskSpec& asterisk, const skype_driver* driver, sim::Host& host,
                sim::Simulation& simulation, PbxSiteObserver& observer)
      : simulation_(simulation),
        driver_(driver),
        g729_(asterisk.g729),
        observer_(observer),
        files_(WithManagerUsers(asterisk, "sfalab")),
        licenses_(host.address()),
        machine_(harness::NewMachine(
            [&host](const std::string& process, FileSystem& files, Processes& processes, Log& log) {
              return host.NewProcess(process, files, processes, log);
            },
            [&observer](const std::string& process, LogLevel, std::string_view text) {
              observer.OnDiagnostic(process, std::string(text));
            })) {
    machine_->InstallProgram(
        std::string(kEngineImage),
        [version = asterisk.engine_version](
            Runtime& runtime, std::unique_ptr<ByteStream> control,
            std::function<void(int)> exit) -> std::unique_ptr<harness::Program> {
          if (!version.empty()) return NewOtherEngine(version, std::move(control), exit);
          return std::make_unique<EngineProgram>(runtime, std::move(control), std::move(exit));
        });
    machine_->SetProcessObserver([&observer](const harness::ProcessSight& sight) {
      observer.OnProcess(sight.name, sight.event);
    });
  }

  Status WriteLicenses(const AsteriskSpec& asterisk) {
    if (Status made = machine_->files().MakeDirectories(kLicensesDirectory); !made.ok())
      return made;
    const Result<std::vector<LicenseFile>> files = licenses_.Issue(asterisk);
    if (!files.ok()) return files.error();
    for (const LicenseFile& file : *files) {
      if (Status put = Put(file); !put.ok()) return put;
    }
    return {};
  }

  Status AddLicense(const LicenseSpec& license) override {
    const Result<LicenseFile> file = licenses_.Issue(license);
    return file.ok() ? Put(*file) : Status(file.error());
  }

  harness::Pbx& pbx() override {
    if (!pbx_) {
      runtime_ = machine_->NewProcess(kPbxProcess);
      harness::SimulatedPbxSettings settings;
      settings.files = std::exchange(files_, {});
      settings.driver = driver_;
      settings.g729 = g729_;
      settings.engine_image = {reinterpret_cast<const uint8_t*>(kEngineImage.data()),
                               kEngineImage.size()};
      pbx_ = harness::NewSimulatedPbx(*runtime_, std::move(settings), observer_);
    }
    return *pbx_;
  }

  void Stop(StopKind kind, std::function<void()> done) override {
    // Not from inside the PBX's own call: it is destroyed here.
    auto gone = [this, done = std::move(done)] {
      machine_->Post([this, done] {
        Bury();
        done();
      });
    };
    if (kind == StopKind::kNow) return pbx().StopNow(std::move(gone));
    pbx().Stop(std::move(gone));
  }

  // Its manager, where its configuration has it by default.
  Result<PbxDoors> OpenDoors() override {
    if (!manager_door_) {
      visitor_ = machine_->NewProcess("visitor");
      auto door = std::make_unique<WorldDoor>(*visitor_, sim::PostQueue::New(simulation_.inbox()),
                                              Endpoint{Ipv4Address::Loopback(), kManagerPort});
      if (const Status opened = door->Open(); !opened.ok()) return opened.error();
      manager_door_ = std::move(door);
    }
    PbxDoors doors;
    doors.manager = manager_door_->local();
    return doors;
  }

  std::vector<std::pair<std::string, std::string>> Files(const std::string& directory) override {
    std::vector<std::pair<std::string, std::string>> files;
    const auto names = machine_->files().List(directory);
    if (!names.ok()) return files;
    for (const std::string& name : *names) {
      const auto text = machine_->files().ReadAll(directory + "/" + name);
      if (text.ok()) files.emplace_back(name, text->substr(0, kMostFileBytes));
    }
    return files;
  }

  Status WriteConfiguration(const std::string& file, const std::string& text) override {
    return machine_->files().WriteAtomically(kConfigurationDirectory + file, text, 0644);
  }

  int Kill(const std::string& process) override {
    int killed = 0;
    for (const harness::ProcessSight& running : machine_->running()) {
      if (running.name != process) continue;
      machine_->Kill(running.pid);
      ++killed;
    }
    if (process == kPbxProcess) Bury();
    return killed;
  }

  std::vector<std::string> EngineFiles(const std::string& directory) override {
    std::vector<std::string> found;
    Search(directory, 0, found);
    return found;
  }

 private:
  static constexpr int kDeepest = 4;

  Status Put(const LicenseFile& file) {
    const std::string path = std::string(kLicensesDirectory) + "/" + file.name;
    return file.directory ? machine_->files().MakeDirectories(path)
                          : machine_->files().WriteAtomically(path, file.text, 0644);
  }

  // Its process has ended.
  void Bury() {
    pbx_.reset();
    runtime_.reset();
  }

  void Search(const std::string& directory, int depth, std::vector<std::string>& found) {
    const Result<std::vector<std::string>> names = machine_->files().List(directory);
    if (!names.ok() || depth > kDeepest) return;
    for (const std::string& name : *names) {
      const std::string path = directory + "/" + name;
      const Result<std::string> content = machine_->files().ReadAll(path);
      if (!content.ok()) {
        Search(path, depth + 1, found);
      } else if (*content == kEngineImage) {
        found.push_back(path);
      }
    }
  }

  sim::Simulation& simulation_;
  const skype_driver* const driver_;
  const bool g729_;
  PbxSiteObserver& observer_;
  harness::ConfigurationFiles files_;  // as the machine gets them; from then on they are its own
  LicenseDesk licenses_;
  std::unique_ptr<harness::Machine> machine_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<harness::Pbx> pbx_;
  std::unique_ptr<Runtime> visitor_;
  std::unique_ptr<WorldDoor> manager_door_;
};

class SimulatedPbxFactory final : public PbxFactory {
 public:
  SimulatedPbxFactory(const skype_driver* driver, std::string host)
      : driver_(driver), host_(std::move(host)) {}

  std::string target() const override { return "sim"; }
  sim::ClockKind clock() const override { return sim::ClockKind::kVirtual; }

  Result<std::unique_ptr<PbxSite>> Make(const AsteriskSpec& asterisk, sim::Simulation& simulation,
                                        sim::Network& network,
                                        PbxSiteObserver& observer) const override {
    if (const Status spoken = CanSpeakG729(asterisk); !spoken.ok()) return spoken.error();
    auto site = std::make_unique<SimulatedSite>(
        asterisk, driver_, network.AddHost(asterisk.site, host_), simulation, observer);
    const Status licensed = site->WriteLicenses(asterisk);
    if (!licensed.ok()) return licensed.error();
    return std::unique_ptr<PbxSite>(std::move(site));
  }

 private:
  const skype_driver* const driver_;
  const std::string host_;
};

}  // namespace

std::unique_ptr<PbxFactory> NewSimulatedPbxFactory(const skype_driver* driver,
                                                   const std::string& host) {
  return std::make_unique<SimulatedPbxFactory>(driver, host);
}

}  // namespace sfa::conformance
