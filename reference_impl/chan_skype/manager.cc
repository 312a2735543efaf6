#include "chan_skype/manager.h"

#include <optional>

#include "chan_skype/property_names.h"
#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

// One action that has come in.
class Action {
 public:
  Action(Core& core, const Headers& headers, const SharedReply& reply)
      : core_(core), headers_(headers), reply_(reply) {}

  void AccountProperty();
  void AddBuddy();
  void RemoveBuddy();
  void BuddyList();
  void OneBuddy();
  void ChatSend();
  void LicenseList();
  void LicenseStatus();

 private:
  std::optional<std::string> Find(const char* name) const {
    for (const auto& [header, value] : headers_) {
      if (EqualsIgnoreCase(header, name)) return std::string(Trim(value));
    }
    return std::nullopt;
  }

  // The header's value; "" when it is missing, which has been answered.
  std::string Need(const char* name) {
    std::string value = Find(name).value_or("");
    if (value.empty()) reply_->Error(std::string("Missing header: ") + name);
    return value;
  }

  // The account of the header User, logged in; "" when there is none, which has been answered.
  std::string NeedAccount() {
    const std::string user = Need("User");
    if (user.empty()) return "";
    const auto view = core_.LookAt(user);
    if (!view) {
      reply_->Error("Unknown user: " + std::string(CutText(user, 64)));
    } else if (view->state != control::ACCOUNT_LOGGED_IN) {
      reply_->Error("User " + view->settings.name + " is not logged in");
    } else {
      return view->settings.name;
    }
    return "";
  }

  // A Skype name or number; "" when it is none, which has been answered.
  std::string NeedName(const char* header) {
    std::string name = Need(header);
    if (!name.empty() && !IsName(name)) {
      reply_->Error(std::string(header) +
                    " is not a Skype name: " + std::string(CutText(name, 64)));
      name.clear();
    }
    return name;
  }

  // Answers with `give` once the account's buddies are known: mostly now, else soon after a login.
  template <typename Give>
  void WithBuddies(const std::string& account, Give give) {
    const Core::BuddiesView view = core_.BuddiesOf(account);
    if (view.list && view.known) {
      give(view);
      return;
    }
    core_.Post([account, give, reply = reply_](Core& core) {
      core.WhenListed(account, [&core, account, give, reply] {
        const Core::BuddiesView later = core.BuddiesOf(account);
        if (later.list && later.known) {
          give(later);
        } else {
          reply->Error(later.list ? "The Skype network does not answer" : later.why_not);
        }
      });
    });
  }

  // Asks the network, and answers with `done`, or with why it was not done.
  void Ask(const std::string& account, wire::ServiceRequest request, const std::string& done,
           const std::string& subject) {
    core_.Post([account, request = std::move(request), done, subject, reply = reply_](Core& core) {
      core.Ask(account, request, [done, subject, reply](const wire::ServiceReply& result) {
        switch (result.result()) {
          case wire::SERVICE_DONE:
            reply->Success(done);
            break;
          case wire::SERVICE_UNKNOWN_USER:
            reply->Error("Unknown user: " + subject);
            break;
          case wire::SERVICE_UNKNOWN_BUDDY:
            reply->Error("Unknown buddy: " + subject);
            break;
          default:
            reply->Error(WhyNotDone(result));
        }
      });
    });
  }

  Core& core_;
  const Headers& headers_;
  const SharedReply& reply_;
};

