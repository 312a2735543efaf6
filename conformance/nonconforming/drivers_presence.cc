// Wrong about hints and events: manual 3.4 and 4.1.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/text_parameter.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Shows hints another state, when asked and when it tells.
class HintChanged : public Spoiler {
 public:
  void OnDeviceState(const std::string&, pbx_device_state& state) final { Change(state); }
  bool OnDeviceStateChange(const std::string&, pbx_device_state& state) final {
    Change(state);
    return true;
  }

 protected:
  virtual void Change(pbx_device_state& state) = 0;
};

// Whoever does not sit at the computer is offline.
class AwayIsOffline final : public HintChanged {
  void Change(pbx_device_state& state) override {
    if (state == PBX_DEVICE_INUSE) state = PBX_DEVICE_UNAVAILABLE;
  }
};

// Whoever is not known may be called.
class UnknownIsIdle final : public HintChanged {
  void Change(pbx_device_state& state) override {
    if (state == PBX_DEVICE_UNKNOWN) state = PBX_DEVICE_NOT_INUSE;
  }
};

// Whoever is there is talking.
class OnlineIsInUse final : public HintChanged {
  void Change(pbx_device_state& state) override {
    if (state == PBX_DEVICE_NOT_INUSE) state = PBX_DEVICE_INUSE;
  }
};

// Tells the PBX of no change: it has to ask.
class HintNotPushed final : public Spoiler {
 public:
  bool OnDeviceStateChange(const std::string&, pbx_device_state&) override { return false; }
};

// Shows what was told last, also when the account has gone.
class HintKept final : public Spoiler {
 public:
  void OnDeviceState(const std::string& address, pbx_device_state& state) override {
    Keep(address, state);
  }
  bool OnDeviceStateChange(const std::string& address, pbx_device_state& state) override {
    Keep(address, state);
    return true;
  }

 private:
  void Keep(const std::string& address, pbx_device_state& state) {
    if (state == PBX_DEVICE_UNKNOWN && last_.count(address) != 0) state = last_[address];
    last_[address] = state;
  }
  std::map<std::string, pbx_device_state> last_;
};

// Watches only whom hints have asked for before the first login.
class HintsOfTheStart final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    logged_in_ =
        logged_in_ || events.front().account_status().state() == control::ACCOUNT_LOGGED_IN;
  }
  void OnDeviceState(const std::string& address, pbx_device_state& state) override {
    if (!logged_in_) watched_.insert(address);
    if (watched_.count(address) == 0) state = PBX_DEVICE_UNKNOWN;
  }
  bool OnDeviceStateChange(const std::string& address, pbx_device_state&) override {
    return watched_.count(address) != 0;
  }

 private:
  std::set<std::string> watched_;
  bool logged_in_ = false;
};

// Takes default_user, or anybody, for a hint that names no account.
class HintNeedsNoAccount final : public Spoiler {
 public:
  void OnDeviceState(const std::string& address, pbx_device_state& state) override {
    if (address.find('@') == std::string::npos) state = PBX_DEVICE_NOT_INUSE;
  }
};

// Shows something for accounts that nobody has.
class HintOfAnybody final : public Spoiler {
 public:
  void OnDeviceState(const std::string& address, pbx_device_state& state) override {
    if (state == PBX_DEVICE_INVALID && address.find('@') != std::string::npos) {
      state = PBX_DEVICE_NOT_INUSE;
    }
  }
};

// Changes events of one kind.
class EventChanged : public Spoiler {
 public:
  void OnManagerEvent(std::vector<SpoiledMessage>& copies) final {
    if (copies.front().event == "SkypeAccountStatus") ChangeAccountStatus(copies);
    if (!copies.empty() && copies.front().event == "SkypeBuddyStatus") ChangeBuddyStatus(copies);
  }

 protected:
  virtual void ChangeAccountStatus(std::vector<SpoiledMessage>&) {}
  virtual void ChangeBuddyStatus(std::vector<SpoiledMessage>&) {}
};

// Sends every account status event twice.
class EventTwice final : public EventChanged {
  void ChangeAccountStatus(std::vector<SpoiledMessage>& copies) override {
    copies.push_back(copies.front());
  }
};

