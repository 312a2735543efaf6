// How else somebody is reached: SkypeIn numbers, forwarding, whether by voicemail.
#ifndef FAKE_SKYPE_NETWORK_NUMBERS_H_
#define FAKE_SKYPE_NETWORK_NUMBERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "fake_skype_network/store.h"

namespace sfa::community {

struct Reach {
  std::vector<std::string> forward_to;
  uint32_t forward_after_seconds = 0;
  bool voicemail = false;
};

class Numbers {
 public:
  static constexpr size_t kMaxForwards = 8;

  explicit Numbers(Store& store);

  void Replace(const std::string& user, const std::vector<std::string>& numbers,
               const Reach& reach);
  // "" when the number is nobody's.
  std::string OwnerOf(const std::string& number);
  Reach ReachOf(const std::string& user);

 private:
  Store& store_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_NUMBERS_H_
