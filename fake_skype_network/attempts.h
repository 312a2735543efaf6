// Wrong passwords, and who has tried too many.
#ifndef FAKE_SKYPE_NETWORK_ATTEMPTS_H_
#define FAKE_SKYPE_NETWORK_ATTEMPTS_H_

#include <deque>
#include <map>
#include <string>
#include <utility>

#include "runtime/runtime.h"

namespace sfa::community {

// Contract: who has given kMost wrong passwords for a user within kPeriod, from one address, is
// told so until the first of them is older than that, whatever the password: the user is not kept
// out elsewhere. At most kMaxKept attempts are remembered; the oldest goes.
class Attempts {
 public:
  static constexpr int kMost = 5;
  static constexpr Duration kPeriod = std::chrono::minutes(5);
  static constexpr size_t kMaxKept = 10'000;

  explicit Attempts(Runtime& runtime) : runtime_(runtime) {}

  bool TooMany(const std::string& user, Ipv4Address from);
  void Note(const std::string& user, Ipv4Address from);

 private:
  using Key = std::pair<std::string, uint32_t>;
  void Forget();
  void ForgetOldest();

  Runtime& runtime_;
  std::map<Key, int> counts_;
  std::deque<std::pair<MonotonicTime, Key>> attempts_;  // in order
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_ATTEMPTS_H_