// Tells of logins only.
class LogoutNotTold final : public EventChanged {
  void ChangeAccountStatus(std::vector<SpoiledMessage>& copies) override {
    if (*copies.front().Find("Status") == "Logged Out") copies.clear();
  }
};

// Calls the header User.
class UsernameMissing final : public EventChanged {
  void ChangeAccountStatus(std::vector<SpoiledMessage>& copies) override {
    for (auto& header : copies.front().headers) {
      if (header.first == "Username") header.first = "User";
    }
  }
};

// Writes names in small letters.
class UsernameLowered final : public EventChanged {
  void ChangeAccountStatus(std::vector<SpoiledMessage>& copies) override {
    for (char& c : *copies.front().Find("Username")) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  }
};

// Tells only whether somebody is there.
class StatusOneWord final : public EventChanged {
  void ChangeAccountStatus(std::vector<SpoiledMessage>& copies) override {
    std::string& status = *copies.front().Find("Status");
    status = status == "Logged In" ? "Online" : "Offline";
  }
};

class BuddyEventTwice final : public EventChanged {
  void ChangeBuddyStatus(std::vector<SpoiledMessage>& copies) override {
    copies.push_back(copies.front());
  }
};

// Names the buddy without the account.
class BuddyWithoutAccount final : public EventChanged {
  void ChangeBuddyStatus(std::vector<SpoiledMessage>& copies) override {
    std::string& buddy = *copies.front().Find("Buddy");
    buddy = "Skype/" + buddy.substr(buddy.find('@') + 1);
  }
};

// Tells the status that was before.
class StatusOfBefore final : public EventChanged {
  void ChangeBuddyStatus(std::vector<SpoiledMessage>& copies) override {
    std::string& last = last_[*copies.front().Find("Buddy")];
    last.swap(*copies.front().Find("BuddyStatus"));
    if (copies.front().Find("BuddyStatus")->empty()) {
      *copies.front().Find("BuddyStatus") = "Unknown";
    }
  }
  std::map<std::string, std::string> last_;
};

// Has another word for one status.
template <TextParameter kStatus, TextParameter kWord>
class StatusSaidAs final : public EventChanged {
  void ChangeBuddyStatus(std::vector<SpoiledMessage>& copies) override {
    std::string& status = *copies.front().Find("BuddyStatus");
    if (status == kStatus.text) status = kWord.text;
  }
};

// Tells of a buddy only for the account that had it first.
class BuddyOfOneAccount final : public EventChanged {
  void ChangeBuddyStatus(std::vector<SpoiledMessage>& copies) override {
    const std::string& buddy = *copies.front().Find("Buddy");
    const std::string name = buddy.substr(buddy.find('@') + 1);
    if (owner_.emplace(name, buddy).first->second != buddy) copies.clear();
  }
  std::map<std::string, std::string> owner_;
};

// Logs nobody in again after the engine has ended.
class DoesNotComeBack final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().has_login()) return;
    const std::string account = commands.front().login().account();
    if (++logins_[account] > 1) commands.clear();
  }

 private:
  std::map<std::string, int> logins_;
};

// A chat event in plain text.
class ChatNotEncoded final : public Spoiler {
 public:
  void OnManagerEvent(std::vector<SpoiledMessage>& copies) override {
    if (copies.front().event != "SkypeChatMessage") return;
    if (std::string* message = copies.front().Find("Message")) *message = "as it was written";
  }
};

}  // namespace

