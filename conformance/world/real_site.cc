#include "conformance/world/real_site.h"

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "asterisk_harness/real/real_asterisk.h"
#include "conformance/host/clock.h"
#include "conformance/host/files.h"
#include "conformance/world/license_files.h"
#include "conformance/world/manager_users.h"
#include "network_sim/post_queue.h"

namespace sfa::conformance {
namespace {

class RealSite final : public PbxSite {
 public:
  explicit RealSite(sim::Simulation& simulation) : post_(sim::PostQueue::New(simulation.inbox())) {}
  // What still comes from the Asterisk's threads finds nobody.
  ~RealSite() override { post_->Close(); }

  Status Open(const AsteriskSpec& asterisk, const std::string& version,
              const std::string& source_root, const std::string& manager_secret,
              sim::Network& network, PbxSiteObserver& observer) {
    harness::RealAsteriskSettings settings;
    observer_ = &observer;
    settings.version = version;
    settings.g729 = asterisk.g729;
    settings.source_root = source_root;
    settings.work_directory = work_.path();
    settings.files = WithManagerUsers(asterisk, manager_secret);
    settings.manager_secret = manager_secret;
    auto opened = harness::RealAsterisk::Open(
        settings, observer,
        [post = post_](std::function<void()> task) { post->Post(std::move(task)); });
    if (!opened.ok()) return opened.error();
    asterisk_ = std::move(*opened);
    AskForRealTimePriority();
    const sim::Network::RealHost place =
        network.AddRealHost(asterisk.site, "asterisk", asterisk_->tap_descriptor());
    asterisk_->SetAddress(place.address, place.prefix_length, place.gateway);
    return License(asterisk, place.address);
  }

  harness::Pbx& pbx() override { return *asterisk_; }
  void Stop(StopKind kind, std::function<void()> done) override {
    if (kind == StopKind::kNow) return asterisk_->StopNow(std::move(done));
    asterisk_->Stop(std::move(done));
  }

  std::vector<std::string> EngineFiles(const std::string& directory) override {
    return FindExecutables(asterisk_->root() + directory);
  }

  std::vector<std::pair<std::string, std::string>> Files(const std::string& directory) override {
    std::vector<std::pair<std::string, std::string>> files;
    const std::string place = asterisk_->root() + directory;
    const auto names = ListFiles(place, "");
    if (!names.ok()) return files;
    for (const std::string& name : *names) {
      auto text = ReadFile(place + "/" + name);
      if (text.ok()) files.emplace_back(name, text->substr(0, kMostFileBytes));
    }
    return files;
  }

  Status WriteConfiguration(const std::string& file, const std::string& text) override {
    return WriteFile(asterisk_->root() + "/etc/asterisk/" + file, text);
  }

  Status AddLicense(const LicenseSpec& license) override {
    const Result<LicenseFile> file = licenses_->Issue(license);
    return file.ok() ? PutLicense(asterisk_->root(), *file) : Status(file.error());
  }

  int Kill(const std::string& process) override { return asterisk_->Kill(process); }

  void LookAtProcesses() override {
    std::map<int, std::string> running;
    for (const harness::RunningProcess& process : asterisk_->Processes()) {
      running[process.pid] = process.name;
    }
    for (const auto& [pid, name] : seen_) {
      const auto still = running.find(pid);
      if (still == running.end() || still->second != name) observer_->OnProcess(name, "ended");
    }
    for (const auto& [pid, name] : running) {
      const auto before = seen_.find(pid);
      if (before == seen_.end() || before->second != name) observer_->OnProcess(name, "started");
    }
    seen_ = std::move(running);
  }

  Result<PbxDoors> OpenDoors() override {
    const auto manager = asterisk_->OpenManagerPort();
    if (!manager.ok()) return manager.error();
    PbxDoors doors;
    doors.manager = *manager;
    doors.pid = asterisk_->pid();
    doors.root = asterisk_->root();
    doors.console = {"nsenter", "--target", std::to_string(doors.pid),
                     "--net",   "--mount",  "--root",
                     "--wd",    "asterisk", "-r"};
    return doors;
  }
  bool has_ended() const override { return asterisk_->pid() == 0; }

 private:
  // Licences are tied to the Ethernet address, which the simulated machine has as well.
  Status License(const AsteriskSpec& asterisk, Ipv4Address address) {
    licenses_.emplace(address);
    return LicenseRealAsterisk(asterisk, address, *licenses_, *asterisk_);
  }

  TemporaryDirectory work_;
  PbxSiteObserver* observer_ = nullptr;
  std::map<int, std::string> seen_;  // the processes that the observer believes to run
  std::shared_ptr<sim::PostQueue> post_;
  std::unique_ptr<harness::RealAsterisk> asterisk_;
  std::optional<LicenseDesk> licenses_;
};

class RealPbxFactory final : public PbxFactory {
 public:
  RealPbxFactory(std::string version, std::string source_root, std::string manager_secret)
      : version_(std::move(version)),
        source_root_(std::move(source_root)),
        manager_secret_(std::move(manager_secret)) {}

  std::string target() const override { return "asterisk-" + version_; }
  sim::ClockKind clock() const override { return sim::ClockKind::kReal; }
  // Asterisk and engine have the machine's clock, and credentials end by the date.
  WallTime DateFor(WallTime) const override { return HostDate(); }

  Result<std::unique_ptr<PbxSite>> Make(const AsteriskSpec& asterisk, sim::Simulation& simulation,
                                        sim::Network& network,
                                        PbxSiteObserver& observer) const override {
    if (const Status spoken = CanSpeakG729(asterisk); !spoken.ok()) return spoken.error();
    auto site = std::make_unique<RealSite>(simulation);
    const Status opened =
        site->Open(asterisk, version_, source_root_, manager_secret_, network, observer);
    if (!opened.ok()) return opened.error();
    return std::unique_ptr<PbxSite>(std::move(site));
  }

 private:
  const std::string version_;
  const std::string source_root_;
  const std::string manager_secret_;
};

}  // namespace

std::unique_ptr<PbxFactory> NewRealPbxFactory(const std::string& version,
                                              const std::string& source_root,
                                              const std::string& manager_secret) {
  return std::make_unique<RealPbxFactory>(version, source_root, manager_secret);
}

}  // namespace sfa::conformance
