#include "fake_skype_network/logins.h"

#include <algorithm>

namespace sfa::community {

Logins::Logins(Runtime& runtime, Store& store) : runtime_(runtime), store_(store) {
  store_.Run(
      "CREATE TABLE IF NOT EXISTS login (id INTEGER PRIMARY KEY, user TEXT NOT NULL,"
      " device INTEGER NOT NULL, presence INTEGER NOT NULL, UNIQUE (user, device))");
  Query query = store_.Ask("SELECT user, device, presence FROM login ORDER BY id");
  while (query.Next()) {
    Login login;
    login.device = static_cast<uint64_t>(query.Number(1));
    login.until = runtime_.Now() + kGraceAtStart;
    login.presence = query.Flag(2);
    logins_[query.Text(0)].push_back(login);
  }
}

Login* Logins::Find(const std::string& user, uint64_t device) {
  const auto found = logins_.find(user);
  if (found == logins_.end()) return nullptr;
  for (Login& login : found->second) {
    if (login.device == device) return &login;
  }
  return nullptr;
}

const std::vector<Login>& Logins::Of(const std::string& user) const {
  static const std::vector<Login> kNone;
  const auto found = logins_.find(user);
  return found == logins_.end() ? kNone : found->second;
}

bool Logins::IsReachable(const std::string& user) const {
  const std::vector<Login>& logins = Of(user);
  return std::any_of(logins.begin(), logins.end(),
                     [](const Login& login) { return login.reachable; });
}

Login& Logins::Add(const std::string& user, uint64_t device, const Endpoint& home) {
  if (Of(user).size() >= Directory::kMaxDevices) Remove(user, Of(user).front().device);
  store_.Run("INSERT OR REPLACE INTO login (user, device, presence) VALUES (?, ?, 1)", user,
             static_cast<int64_t>(device));
  Login login;
  login.device = device;
  login.home = home;
  login.reachable = true;
  logins_[user].push_back(login);
  return logins_[user].back();
}

void Logins::Remove(const std::string& user, uint64_t device) {
  const auto found = logins_.find(user);
  if (found == logins_.end()) return;
  store_.Run("DELETE FROM login WHERE user = ? AND device = ?", user, static_cast<int64_t>(device));
  auto& logins = found->second;
  const auto same = [device](const Login& login) { return login.device == device; };
  logins.erase(std::remove_if(logins.begin(), logins.end(), same), logins.end());
  if (logins.empty()) logins_.erase(found);
}

void Logins::SetPresence(const std::string& user, uint64_t device, bool presence) {
  Login* const login = Find(user, device);
  if (login == nullptr || login->presence == presence) return;
  login->presence = presence;
  store_.Run("UPDATE login SET presence = ? WHERE user = ? AND device = ?", int64_t{presence}, user,
             static_cast<int64_t>(device));
}

void Logins::Lose(Login& login) {
  if (!login.reachable) return;
  login.reachable = false;
  login.until = runtime_.Now() + kGrace;
}

void Logins::LoseHome(const Endpoint& home) {
  for (auto& [user, logins] : logins_) {
    for (Login& login : logins) {
      if (login.home == home) Lose(login);
    }
  }
}

std::vector<std::pair<std::string, uint64_t>> Logins::Overdue() const {
  std::vector<std::pair<std::string, uint64_t>> overdue;
  for (const auto& [user, logins] : logins_) {
    for (const Login& login : logins) {
      if (!login.reachable && login.until <= runtime_.Now()) {
        overdue.emplace_back(user, login.device);
      }
    }
  }
  return overdue;
}

MonotonicTime Logins::NextOverdue() const {
  MonotonicTime next = MonotonicTime::max();
  for (const auto& [user, logins] : logins_) {
    for (const Login& login : logins) {
      if (!login.reachable) next = std::min(next, login.until);
    }
  }
  return next;
}

}  // namespace sfa::community