std::vector<NonConformingDriver> WrongPresence() {
  return {
      {"away-is-offline", WrappedDriver<AwayIsOffline>(), "hints-follow-presence", "SFA-3.4-07"},
      {"unknown-is-idle", WrappedDriver<UnknownIsIdle>(), "hints-without-a-right", "SFA-3.4-18"},
      {"online-is-in-use", WrappedDriver<OnlineIsInUse>(), "hints-follow-presence", "SFA-3.4-02"},
      {"hint-not-pushed", WrappedDriver<HintNotPushed>(), "hints-follow-presence", "SFA-3.4-10"},
      {"hint-kept", WrappedDriver<HintKept>(), "hints-and-logins", "SFA-3.4-23"},
      {"hints-of-the-start", WrappedDriver<HintsOfTheStart>(), "hint-added-later", "SFA-3.4-12"},
      {"hint-of-anybody", WrappedDriver<HintOfAnybody>(), "hints-without-a-right", "SFA-3.4-17"},
      {"hint-needs-no-account", WrappedDriver<HintNeedsNoAccount>(), "hints-without-a-right",
       "SFA-3.4-16"},
      {"event-twice", WrappedDriver<EventTwice>(), "console-and-events", "SFA-4.1.1-01"},
      {"username-lowered", WrappedDriver<UsernameLowered>(), "account-status-events",
       "SFA-4.1.1-03"},
      {"out-twice", WrappedDriver<EventTwice>(), "engine-killed", "SFA-4.1.1-08"},
      {"does-not-come-back", WrappedDriver<DoesNotComeBack>(), "engine-killed", "SFA-4.1.1-09"},
      {"logout-not-told", WrappedDriver<LogoutNotTold>(), "console-and-events", "SFA-4.2.2-01"},
      {"username-missing", WrappedDriver<UsernameMissing>(), "console-and-events", "SFA-4.1.1-02"},
      {"status-one-word", WrappedDriver<StatusOneWord>(), "console-and-events", "SFA-4.1.1-02"},
      {"buddy-event-twice", WrappedDriver<BuddyEventTwice>(), "buddy-status-presence",
       "SFA-4.1.2-21"},
      {"buddy-without-account", WrappedDriver<BuddyWithoutAccount>(), "buddy-status-presence",
       "SFA-4.1.2-03"},
      {"status-of-before", WrappedDriver<StatusOfBefore>(), "buddy-status-presence",
       "SFA-4.1.2-04"},
      {"waiting-is-unknown-told",
       WrappedDriver<StatusSaidAs<"Waiting for Authorization", "Unknown">>(), "buddy-status-lists",
       "SFA-4.1.2-05"},
      {"blocked-is-offline", WrappedDriver<StatusSaidAs<"Blocked", "Offline">>(),
       "buddy-status-lists", "SFA-4.1.2-06"},
      {"blocked-number-is-number", WrappedDriver<StatusSaidAs<"Blocked Skypeout", "Skypeout">>(),
       "buddy-status-lists", "SFA-4.1.2-07"},
      {"number-is-online", WrappedDriver<StatusSaidAs<"Skypeout", "Online">>(),
       "buddy-status-lists", "SFA-4.1.2-08"},
      {"away-is-not-available", WrappedDriver<StatusSaidAs<"Away", "Not Available">>(),
       "buddy-status-presence", "SFA-4.1.2-11"},
      {"not-available-is-away", WrappedDriver<StatusSaidAs<"Not Available", "Away">>(),
       "buddy-status-presence", "SFA-4.1.2-12"},
      {"do-not-disturb-is-dnd", WrappedDriver<StatusSaidAs<"Do Not Disturb", "DND">>(),
       "buddy-status-presence", "SFA-4.1.2-13"},
      {"skype-me-is-online", WrappedDriver<StatusSaidAs<"Skype Me", "Online">>(),
       "buddy-status-presence", "SFA-4.1.2-14"},
      {"voicemail-not-told",
       WrappedDriver<StatusSaidAs<"Offline (Voicemail Enabled)", "Offline">>(),
       "buddy-status-lists", "SFA-4.1.2-15"},
      {"forwarding-not-told",
       WrappedDriver<StatusSaidAs<"Offline (Call Forwarding Enabled)", "Offline">>(),
       "buddy-status-lists", "SFA-4.1.2-16"},
      {"fourteenth-word", WrappedDriver<StatusSaidAs<"Offline", "Invisible">>(),
       "buddy-status-presence", "SFA-4.1.2-20"},
      {"buddy-of-one-account", WrappedDriver<BuddyOfOneAccount>(), "buddy-status-presence",
       "SFA-4.1.2-18"},
      {"chat-not-encoded", WrappedDriver<ChatNotEncoded>(), "chat", "SFA-X-03"},
  };
}

}  // namespace sfa::conformance
