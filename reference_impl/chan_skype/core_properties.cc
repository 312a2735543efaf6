// What begins and ends with a login, and the properties of accounts and calls.
#include <utility>

#include "chan_skype/core.h"
#include "chan_skype/property_names.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

// The login server may be away for a while; calls go on without it.
constexpr Duration kFetchAgain = std::chrono::seconds(30);

std::string Names(const PropertyValues& values) {
  std::string names;
  for (const auto& [name, value] : values) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

void Core::Ask(const std::string& account, const wire::ServiceRequest& request, ServiceDone done) {
  const std::optional<AccountView> view = LookAt(account);
  if (!engine_ || !engine_->up() || !view || view->state != control::ACCOUNT_LOGGED_IN) {
    wire::ServiceReply reply;
    reply.set_result(wire::SERVICE_UNREACHABLE);
    reply.set_text("user " + OneLine(CutText(account, 64)) + " is not logged in");
    done(reply);
    return;
  }
  desk_.Ask(view->settings.name, request, std::move(done));
}

void Core::OnLoggedIn(const std::string& account) {
  FetchProperties(account);
  FetchBuddies(account);
  const std::optional<AccountView> view = LookAt(account);
  if (view && !view->settings.account_properties.empty()) {
    const PropertyValues& values = view->settings.account_properties;
    uint64_t write = 0;
    {
      MutexLock lock(mutex_);
      if (Account* found = FindAccount(account)) write = found->properties.Write(values);
    }
    SendProperties(account, values, write);
  }
}

void Core::OnLoggedOut(const std::string& account, const std::vector<BuddyChange>& forgotten) {
  {
    MutexLock lock(mutex_);
    if (Account* found = FindAccount(account); found && !found->logged_in()) {
      found->properties.Clear();
      found->autoadded.clear();
    }
  }
  desk_.Refuse(account);
  RunWaiting(account);
  // Logged Out says to the manager what it means for all of the buddies; hints are told one by one.
  Publish(account, forgotten, false);
}

void Core::FetchProperties(const std::string& account) {
  wire::ServiceRequest request;
  request.mutable_get_account();
  Ask(account, request, [this, account](const wire::ServiceReply& reply) {
    if (reply.result() != wire::SERVICE_DONE || !reply.has_account()) {
      FetchAgainLater(account);
      return;
    }
    MutexLock lock(mutex_);
    if (Account* found = FindAccount(account)) found->properties.Confirm(reply.account());
  });
}

void Core::FetchAgainLater(const std::string& account) {
  const std::optional<AccountView> view = LookAt(account);
  if (!view || view->state != control::ACCOUNT_LOGGED_IN) return;
  if (std::exchange(fetch_again_soon_, true)) return;
  fetch_again_->Start(kFetchAgain);
}

void Core::FetchWhatIsMissing() {
  fetch_again_soon_ = false;
  std::vector<std::string> no_properties;
  std::vector<std::string> no_buddies;
  {
    MutexLock lock(mutex_);
    for (const Account& account : accounts_) {
      if (!account.logged_in()) continue;
      if (!account.properties.known()) no_properties.push_back(account.settings.name);
      if (!account.buddies.known()) no_buddies.push_back(account.settings.name);
    }
  }
  for (const std::string& account : no_properties) FetchProperties(account);
  for (const std::string& account : no_buddies) FetchBuddies(account);
}

void Core::SendProperties(const std::string& account, const PropertyValues& values,
                          uint64_t write) {
  wire::ServiceRequest request;
  for (const auto& [name, value] : values) {
    wire::Property& property = *request.mutable_set_properties()->add_properties();
    property.set_name(name);
    property.set_value(value);
  }
  Ask(account, request, [this, account, values, write](const wire::ServiceReply& reply) {
    const bool done = reply.result() == wire::SERVICE_DONE;
    {
      MutexLock lock(mutex_);
      if (Account* found = FindAccount(account)) {
        if (done && reply.has_account()) found->properties.Confirm(reply.account());
        found->properties.Settle(write);
      }
    }
    if (!done) {
      Log(PBX_LOG_WARNING,
          "user " + account + " keeps its " + Names(values) + ": " + WhyNotDone(reply));
    }
  });
}

std::string Core::WriteAccount(const std::string& account, const PropertyValues& values) {
  std::string name;
  uint64_t write = 0;
  {
    MutexLock lock(mutex_);
    Account* found = FindAccount(account);
    if (!found) return "chan_skype.conf has no user " + OneLine(CutText(account, 64));
    name = found->settings.name;
    if (!found->logged_in()) return "user " + name + " is not logged in";
    write = found->properties.Write(values);
  }
  Post([name, values, write](Core& core) { core.SendProperties(name, values, write); });
  return "";
}

std::optional<std::string> Core::AccountProperty(const std::string& name,
                                                 const std::string& property) {
  MutexLock lock(mutex_);
  const Account* account = FindAccount(name);
  if (!account) return std::nullopt;
  if (property == kStatusProperty) return AccountStateName(account->state);
  if (property == kNameProperty) return account->settings.name;
  if (property == "availability" && account->properties.Read(property).empty()) {
    // The manual's words for an availability that is nobody's choice.
    switch (account->state) {
      case control::ACCOUNT_LOGGED_IN:
        return "Unknown";
      case control::ACCOUNT_CONNECTING_TO_P2P:
      case control::ACCOUNT_CONNECTING_TO_SERVER:
      case control::ACCOUNT_LOGGING_IN:
      case control::ACCOUNT_INITIALIZING:
        return "Connecting";
      default:
        return "Offline";
    }
  }
  return account->properties.Read(property);
}

std::string Core::AccountOfCall(skype_call_id id) {
  MutexLock lock(mutex_);
  const Call* call = calls_.Find(id);
  return call ? call->account : "";
}

std::optional<std::string> Core::CallProperty(skype_call_id id, const std::string& property) {
  MutexLock lock(mutex_);
  const Call* call = calls_.Find(id);
  if (!call) return std::nullopt;
  return call->Property(property);
}

bool Core::SetCallProperty(skype_call_id id, const std::string& property,
                           const std::string& value) {
  MutexLock lock(mutex_);
  Call* call = calls_.Find(id);
  if (call) call->SetProperty(property, value);
  return call != nullptr;
}

}  // namespace sfa::skype
