#include "fake_skype_network/attempts.h"

namespace sfa::community {

bool Attempts::TooMany(const std::string& user, Ipv4Address from) {
  Forget();
  const auto found = counts_.find({user, from.value});
  return found != counts_.end() && found->second >= kMost;
}

void Attempts::Note(const std::string& user, Ipv4Address from) {
  if (attempts_.size() >= kMaxKept) ForgetOldest();
  const Key key{user, from.value};
  ++counts_[key];
  attempts_.emplace_back(runtime_.Now(), key);
}

void Attempts::Forget() {
  while (!attempts_.empty() && attempts_.front().first + kPeriod <= runtime_.Now()) ForgetOldest();
}

void Attempts::ForgetOldest() {
  const auto found = counts_.find(attempts_.front().second);
  if (--found->second == 0) counts_.erase(found);
  attempts_.pop_front();
}

}  // namespace sfa::community
