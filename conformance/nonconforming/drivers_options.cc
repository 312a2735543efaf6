// Wrong about accounts and chan_skype.conf: manual 3 and 3.1.
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/text_parameter.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Does as if the option were not there.
template <TextParameter kName>
class Ignores final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string&) override {
    return name != kName.text;
  }
};

// Binds to itself alone, whatever address it is given.
class BindsToItself final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    if (name == "bind_address") value = "127.0.0.1";
    return true;
  }
};

// Takes bindport for bind_port, and says nothing.
class BindportTakenSilently final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string&) override {
    if (name == "bindport") name = "bind_port";
    return true;
  }
};

// Takes the account of a login that failed for logged in.
class BelievesLoggedIn final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (!events.front().has_account_status()) return;
    control::AccountStatus& status = *events.front().mutable_account_status();
    if (!status.reason().empty()) status.set_state(control::ACCOUNT_LOGGED_IN);
  }
};

// Says of a login that failed only that it did.
class RefusalUnexplained final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (events.front().has_account_status()) {
      events.front().mutable_account_status()->clear_reason();
    }
  }
};

// One account that cannot be used keeps those after it from being tried.
class OneRefusedAllRefused final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    const control::AccountStatus& status = events.front().account_status();
    refused_ = refused_ || (events.front().has_account_status() && !status.reason().empty());
    if (refused_ && status.state() == control::ACCOUNT_LOGGED_IN) events.clear();
  }

 private:
  bool refused_ = false;
};

// Allows every codec, whatever the file says.
class CodecsIgnored final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string&) override {
    return name != "allow" && name != "disallow";
  }
};

// Takes the first of several codecs for all of them.
class OnlyFirstCodec final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    if (name == "allow" || name == "disallow") value = value.substr(0, value.find(','));
    return true;
  }
};

// Knows no word in capitals.
class CapitalsUnknown final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    return name != "direction" || value.empty() || value[0] < 'A' || value[0] > 'Z';
  }
};

// Gives requests another answer than the one that the policy asks for.
template <wire::BuddyAnswer kAnswer, wire::BuddyAnswer kInstead>
class Answers final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().ask_service().service().has_answer_buddy()) return;
    wire::AnswerBuddy& answer =
        *commands.front().mutable_ask_service()->mutable_service()->mutable_answer_buddy();
    if (answer.answer() == kAnswer) answer.set_answer(kInstead);
  }
};

// Takes any text for the password.
class PasswordNotCompared final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    if (name == "auth_policy" && value.rfind("accept.", 0) == 0) {
      const size_t comma = value.find(',');
      value = "accept" + (comma == std::string::npos ? "" : value.substr(comma));
    }
    return true;
  }
};

// Looks at the last of several policies first.
class PoliciesReversed final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    const size_t comma = value.find(',');
    if (name == "auth_policy" && comma != std::string::npos) {
      value = value.substr(comma + 1) + "," + value.substr(0, comma);
    }
    return true;
  }
};

// Adds whom a hint asks for when buddy_autoadd names buddies only.
class AddsHintsToo final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    if (name == "buddy_autoadd" && value == "buddies") value = "buddies,hints";
    return true;
  }
};

// Knows buddy_autoadd's words one at a time only.
class AutoaddFirstWordOnly final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    if (name == "buddy_autoadd") value = value.substr(0, value.find(','));
    return true;
  }
};

// With buddy_presence=no sends no events, but shows the statuses in lists and hints.
class PresenceHalfOff final : public Spoiler {
 public:
  bool OnConfiguration(const std::string& section, std::string& name, std::string& value) override {
    if (name != "buddy_presence") return true;
    if (value == "no") silent_.insert("Skype/" + section);
    return false;
  }
  void OnManagerEvent(std::vector<SpoiledMessage>& copies) override {
    if (copies.front().event != "SkypeBuddyStatus") return;
    const std::string& buddy = *copies.front().Find("Buddy");
    if (silent_.count(buddy.substr(0, buddy.find('@'))) != 0) copies.clear();
  }

 private:
  std::set<std::string> silent_;
};

// Keeps hold to itself, and has no music to play either.
class HoldNotPassedOn final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_hold_call()) commands.clear();
  }
};

