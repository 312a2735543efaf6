// The buddy lists: fetched, kept, shown to hints and to the manager; requests to be on one.
#include <utility>

#include "chan_skype/core.h"
#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

// A list of peer::kMaxBuddies has far fewer pages.
constexpr int kMaxPages = 2000;
constexpr size_t kMaxBadHints = 1000;

// Manual 3.1: the first match answers; nothing when there is none (reading 8).
const AuthRule* Match(const std::vector<AuthRule>& rules, const std::string& text) {
  for (const AuthRule& rule : rules) {
    if (rule.policy != AuthPolicy::kAcceptWithPassword) return &rule;
    if (!rule.password.empty() && Trim(text) == rule.password) return &rule;
  }
  return nullptr;
}

wire::BuddyAnswer AnswerOf(const AuthRule* rule) {
  if (!rule) return wire::ANSWER_UNSPECIFIED;
  switch (rule->policy) {
    case AuthPolicy::kAccept:
    case AuthPolicy::kAcceptWithPassword:
      return wire::ANSWER_ACCEPT;
    case AuthPolicy::kDeny:
      return wire::ANSWER_DENY;
    case AuthPolicy::kBlock:
      return wire::ANSWER_BLOCK;
    default:
      return wire::ANSWER_UNSPECIFIED;
  }
}

const char* WordOf(wire::BuddyAnswer answer) {
  switch (answer) {
    case wire::ANSWER_ACCEPT:
      return "accepted";
    case wire::ANSWER_DENY:
      return "denied";
    case wire::ANSWER_BLOCK:
      return "denied, and further ones blocked";
    default:
      return "left unanswered";
  }
}

}  // namespace

void Core::FetchBuddies(const std::string& account) {
  {
    MutexLock lock(mutex_);
    if (Account* found = FindAccount(account)) found->buddies.Begin();
  }
  FetchBuddyPage(account, "", 0);
}

void Core::FetchBuddyPage(const std::string& account, const std::string& after, int pages) {
  const std::optional<AccountView> view = LookAt(account);
  if (!view) return;
  const bool presence = view->settings.buddy_presence;
  wire::ServiceRequest request;
  request.mutable_get_buddies()->set_presence(presence);
  request.mutable_get_buddies()->set_after(after);
  Ask(account, request, [this, account, after, pages](const wire::ServiceReply& reply) {
    if (reply.result() != wire::SERVICE_DONE || !reply.has_buddies()) {
      FetchAgainLater(account);
      RunWaiting(account);
      return;
    }
    const wire::BuddyList& page = reply.buddies();
    const std::string next =
        page.buddies_size() > 0 ? page.buddies(page.buddies_size() - 1).name() : "";
    const bool last = !page.more() || Lower(next) <= Lower(after) || pages >= kMaxPages;
    std::vector<BuddyChange> changes;
    bool presence = false;
    {
      MutexLock lock(mutex_);
      Account* found = FindAccount(account);
      if (!found || !found->logged_in()) return;
      presence = found->settings.buddy_presence;
      changes = found->buddies.AddPage(page, last, presence);
    }
    Publish(account, changes, presence);
    if (last) {
      OnListed(account);
    } else {
      FetchBuddyPage(account, next, pages + 1);
    }
  });
}

void Core::Publish(const std::string& account, const std::vector<BuddyChange>& changes,
                   bool events) {
  for (const BuddyChange& change : changes) {
    const std::string address = account + "@" + change.name;
    const bool status_changed = change.before != change.after;
    if (events && status_changed && change.listed) {
      // Manual 4.1.2.
      const std::string buddy = "Skype/" + address;
      const std::string status(peer::BuddyStatusName(change.after));
      const pbx_header headers[] = {{"Buddy", buddy.c_str()}, {"BuddyStatus", status.c_str()}};
      host_.manager_event(pbx_, "SkypeBuddyStatus", headers, 2);
    }
    const pbx_device_state state = DeviceStateOf(change.after);
    if (state != DeviceStateOf(change.before) && host_.device_state_changed) {
      host_.device_state_changed(pbx_, address.c_str(), state);
    }
    if (host_.presence_state_changed) {
      const pbx_presence presence = PresenceOf(change.after, change.mood);
      host_.presence_state_changed(pbx_, address.c_str(), &presence);
    }
  }
}

