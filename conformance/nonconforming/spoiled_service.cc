#include "conformance/nonconforming/spoiled_service.h"

#include <utility>
#include <vector>

namespace sfa::conformance {
namespace {

class SpoiledService final : public res::EngineService, private res::EngineListener {
 public:
  SpoiledService(res::EngineService& service, Spoiler& spoiler)
      : service_(service), spoiler_(spoiler), licences_(spoiler.Licences(service.licenses())) {}

  Runtime& runtime() override { return service_.runtime(); }
  res::LicensePool& licenses() override { return *licences_; }
  res::LicensePool& g729_licenses() override { return service_.g729_licenses(); }
  void ReadLicenses() override {
    if (spoiler_.OnReadLicences()) service_.ReadLicenses();
  }
  res::LicenseReport FoundLicenses() const override {
    res::LicenseReport found = service_.FoundLicenses();
    spoiler_.OnLicences(found);
    return found;
  }
  void Start(const std::string& engine_directory, res::EngineListener& listener) override {
    listener_ = &listener;
    res::EngineListener& self = *this;
    service_.Start(engine_directory, self);
  }
  void Send(std::string_view bytes) override {
    std::vector<control::Command> commands(1);
    if (!commands[0].ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    spoiler_.OnCommand(commands);
    for (const control::Command& command : commands) service_.Send(command.SerializeAsString());
  }
  void Stop(Task stopped) override { service_.Stop(std::move(stopped)); }
  std::string version() const override { return service_.version(); }

 private:
  void OnEngineReady(std::string_view version) override { listener_->OnEngineReady(version); }
  void OnEngineEvent(std::string_view bytes) override {
    std::vector<control::Event> events(1);
    if (!events[0].ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    spoiler_.OnEngineEvent(events);
    for (const control::Event& event : events) listener_->OnEngineEvent(event.SerializeAsString());
  }
  void OnEngineGone(const std::string& reason) override { listener_->OnEngineGone(reason); }

  res::EngineService& service_;
  Spoiler& spoiler_;
  const std::unique_ptr<res::LicensePool> licences_;
  res::EngineListener* listener_ = nullptr;
};

// The pool as it is.
class SamePool final : public res::LicensePool {
 public:
  explicit SamePool(res::LicensePool& pool) : pool_(pool) {}
  bool Acquire() override { return pool_.Acquire(); }
  void Release() override { pool_.Release(); }
  int total() const override { return pool_.total(); }
  int in_use() const override { return pool_.in_use(); }

 private:
  res::LicensePool& pool_;
};

}  // namespace

std::unique_ptr<res::LicensePool> Spoiler::Licences(res::LicensePool& pool) {
  return std::make_unique<SamePool>(pool);
}

std::unique_ptr<res::EngineService> NewSpoiledService(res::EngineService& service,
                                                      Spoiler& spoiler) {
  return std::make_unique<SpoiledService>(service, spoiler);
}

}  // namespace sfa::conformance