// Takes a new value of an option only when it is loaded.
template <TextParameter kName>
class Freezes final : public Spoiler {
 public:
  bool OnReload() override {
    reloaded_ = true;
    return true;
  }
  bool OnConfiguration(const std::string& section, std::string& name, std::string& value) override {
    if (name != kName.text) return true;
    if (!reloaded_) values_[section] = value;
    if (values_.count(section) == 0) return false;
    value = values_[section];
    return true;
  }

 private:
  bool reloaded_ = false;
  std::map<std::string, std::string> values_;  // by section
};

// Says that it has reloaded, and goes on as before.
class ReloadIgnored final : public Spoiler {
 public:
  bool OnReload() override { return false; }
};

// Takes a new disable_udp at a reload: the engine starts anew with it.
class ReloadThaws final : public Spoiler {
 public:
  bool OnReload() override {
    reloaded_ = true;
    return true;
  }
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    if (reloaded_ && name == "disable_udp") {
      disable_udp_ = value == "yes";
      name = "bind_port";  // a change that makes the engine start anew
      value = "5999";
    }
    return true;
  }
  void OnCommand(std::vector<control::Command>& commands) override {
    if (reloaded_ && commands.front().has_configure()) {
      commands.front().mutable_configure()->set_disable_udp(disable_udp_);
    }
  }

 private:
  bool reloaded_ = false;
  bool disable_udp_ = false;
};

}  // namespace

