// Wrong about dialplan functions: manual 3.3.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Changes values that were read.
class Misreader : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) final {
    const int result = read(arguments, value);
    Misread(function, arguments, value);
    return result;
  }

 protected:
  virtual void Misread(const std::string& function, const std::string& arguments,
                       std::string& value) = 0;
};

// Knows but the language that the caller prefers.
class FirstLanguageOnly final : public Misreader {
  void Misread(const std::string&, const std::string& arguments, std::string& value) override {
    if (arguments == "skype_language") value = value.substr(0, value.find(' '));
  }
};

// Writes a birthday as 1939-03-28.
class BirthdayWithDashes final : public Misreader {
  void Misread(const std::string&, const std::string& arguments, std::string& value) override {
    if (EndsWith(arguments, "birthday") && value.size() == 8) value.insert(6, "-").insert(4, "-");
  }
};

// Says "male" and "female".
class GenderInWords final : public Misreader {
  void Misread(const std::string& function, const std::string& arguments,
               std::string& value) override {
    if (function != "SKYPE_CALL_PROPERTY" || arguments != "gender") return;
    if (value == "1") value = "male";
    if (value == "2") value = "female";
  }
};

// Shows something where nothing is known or may be known.
class EmptyIsUnknown final : public Misreader {
  void Misread(const std::string& function, const std::string& arguments,
               std::string& value) override {
    if (function == "CHANNEL" && arguments != "skype_topic" && value.empty()) value = "unknown";
  }
};

// The balance in whole euros.
class BalanceInUnits final : public Misreader {
  void Misread(const std::string&, const std::string& arguments, std::string& value) override {
    if (EndsWith(arguments, "skypeout_balance")) {
      value = value.size() > 2 ? value.substr(0, value.size() - 2) : "0";
    }
  }
};

// Puts a blank behind the comma.
class BlankBeforeStatus final : public Misreader {
  void Misread(const std::string& function, const std::string&, std::string& value) override {
    const size_t comma = value.find(',');
    if (function == "SKYPE_BUDDY_FETCH" && comma != std::string::npos) value.insert(comma + 1, " ");
  }
};

// The buddy's name alone.
class BuddyWithoutStatus final : public Misreader {
  void Misread(const std::string& function, const std::string&, std::string& value) override {
    if (function == "SKYPE_BUDDY_FETCH") value = value.substr(0, value.find(','));
  }
};

// The status of an account is what it was asked to become.
class AlwaysLoggedIn final : public Misreader {
  void Misread(const std::string& function, const std::string& arguments,
               std::string& value) override {
    if (function == "SKYPE_ACCOUNT_PROPERTY" && EndsWith(arguments, "status")) value = "Logged In";
  }
};

// Reads one telephone for another.
class TelephonesSwapped final : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) override {
    if (function == "CHANNEL" && arguments == "skype_homephone") {
      return read("skype_officephone", value);
    }
    return read(arguments, value);
  }
};

// Enumerates without the last buddy.
class LastBuddySkipped final : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) override {
    if (function != "SKYPE_BUDDY_FETCH") return read(arguments, value);
    if (ahead_.count(arguments) == 0) read(arguments, ahead_[arguments]);
    std::string next;
    const int result = read(arguments, next);
    value = next.empty() ? "" : ahead_[arguments];
    ahead_[arguments] = next;
    return result;
  }

 private:
  std::map<std::string, std::string> ahead_;  // by id: what comes after what was given last
};

// All enumerations are one.
class EnumerationsMixed final : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) override {
    if (function == "SKYPE_BUDDIES" && !id_.empty()) {
      value = id_;
      return 0;
    }
    const int result = read(arguments, value);
    if (function == "SKYPE_BUDDIES") id_ = value;
    return result;
  }

 private:
  std::string id_;
};

// Lets properties of the caller be written: reads back what was.
class CallerCanBeWritten final : public Spoiler {
 public:
  bool OnFunctionWrite(const std::string& function, std::string& arguments,
                       std::string& value) override {
    if (function != "SKYPE_CALL_PROPERTY" || arguments == "topic" || arguments == "token") {
      return true;
    }
    written_[arguments] = value;
    return false;
  }
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) override {
    const auto written = written_.find(arguments);
    if (function != "SKYPE_CALL_PROPERTY" || written == written_.end()) {
      return read(arguments, value);
    }
    value = written->second;
    return 0;
  }

 private:
  std::map<std::string, std::string> written_;
};

// Keeps what an account writes to itself, and reads it back.
class NetworkNotTold final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().ask_service().service().has_set_properties()) return;
    // Asked for what has changed nothing.
    commands.front().mutable_ask_service()->mutable_service()->mutable_get_account();
  }
};

// Sets another value of a property than the one that was asked for.
class AvailabilityChanged : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    control::Command& command = commands.front();
    if (!command.ask_service().service().has_set_properties()) return;
    wire::SetProperties& set =
        *command.mutable_ask_service()->mutable_service()->mutable_set_properties();
    for (wire::Property& property : *set.mutable_properties()) {
      if (property.name() == "availability") Change(property, commands);
    }
  }

 protected:
  // `property` is in the first of `commands`.
  virtual void Change(wire::Property& property, std::vector<control::Command>& commands) = 0;
};

