#include "res_skypeforasterisk/license_pool.h"

#include <atomic>
#include <cassert>

namespace sfa::res {
namespace {

class CountingPool final : public LicensePool {
 public:
  explicit CountingPool(int total) : total_(total) {}

  bool Acquire() override {
    int used = in_use_.load(std::memory_order_relaxed);
    while (used < total_) {
      if (in_use_.compare_exchange_weak(used, used + 1, std::memory_order_acq_rel)) return true;
    }
    return false;
  }

  void Release() override {
    const int before = in_use_.fetch_sub(1, std::memory_order_acq_rel);
    assert(before > 0);
    static_cast<void>(before);
  }

  int total() const override { return total_; }
  int in_use() const override { return in_use_.load(std::memory_order_acquire); }

 private:
  const int total_;
  std::atomic<int> in_use_{0};
};

// More than any licence ever held.
constexpr int kMaxChannels = 100000;

}  // namespace

std::unique_ptr<LicensePool> NewLicensePool(int total) {
  return std::make_unique<CountingPool>(total);
}

int ReadLicensedChannels(FileSystem& files, Log& log, const std::string& licenses_directory) {
  const std::string path = licenses_directory + "/channels";
  if (!files.Exists(path)) return kDefaultLicensedChannels;
  const Result<std::string> text = files.ReadAll(path);
  if (!text) {
    log.Write(LogLevel::kError, "license", "no licensed channels: " + text.error().message);
    return 0;
  }
  int channels = 0;
  bool any = false;
  for (const char c : *text) {
    if (c == '\n' || c == '\r') break;
    const bool digit = c >= '0' && c <= '9';
    if (!digit || channels > kMaxChannels) {
      any = false;
      break;
    }
    any = true;
    channels = channels * 10 + (c - '0');
  }
  if (!any || channels > kMaxChannels) {
    log.Write(LogLevel::kError, "license",
              "no licensed channels: " + path + " holds something else than one number from 0 to " +
                  std::to_string(kMaxChannels));
    return 0;
  }
  return channels;
}

}  // namespace sfa::res
