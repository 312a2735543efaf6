#include "conformance/nonconforming/drivers.h"

#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Loses the second digit that the PBX sends into each call.
class DigitLost final : public Spoiler {
 public:
  bool PassDigit(skype_call_id call, char) override { return ++digits_[call] != 2; }

 private:
  std::map<skype_call_id, int> digits_;
};

// Sends every account status event twice.
class EventTwice final : public Spoiler {
 public:
  int EventCopies(const char* event) override {
    return std::string_view(event) == "SkypeAccountStatus" ? 2 : 1;
  }
};

// Takes a licensed channel for each call and keeps it.
class LicenceKept final : public Spoiler {
 public:
  res::EngineService& Service(res::EngineService& service) override {
    service_ = std::make_unique<KeepingService>(service);
    return *service_;
  }

 private:
  class KeepingPool final : public res::LicensePool {
   public:
    explicit KeepingPool(res::LicensePool& pool) : pool_(pool) {}
    bool Acquire() override { return pool_.Acquire(); }
    void Release() override {}
    int total() const override { return pool_.total(); }
    int in_use() const override { return pool_.in_use(); }

   private:
    res::LicensePool& pool_;
  };

  class KeepingService final : public res::EngineService {
   public:
    explicit KeepingService(res::EngineService& service)
        : service_(service), pool_(service.licenses()) {}
    Runtime& runtime() override { return service_.runtime(); }
    res::LicensePool& licenses() override { return pool_; }
    void Start(const std::string& engine_directory, res::EngineListener& listener) override {
      service_.Start(engine_directory, listener);
    }
    void Send(std::string_view command) override { service_.Send(command); }
    void Stop(Task stopped) override { service_.Stop(std::move(stopped)); }
    std::string version() const override { return service_.version(); }

   private:
    res::EngineService& service_;
    KeepingPool pool_;
  };

  std::unique_ptr<KeepingService> service_;
};

}  // namespace

std::vector<NonConformingDriver> NonConformingDrivers() {
  return {
      {"digit-lost", WrappedDriver<DigitLost>(), "digits-to-callee", "SFA-1-05"},
      {"event-twice", WrappedDriver<EventTwice>(), "console-and-events", "SFA-4.1.1-01"},
      {"licence-kept", WrappedDriver<LicenceKept>(), "asterisk-hangs-up", "SFA-1-08"},
  };
}

}  // namespace sfa::conformance