wire::BuddyStatus Core::Watch(const PresenceAddress& address, bool* valid, std::string* mood) {
  wire::BuddyStatus status = wire::BUDDY_UNKNOWN;
  bool add = false;
  std::string account_name;
  {
    MutexLock lock(mutex_);
    const Account* account = FindAccount(address.account);
    *valid = account != nullptr;
    if (!account) return status;
    account_name = account->settings.name;
    if (const Buddy* buddy = account->buddies.Find(address.buddy)) {
      status = buddy->status;
      *mood = buddy->Property("mood_text");
    } else {
      add = account->settings.autoadd_hints && account->autoadded.count(Lower(address.buddy)) == 0;
    }
  }
  if (add) {
    Post([account_name, buddy = address.buddy](Core& core) {
      core.AutoAdd(account_name, buddy, "its presence is asked for");
    });
  }
  return status;
}

pbx_device_state Core::DeviceState(const std::string& text) {
  const std::optional<PresenceAddress> address = ParsePresenceAddress(text);
  bool valid = false;
  std::string mood;
  const wire::BuddyStatus status = address ? Watch(*address, &valid, &mood) : wire::BUDDY_UNKNOWN;
  return valid ? DeviceStateOf(status) : PBX_DEVICE_INVALID;
}

pbx_presence Core::PresenceState(const std::string& text) {
  const std::optional<PresenceAddress> address = ParsePresenceAddress(text);
  bool valid = false;
  std::string mood;
  const wire::BuddyStatus status = address ? Watch(*address, &valid, &mood) : wire::BUDDY_UNKNOWN;
  pbx_presence presence = PresenceOf(status, mood);
  if (!valid) {
    presence = pbx_presence{};
    presence.state = PBX_PRESENCE_INVALID;
  }
  return presence;
}

Core::BuddiesView Core::BuddiesOf(const std::string& name) {
  MutexLock lock(mutex_);
  const Account* account = FindAccount(name);
  if (!account) return {nullptr, "chan_skype.conf has no user " + OneLine(CutText(name, 64))};
  if (!account->logged_in()) {
    return {nullptr, "user " + account->settings.name + " is not logged in"};
  }
  return {account->buddies.List(), "", account->buddies.known()};
}

void Core::WhenListed(const std::string& account, Task task) {
  const BuddiesView view = BuddiesOf(account);
  if (!view.list || view.known) {
    task();
  } else {
    waiting_.emplace(account, std::move(task));
  }
}

void Core::RunWaiting(const std::string& account) {
  std::vector<Task> tasks;
  const auto [first, last] = waiting_.equal_range(account);
  for (auto it = first; it != last; ++it) tasks.push_back(std::move(it->second));
  waiting_.erase(first, last);
  for (const Task& task : tasks) task();
}

void Core::OnListed(const std::string& account) {
  std::map<std::string, std::string> wanted;
  {
    MutexLock lock(mutex_);
    if (Account* found = FindAccount(account)) wanted = std::exchange(found->to_autoadd, {});
  }
  for (const auto& [buddy, because] : wanted) AutoAdd(account, buddy, because);
  AddHints(account);
  RunWaiting(account);
}

void Core::AddHints(const std::string& account) {
  if (!host_.each_hint) return;
  std::vector<std::string> addresses;
  host_.each_hint(
      pbx_,
      [](void* context, const char* address) {
        static_cast<std::vector<std::string>*>(context)->emplace_back(address);
      },
      &addresses);
  const std::optional<AccountView> view = LookAt(account);
  for (const std::string& text : addresses) {
    const std::optional<PresenceAddress> address = ParsePresenceAddress(text);
    if (!address || !LookAt(address->account)) {
      // Manual 3.4: the user is always named.
      if (bad_hints_.size() < kMaxBadHints && bad_hints_.insert(text).second) {
        Log(PBX_LOG_WARNING, "the hint Skype:" + OneLine(CutText(text, 128)) +
                                 " shows nothing; expected Skype:<user>@<buddy>, the user being "
                                 "one of chan_skype.conf");
      }
    } else if (view && view->settings.autoadd_hints &&
               EqualsIgnoreCase(address->account, account)) {
      AutoAdd(account, address->buddy, "a hint asks for its presence");
    }
  }
}

