#include "conformance/world/manager_users.h"

#include <algorithm>

namespace sfa::conformance {
namespace {

constexpr char kFile[] = "manager.conf";

std::string Section(const std::string& user, const std::string& secret, const std::string& read,
                    const std::string& write) {
  return "[" + user + "]\nsecret = " + secret + "\nread = " + read + "\nwrite = " + write + "\n";
}

}  // namespace

std::string SecretOf(const std::string& user) { return user + "-secret"; }

harness::ConfigurationFiles WithManagerUsers(const AsteriskSpec& asterisk,
                                             const std::string& own_secret) {
  harness::ConfigurationFiles files = asterisk.files;
  if (asterisk.managers.empty()) return files;
  auto file = std::find_if(files.begin(), files.end(),
                           [](const auto& each) { return each.first == kFile; });
  if (file == files.end()) {
    files.emplace_back(kFile, "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = 5038\n" +
                                  Section("sfalab", own_secret, "all", "all"));
    file = files.end() - 1;
  }
  for (const ManagerUser& user : asterisk.managers) {
    file->second += Section(user.name, SecretOf(user.name), user.read, user.write);
  }
  return files;
}

}  // namespace sfa::conformance