std::vector<NonConformingDriver> WrongOptions() {
  return {
      {"believes-logged-in", WrappedDriver<BelievesLoggedIn>(), "console-and-events", "SFA-3-02"},
      {"failed-login-told", WrappedDriver<BelievesLoggedIn>(), "account-status-events",
       "SFA-4.1.1-07"},
      {"refusal-unexplained", WrappedDriver<RefusalUnexplained>(), "account-kinds", "SFA-3-06"},
      {"one-refused-all-refused", WrappedDriver<OneRefusedAllRefused>(), "account-kinds",
       "SFA-3-07"},
      {"ignores-context", WrappedDriver<Ignores<"context">>(), "incoming-call-public",
       "SFA-3.1-03"},
      {"ignores-exten", WrappedDriver<Ignores<"exten">>(), "incoming-call-two-nats",
       "SFA-3.2.2-03"},
      {"ignores-direction", WrappedDriver<Ignores<"direction">>(), "directions", "SFA-3.1-06"},
      {"ignores-default-user", WrappedDriver<Ignores<"default_user">>(), "outgoing-call-public",
       "SFA-3.1-11"},
      {"ignores-bind-port", WrappedDriver<Ignores<"bind_port">>(), "bind-port", "SFA-3.1-10"},
      {"ignores-bind-address", WrappedDriver<Ignores<"bind_address">>(), "bind-address",
       "SFA-3.1-09"},
      {"binds-to-itself", WrappedDriver<BindsToItself>(), "bind-address-given", "SFA-3.1-09"},
      {"bindport-taken-silently", WrappedDriver<BindportTakenSilently>(), "ports-of-the-engine",
       "SFA-X-50"},
      {"ignores-bindport", WrappedDriver<Ignores<"bindport">>(), "ports-of-the-engine",
       "SFA-3.1-31"},
      {"ignores-accountcode", WrappedDriver<Ignores<"accountcode">>(), "incoming-contexts",
       "SFA-X-18"},
      {"ignores-authpolicy-silently", WrappedDriver<Ignores<"authpolicy">>(), "configuration-slips",
       "SFA-X-25"},
      {"ignores-disable-udp", WrappedDriver<Ignores<"disable_udp">>(), "general-settings-reloaded",
       "SFA-3.1-30"},
      {"ignores-disable-tcpauto", WrappedDriver<Ignores<"disable_tcpauto">>(),
       "nothing-to-connect-to", "SFA-3.1-27"},
      {"ignores-rtp-address", WrappedDriver<Ignores<"rtp_address">>(), "rtp-address", "SFA-3.1-08"},
      {"ignores-debug", WrappedDriver<Ignores<"debug">>(), "debug-reloaded", "SFA-3.1-19"},
      {"ignores-auth-policy", WrappedDriver<Ignores<"auth_policy">>(), "auth-policy", "SFA-3.1-55"},
      {"ignores-buddy-autoadd", WrappedDriver<Ignores<"buddy_autoadd">>(), "buddy-autoadd-hints",
       "SFA-3.1-61"},
      {"ignores-buddy-presence", WrappedDriver<Ignores<"buddy_presence">>(), "buddy-presence",
       "SFA-3.1-72"},
      {"ignores-mohinterpret", WrappedDriver<Ignores<"mohinterpret">>(), "music-on-hold",
       "SFA-3.1-76"},
      {"ignores-mohsuggest", WrappedDriver<Ignores<"mohsuggest">>(), "music-on-hold", "SFA-3.1-81"},
      {"ignores-setvar", WrappedDriver<Ignores<"setvar">>(), "setvar-of-calls", "SFA-3.3.2-36"},
      {"codecs-ignored", WrappedDriver<CodecsIgnored>(), "codecs-allowed", "SFA-3.1-05"},
      {"only-first-codec", WrappedDriver<OnlyFirstCodec>(), "codecs-allowed", "SFA-3.1-38"},
      {"capitals-unknown", WrappedDriver<CapitalsUnknown>(), "directions-allowed", "SFA-3.1-45"},
      {"denies-nobody", WrappedDriver<Answers<wire::ANSWER_DENY, wire::ANSWER_ACCEPT>>(),
       "auth-policy", "SFA-3.1-50"},
      {"blocks-nobody", WrappedDriver<Answers<wire::ANSWER_BLOCK, wire::ANSWER_DENY>>(),
       "auth-policy-asked-again", "SFA-3.1-53"},
      {"password-not-compared", WrappedDriver<PasswordNotCompared>(), "auth-policy", "SFA-3.1-49"},
      {"policies-reversed", WrappedDriver<PoliciesReversed>(), "auth-policy", "SFA-3.1-57"},
      {"adds-hints-too", WrappedDriver<AddsHintsToo>(), "buddy-autoadd-buddies", "SFA-3.1-67"},
      {"autoadd-first-word-only", WrappedDriver<AutoaddFirstWordOnly>(), "buddy-autoadd-buddies",
       "SFA-3.1-68"},
      {"presence-half-off", WrappedDriver<PresenceHalfOff>(), "buddy-presence", "SFA-3.1-73"},
      {"hold-not-passed-on", WrappedDriver<HoldNotPassedOn>(), "hold-passed-on", "SFA-3.1-78"},
      {"freezes-default-user", WrappedDriver<Freezes<"default_user">>(), "default-user-reloaded",
       "SFA-3.1-88"},
      {"freezes-debug", WrappedDriver<Freezes<"debug">>(), "debug-reloaded", "SFA-3.1-89"},
      {"freezes-context", WrappedDriver<Freezes<"context">>(), "users-reloaded", "SFA-3.1-95"},
      {"freezes-codecs", WrappedDriver<Freezes<"allow">>(), "codecs-allowed", "SFA-3.1-96"},
      {"freezes-direction", WrappedDriver<Freezes<"direction">>(), "directions-allowed",
       "SFA-3.1-97"},
      {"freezes-auth-policy", WrappedDriver<Freezes<"auth_policy">>(), "buddy-options-reloaded",
       "SFA-3.1-98"},
      {"freezes-buddy-autoadd", WrappedDriver<Freezes<"buddy_autoadd">>(), "buddy-options-reloaded",
       "SFA-3.1-99"},
      {"freezes-buddy-presence", WrappedDriver<Freezes<"buddy_presence">>(),
       "buddy-options-reloaded", "SFA-3.1-100"},
      {"freezes-mohinterpret", WrappedDriver<Freezes<"mohinterpret">>(), "hold-passed-on",
       "SFA-3.1-101"},
      {"reload-ignored", WrappedDriver<ReloadIgnored>(), "users-reloaded", "SFA-3.1-92"},
      {"reload-thaws", WrappedDriver<ReloadThaws>(), "general-settings-reloaded", "SFA-3.1-84"},
  };
}

}  // namespace sfa::conformance