// Manual 3.5.1: all of them are set, or none.
void Action::AccountProperty() {
  const std::string user = Need("User");
  if (user.empty()) return;
  const auto view = core_.LookAt(user);
  if (!view) {
    reply_->Error("Unknown user: " + std::string(CutText(user, 64)));
    return;
  }
  wire::ServiceRequest request;
  std::optional<std::string> status;
  int variables = 0;
  for (const auto& [header, line] : headers_) {
    if (!EqualsIgnoreCase(header, "Variable")) continue;
    ++variables;
    const size_t equals = line.find('=');
    if (equals == std::string::npos) {
      reply_->Error("Variable is not <property>=<value>: " + std::string(CutText(line, 64)));
      return;
    }
    const std::string_view key = Trim(std::string_view(line).substr(0, equals));
    const AccountWrite write =
        CheckAccountWrite(key, Trim(std::string_view(line).substr(equals + 1)));
    if (write.property.empty()) {
      reply_->Error("Unknown property: " + std::string(CutText(key, 64)) +
                    DidYouMean(key, AccountProperties()));
      return;
    }
    if (!write.why_not.empty()) {
      reply_->Error("Not set: " + write.why_not);
      return;
    }
    if (write.property == kStatusProperty) {
      status = write.value;
      continue;
    }
    wire::Property& property = *request.mutable_set_properties()->add_properties();
    property.set_name(write.property);
    property.set_value(write.value);
  }
  if (variables == 0) {
    reply_->Error("Missing header: Variable");
  } else if (status && variables > 1) {
    reply_->Error("Not set: status is set alone");
  } else if (status) {
    if (EqualsIgnoreCase(*status, "Logged In")) {
      core_.PostLogin(view->settings.name);
    } else {
      core_.PostLogout(view->settings.name);
    }
    reply_->Success("Properties set");
  } else if (view->state != control::ACCOUNT_LOGGED_IN) {
    reply_->Error("User " + view->settings.name + " is not logged in");
  } else {
    Ask(view->settings.name, std::move(request), "Properties set", view->settings.name);
  }
}

// Manual 3.5.2. AuthMsg is an extension.
void Action::AddBuddy() {
  const std::string account = NeedAccount();
  if (account.empty()) return;
  const std::string buddy = NeedName("Buddy");
  if (buddy.empty()) return;
  const std::string text = Find("AuthMsg").value_or("");
  if (text.size() > peer::kMaxRequestTextBytes || !IsUtf8(text)) {
    reply_->Error("AuthMsg is at most " + std::to_string(peer::kMaxRequestTextBytes) +
                  " bytes of UTF-8");
    return;
  }
  wire::ServiceRequest request;
  request.mutable_add_buddy()->set_name(buddy);
  request.mutable_add_buddy()->set_text(text);
  Ask(account, std::move(request), "Buddy added", buddy);
}

// Manual 3.5.3.
void Action::RemoveBuddy() {
  const std::string account = NeedAccount();
  if (account.empty()) return;
  const std::string buddy = NeedName("Buddy");
  if (buddy.empty()) return;
  wire::ServiceRequest request;
  request.mutable_remove_buddy()->set_name(buddy);
  Ask(account, std::move(request), "Buddy removed", buddy);
}

// Manual 3.5.4. A buddy whose authorisation is pending has no Fullname.
void GiveBuddies(const Core::BuddiesView& view, ManagerReply& reply) {
  std::vector<Headers> entries;
  entries.reserve(view.list->size());
  for (const Buddy& buddy : *view.list) {
    Headers entry{{"Buddy", buddy.name}};
    const std::string fullname = buddy.Property("fullname");
    if (!fullname.empty()) entry.emplace_back("Fullname", fullname);
    entry.emplace_back("Status", peer::BuddyStatusName(buddy.status));
    entries.push_back(std::move(entry));
  }
  reply.List("Skype buddy status list will follow", "SkypeBuddyEntry", entries,
             "SkypeBuddylistComplete");
}

