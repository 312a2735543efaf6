// How many requests to the community's services are under way, per login and in all.
#ifndef FAKE_SKYPE_NETWORK_SERVICE_WINDOW_H_
#define FAKE_SKYPE_NETWORK_SERVICE_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <map>

namespace sfa::community {

class ServiceWindow {
 public:
  static constexpr size_t kMostOfOne = 64;
  static constexpr size_t kMost = 2000;
  // A frame of 16 KB holds it, with what the home adds.
  static constexpr size_t kMostBytes = 15'000;

  // Whether one more may go, by that connection; it is counted then until one of the others.
  bool Begin(uint64_t connection) {
    if (all_ >= kMost) return false;
    size_t& own = under_way_[connection];
    if (own >= kMostOfOne) return false;
    ++own;
    ++all_;
    return true;
  }
  void End(uint64_t connection) {
    const auto found = under_way_.find(connection);
    if (found == under_way_.end()) return;
    --all_;
    if (--found->second == 0) under_way_.erase(found);
  }
  void Forget(uint64_t connection) {
    const auto found = under_way_.find(connection);
    if (found == under_way_.end()) return;
    all_ -= found->second;
    under_way_.erase(found);
  }
  // None of them will be answered.
  void ForgetAll() {
    under_way_.clear();
    all_ = 0;
  }

 private:
  std::map<uint64_t, size_t> under_way_;
  size_t all_ = 0;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_SERVICE_WINDOW_H_