// Invisible is only away.
class InvisibleIsSeen final : public AvailabilityChanged {
  void Change(wire::Property& property, std::vector<control::Command>&) override {
    if (property.value() == "Invisible") property.set_value("Away");
  }
};

// Who wants to be shown as Offline is logged off.
class OfflineLogsOff final : public AvailabilityChanged {
  void Change(wire::Property& property, std::vector<control::Command>& commands) override {
    if (property.value() != "Offline") return;
    control::Command logout;
    logout.mutable_logout()->set_account(commands.front().ask_service().account());
    commands.push_back(logout);
  }
};

// Forgets what a call that is placed is about.
class TopicDropped final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_place_call()) commands.front().mutable_place_call()->clear_topic();
  }
};

class TokenDropped final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_place_call()) commands.front().mutable_place_call()->clear_token();
  }
};

// Does not keep who has forwarded a call.
class ForwarderLost final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (events.front().has_incoming_call()) {
      events.front().mutable_incoming_call()->clear_forwarded_by();
    }
  }
};

// Takes the account for the number that was dialled.
class IdentityIsAccount final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (!events.front().has_incoming_call()) return;
    control::IncomingCall& call = *events.front().mutable_incoming_call();
    call.set_target_identity(call.account());
  }
};

// Cuts a line setvar at its first comma.
class SetvarCut final : public Spoiler {
 public:
  bool OnConfiguration(const std::string&, std::string& name, std::string& value) override {
    const size_t parenthesis = value.find(')');
    if (name == "setvar" && parenthesis != std::string::npos) {
      value = value.substr(0, value.find(',', parenthesis));
    }
    return true;
  }
};

// Sets what lines setvar say of accounts at the first login only.
class SetvarOnce final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    control::Command& command = commands.front();
    if (command.has_login()) ++logins_[command.login().account()];
    if (command.ask_service().service().has_set_properties() &&
        logins_[command.ask_service().account()] > 1) {
      command.mutable_ask_service()->mutable_service()->mutable_get_account();
    }
  }

 private:
  std::map<std::string, int> logins_;
};

}  // namespace

std::vector<NonConformingDriver> WrongFunctions() {
  return {
      {"first-language-only", WrappedDriver<FirstLanguageOnly>(), "channel-items-of-the-caller",
       "SFA-3.3.1-01"},
      {"birthday-with-dashes", WrappedDriver<BirthdayWithDashes>(), "channel-items-of-the-caller",
       "SFA-3.3.1-05"},
      {"telephones-swapped", WrappedDriver<TelephonesSwapped>(), "channel-items-of-the-caller",
       "SFA-3.3.1-08"},
      {"empty-is-unknown", WrappedDriver<EmptyIsUnknown>(), "channel-items-and-privacy",
       "SFA-3.3.1-15"},
      {"gender-in-words", WrappedDriver<GenderInWords>(), "call-properties-of-the-caller",
       "SFA-3.3.2-16"},
      {"caller-can-be-written", WrappedDriver<CallerCanBeWritten>(),
       "call-properties-of-the-caller", "SFA-3.3.2-24"},
      {"forwarder-lost", WrappedDriver<ForwarderLost>(), "call-properties-forwarded-and-dialled",
       "SFA-3.3.2-03"},
      {"identity-is-account", WrappedDriver<IdentityIsAccount>(),
       "call-properties-forwarded-and-dialled", "SFA-3.3.2-04"},
      {"topic-dropped", WrappedDriver<TopicDropped>(), "topic-and-token-of-outgoing-calls",
       "SFA-3.3.2-17"},
      {"token-dropped", WrappedDriver<TokenDropped>(), "topic-and-token-of-outgoing-calls",
       "SFA-3.3.2-18"},
      {"setvar-cut", WrappedDriver<SetvarCut>(), "setvar-of-calls", "SFA-3.3.2-36"},
      {"balance-in-units", WrappedDriver<BalanceInUnits>(), "credit-is-read", "SFA-3.3.3-02"},
      {"network-not-told", WrappedDriver<NetworkNotTold>(), "account-properties-are-written",
       "SFA-3.3.3-19"},
      {"invisible-is-seen", WrappedDriver<InvisibleIsSeen>(), "availability-of-an-account",
       "SFA-3.3.3-37"},
      {"offline-logs-off", WrappedDriver<OfflineLogsOff>(), "availability-of-an-account",
       "SFA-3.3.3-38"},
      {"always-logged-in", WrappedDriver<AlwaysLoggedIn>(), "status-of-an-account", "SFA-3.3.3-16"},
      {"setvar-once", WrappedDriver<SetvarOnce>(), "setvar-of-accounts", "SFA-3.3.3-49"},
      {"last-buddy-skipped", WrappedDriver<LastBuddySkipped>(), "buddies-are-enumerated",
       "SFA-3.3.4-04"},
      {"blank-before-status", WrappedDriver<BlankBeforeStatus>(), "buddies-are-enumerated",
       "SFA-3.3.4-02"},
      {"buddy-without-status", WrappedDriver<BuddyWithoutStatus>(), "buddies-are-enumerated",
       "SFA-3.3.4-07"},
      {"enumerations-mixed", WrappedDriver<EnumerationsMixed>(), "buddies-are-enumerated",
       "SFA-3.3.4-08"},
  };
}

}  // namespace sfa::conformance
