// Wrong about licences: manual 1, 2.4 and 2.6.
#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/spoiler.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Channels beside those that are licensed.
class LargerPool final : public res::LicensePool {
 public:
  explicit LargerPool(res::LicensePool& pool) : pool_(pool) {}
  bool Acquire() override {
    if (pool_.Acquire()) return true;
    if (beside_ == kBeside) return false;
    ++beside_;
    return true;
  }
  void Release() override {
    if (beside_ > 0) {
      --beside_;
    } else {
      pool_.Release();
    }
  }
  int total() const override { return pool_.total() + kBeside; }
  int in_use() const override { return pool_.in_use() + beside_; }

 private:
  static constexpr int kBeside = 5;
  res::LicensePool& pool_;
  int beside_ = 0;
};

// Counts the channels of a licence that was made for another host.
class OtherHostCounted final : public Spoiler {
 public:
  std::unique_ptr<res::LicensePool> Licences(res::LicensePool& pool) override {
    return std::make_unique<LargerPool>(pool);
  }
  void OnLicences(res::LicenseReport& report) override {
    for (res::SeenLicense& license : report.licenses) license.status = "OK";
  }
};

// Knows the first licence only.
class SecondForgotten final : public Spoiler {
 public:
  void OnLicences(res::LicenseReport& report) override {
    if (report.licenses.size() > 1) report.licenses.resize(1);
  }
};

// Reads the licences when it is loaded, and never again.
class ReadOnce final : public Spoiler {
 public:
  bool OnReadLicences() override { return false; }
};

// Has a Host-ID that the licences are not made for.
class AnotherHostId final : public Spoiler {
 public:
  void OnLicences(res::LicenseReport& report) override {
    if (!report.host_id.empty()) report.host_id[0] = report.host_id[0] == '0' ? '1' : '0';
  }
};

// Says that every licence is good.
class EveryLicenceGood final : public Spoiler {
 public:
  void OnLicences(res::LicenseReport& report) override {
    for (res::SeenLicense& license : report.licenses) license.status = "OK";
  }
};

// Its list of licences has no item.
class NoLicenceInList final : public Spoiler {
 public:
  void OnManagerAnswer(const std::string&, std::vector<SpoiledMessage>& messages) override {
    std::erase_if(messages,
                  [](const SpoiledMessage& each) { return each.event == "SkypeLicense"; });
  }
};

// Its items do not say when a licence ends.
class ExpiryNotTold final : public Spoiler {
 public:
  void OnManagerAnswer(const std::string&, std::vector<SpoiledMessage>& messages) override {
    for (SpoiledMessage& each : messages) {
      if (each.event == "SkypeLicense") each.Remove("Expires");
    }
  }
};

}  // namespace

std::vector<NonConformingDriver> WrongLicences() {
  return {
      {"licence-of-another-host-counted", WrappedDriver<OtherHostCounted>(), "licences-add-up",
       "SFA-1-44"},
      {"second-licence-forgotten", WrappedDriver<SecondForgotten>(), "licences-add-up",
       "SFA-4.2.7-01"},
      {"every-licence-good", WrappedDriver<EveryLicenceGood>(), "licences-refused", "SFA-4.2.7-02"},
      {"licences-read-once", WrappedDriver<ReadOnce>(), "licences-reloaded", "SFA-2.4-05"},
      {"host-id-of-nobody", WrappedDriver<AnotherHostId>(), "licences-add-up", "SFA-4.2.6-01"},
      {"no-licence-in-list", WrappedDriver<NoLicenceInList>(), "licences-add-up", "SFA-X-05"},
      {"expiry-not-told", WrappedDriver<ExpiryNotTold>(), "licences-add-up", "SFA-X-06"},
  };
}

}  // namespace sfa::conformance