// Manual 3.5.5: what may be seen of the buddy, and is not empty.
void GiveBuddy(const Core::BuddiesView& view, const std::string& name, ManagerReply& reply) {
  const Buddy* buddy = nullptr;
  for (const Buddy& known : *view.list) {
    if (EqualsIgnoreCase(known.name, name)) buddy = &known;
  }
  if (!buddy) {
    reply.Error("Unknown buddy: " + std::string(CutText(name, 64)));
    return;
  }
  Headers headers{{"skypename", buddy->name},
                  {"availability", std::string(peer::BuddyStatusName(buddy->status))}};
  for (const peer::PropertyName& property : peer::kProperties) {
    const std::string value = buddy->Property(property.name);
    if (value.empty() || property.name == "availability") continue;
    headers.emplace_back(property.name == "languages" ? "language" : property.name, value);
  }
  reply.Success("Skype buddy", headers);
}

void Action::BuddyList() {
  const std::string account = NeedAccount();
  if (account.empty()) return;
  WithBuddies(account,
              [reply = reply_](const Core::BuddiesView& view) { GiveBuddies(view, *reply); });
}

void Action::OneBuddy() {
  const std::string account = NeedAccount();
  if (account.empty()) return;
  const std::string name = Need("Buddy");
  if (name.empty()) return;
  WithBuddies(account, [name, reply = reply_](const Core::BuddiesView& view) {
    GiveBuddy(view, name, *reply);
  });
}

// An extension.
void Action::ChatSend() {
  const std::string account = NeedAccount();
  if (account.empty()) return;
  const std::string to = NeedName("Skypename");
  if (to.empty()) return;
  const std::string text = Need("Message");
  if (text.empty()) return;
  if (text.size() > peer::kMaxChatBytes || !IsUtf8(text)) {
    reply_->Error("Message is at most " + std::to_string(peer::kMaxChatBytes) + " bytes of UTF-8");
    return;
  }
  wire::ServiceRequest request;
  request.mutable_send_chat()->set_to(to);
  request.mutable_send_chat()->set_text(text);
  Ask(account, std::move(request), "Message sent", to);
}

// An extension. Of a file that is no licence only its name and what is wrong with it.
void Action::LicenseList() {
  std::vector<Headers> items;
  for (const res::SeenLicense& license : core_.FoundLicenses().licenses) {
    items.push_back({{"File", license.file},
                     {"Key", license.key},
                     {"Expires", license.expires},
                     {"HostID", license.host_id},
                     {"Channels", std::to_string(license.channels)},
                     {"Status", license.status}});
  }
  reply_->List("Skype license list will follow", "SkypeLicense", items, "SkypeLicenseListComplete");
}

// An extension.
void Action::LicenseStatus() {
  reply_->Success("Skype license status",
                  {{"CallsLicensed", std::to_string(core_.licenses().total())}});
}

struct Known {
  const char* name;
  void (Action::*run)();
};
constexpr Known kActions[] = {
    {"SkypeAccountProperty", &Action::AccountProperty},
    {"SkypeAddBuddy", &Action::AddBuddy},
    {"SkypeRemoveBuddy", &Action::RemoveBuddy},
    {"SkypeBuddies", &Action::BuddyList},
    {"SkypeBuddy", &Action::OneBuddy},
    {"SkypeChatSend", &Action::ChatSend},
    {"SkypeLicenseList", &Action::LicenseList},
    {"SkypeLicenseStatus", &Action::LicenseStatus},
};
constexpr const char* kNames[] = {"SkypeAccountProperty", "SkypeAddBuddy",      "SkypeRemoveBuddy",
                                  "SkypeBuddies",         "SkypeBuddy",         "SkypeChatSend",
                                  "SkypeLicenseList",     "SkypeLicenseStatus", nullptr};

}  // namespace

const char* const* ManagerActions() { return kNames; }

void RunManagerAction(Core& core, const std::string& action, const Headers& headers,
                      const SharedReply& reply) {
  for (const Known& known : kActions) {
    if (!EqualsIgnoreCase(known.name, action)) continue;
    Action run(core, headers, reply);
    (run.*known.run)();
    return;
  }
  reply->Error("Unknown action: " + std::string(CutText(action, 64)));
}

}  // namespace sfa::skype
