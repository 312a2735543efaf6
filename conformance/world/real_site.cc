#include "conformance/world/real_site.h"

#include <functional>
#include <utility>

#include "asterisk_harness/real/real_asterisk.h"
#include "conformance/host/files.h"
#include "network_sim/post_queue.h"

namespace sfa::conformance {
namespace {

class RealSite final : public PbxSite {
 public:
  RealSite(sim::Simulation& simulation) : post_(sim::PostQueue::New(simulation.inbox())) {}
  // What still comes from the Asterisk's threads finds nobody.
  ~RealSite() override { post_->Close(); }

  Status Open(const AsteriskSpec& asterisk, const std::string& version,
              const std::string& source_root, sim::Network& network, PbxSiteObserver& observer) {
    harness::RealAsteriskSettings settings;
    settings.version = version;
    settings.source_root = source_root;
    settings.work_directory = work_.path();
    settings.files = asterisk.files;
    settings.licensed_channels = asterisk.licensed_channels;
    auto opened = harness::RealAsterisk::Open(
        settings, observer,
        [post = post_](std::function<void()> task) { post->Post(std::move(task)); });
    if (!opened.ok()) return opened.error();
    asterisk_ = std::move(*opened);
    const sim::Network::RealHost place =
        network.AddRealHost(asterisk.site, "asterisk", asterisk_->tap_descriptor());
    asterisk_->SetAddress(place.address, place.prefix_length, place.gateway);
    return {};
  }

  harness::Pbx& pbx() override { return *asterisk_; }

  std::vector<std::string> EngineFiles(const std::string& directory) override {
    return FindExecutables(asterisk_->root() + directory);
  }

 private:
  TemporaryDirectory work_;
  std::shared_ptr<sim::PostQueue> post_;
  std::unique_ptr<harness::RealAsterisk> asterisk_;
};

class RealPbxFactory final : public PbxFactory {
 public:
  RealPbxFactory(std::string version, std::string source_root)
      : version_(std::move(version)), source_root_(std::move(source_root)) {}

  std::string target() const override { return "asterisk-" + version_; }
  sim::ClockKind clock() const override { return sim::ClockKind::kReal; }

  Result<std::unique_ptr<PbxSite>> Make(const AsteriskSpec& asterisk, sim::Simulation& simulation,
                                        sim::Network& network,
                                        PbxSiteObserver& observer) const override {
    auto site = std::make_unique<RealSite>(simulation);
    const Status opened = site->Open(asterisk, version_, source_root_, network, observer);
    if (!opened.ok()) return opened.error();
    return std::unique_ptr<PbxSite>(std::move(site));
  }

 private:
  const std::string version_;
  const std::string source_root_;
};

}  // namespace

std::unique_ptr<PbxFactory> NewRealPbxFactory(const std::string& version,
                                              const std::string& source_root) {
  return std::make_unique<RealPbxFactory>(version, source_root);
}

}  // namespace sfa::conformance
