#include "conformance/nonconforming/drivers.h"

#include <map>
#include <memory>
#include <vector>

#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Loses the second digit that the PBX sends into each call.
class DigitLost final : public Spoiler {
 public:
  bool OnDigit(skype_call_id call, char) override { return ++digits_[call] != 2; }

 private:
  std::map<skype_call_id, int> digits_;
};

// Sends every account status event twice.
class EventTwice final : public Spoiler {
 public:
  void OnManagerEvent(std::vector<SpoiledMessage>& copies) override {
    if (copies.front().event == "SkypeAccountStatus") copies.push_back(copies.front());
  }
};

// Takes a licensed channel for each call and keeps it.
class LicenceKept final : public Spoiler {
 public:
  std::unique_ptr<res::LicensePool> Licences(res::LicensePool& pool) override {
    return std::make_unique<KeepingPool>(pool);
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
