// What accounts say of themselves, and to whom.
#ifndef FAKE_SKYPE_NETWORK_PROFILES_H_
#define FAKE_SKYPE_NETWORK_PROFILES_H_

#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/store.h"
#include "protocol/peer/service_names.h"

namespace sfa::community {

class Profiles {
 public:
  explicit Profiles(Store& store);

  // All that is kept of `user`, whatever it was. `why_not`, for people, when it cannot be; nothing
  // is changed then.
  using Values = std::vector<std::pair<std::string, std::string>>;
  using Visibilities = std::vector<std::pair<std::string, peer::Visibility>>;
  static std::string WhyNot(const Values& values, const Visibilities& visibilities);
  void Replace(const std::string& user, const Values& values, const Visibilities& visibilities);

  // A writable property with a value that it can have; "" erases.
  void Set(const std::string& user, const std::string& name, const std::string& value);
  std::string ValueOf(const std::string& user, const std::string& name);

  // What one may see of `user` who is (not) authorised by it.
  wire::Profile Shown(const std::string& user, bool authorised);
  // Everything, in the order of peer::kProperties.
  Values All(const std::string& user);

 private:
  Store& store_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_PROFILES_H_