void Core::AutoAdd(const std::string& name, const std::string& buddy, const std::string& because) {
  {
    MutexLock lock(mutex_);
    Account* account = FindAccount(name);
    if (!account || account->buddies.Find(buddy) || EqualsIgnoreCase(buddy, name)) return;
    if (!account->logged_in() || !account->buddies.known()) {
      if (account->to_autoadd.size() < peer::kMaxBuddies) account->to_autoadd[buddy] = because;
      return;
    }
    if (account->autoadded.size() >= peer::kMaxBuddies ||
        !account->autoadded.insert(Lower(buddy)).second) {
      return;
    }
  }
  wire::ServiceRequest request;
  request.mutable_add_buddy()->set_name(buddy);
  Ask(name, request, [this, name, buddy, because](const wire::ServiceReply& reply) {
    if (reply.result() == wire::SERVICE_DONE) {
      Log(PBX_LOG_NOTICE, "user " + name + " adds buddy " + buddy + ": " + because);
      return;
    }
    Log(PBX_LOG_WARNING, "user " + name + " cannot add buddy " + buddy + ": " + WhyNotDone(reply));
    if (reply.result() != wire::SERVICE_UNREACHABLE) return;
    MutexLock lock(mutex_);
    if (Account* account = FindAccount(name)) account->autoadded.erase(Lower(buddy));
  });
}

void Core::OnNews(const control::ServiceNewsOf& of) {
  std::string name;
  std::vector<BuddyChange> changes;
  const wire::ServiceNews& news = of.news();
  bool presence = false;
  {
    MutexLock lock(mutex_);
    Account* account = FindAccount(of.account());
    if (!account || !account->logged_in()) return;
    name = account->settings.name;
    presence = account->settings.buddy_presence;
    if (news.has_account()) account->properties.Confirm(news.account());
    if (news.has_buddy()) changes = account->buddies.Update(news.buddy(), presence);
    if (news.body_case() == wire::ServiceNews::kBuddyRemoved) {
      changes = account->buddies.Remove(news.buddy_removed());
      // Somebody does not want it there: nothing adds it again before the next login.
      if (account->autoadded.size() < peer::kMaxBuddies) {
        account->autoadded.insert(Lower(news.buddy_removed()));
      }
    }
  }
  Publish(name, changes, presence);
  if (news.has_authorisation_request()) {
    OnAuthorisationRequest(name, news.authorisation_request());
  }
  if (news.has_chat()) OnChat(name, news.chat());
  if (news.has_voicemail()) {
    Log(PBX_LOG_NOTICE, "user " + name + " has a voicemail from " +
                            OneLine(CutText(news.voicemail().from(), 255)) + "; " +
                            std::to_string(news.voicemail().waiting()) + " waiting");
  }
}

void Core::OnAuthorisationRequest(const std::string& account,
                                  const wire::AuthorisationRequest& request) {
  const std::optional<AccountView> view = LookAt(account);
  const std::string& from = request.from();
  if (!view || !IsName(from)) return;
  const wire::BuddyAnswer answer = AnswerOf(Match(view->settings.auth_policy, request.text()));
  // Its text may be a password.
  Log(PBX_LOG_NOTICE, "the request of " + from + " to have user " + account +
                          " on its buddy list is " + WordOf(answer));
  if (answer == wire::ANSWER_UNSPECIFIED) return;
  wire::ServiceRequest reply;
  reply.mutable_answer_buddy()->set_name(from);
  reply.mutable_answer_buddy()->set_answer(answer);
  const bool add = answer == wire::ANSWER_ACCEPT && view->settings.autoadd_buddies;
  Ask(account, reply, [this, account, from, add](const wire::ServiceReply& done) {
    if (done.result() != wire::SERVICE_DONE) {
      Log(PBX_LOG_WARNING,
          "user " + account + " could not answer the request of " + from + ": " + WhyNotDone(done));
    } else if (add) {
      AutoAdd(account, from, "its own request has been accepted");
    }
  });
}

}  // namespace sfa::skype
