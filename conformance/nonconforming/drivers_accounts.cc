// Wrong about the functions of accounts and buddies: manual 3.3.3 and 3.3.4.
#include <map>
#include <string>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/misreader.h"
#include "conformance/nonconforming/text_parameter.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Whether the arguments "<account>,<property>" name that property.
bool IsProperty(const std::string& arguments, const std::string& property) {
  return arguments.substr(arguments.find(',') + 1) == property;
}

// The balance in whole euros.
class BalanceInUnits final : public Misreader {
  void Misread(const std::string&, const std::string& arguments, std::string& value) override {
    if (IsProperty(arguments, "skypeout_balance")) {
      value = value.size() > 2 ? value.substr(0, value.size() - 2) : "0";
    }
  }
};

// Takes every account for logged in.
class AlwaysLoggedIn final : public Misreader {
  void Misread(const std::string& function, const std::string& arguments,
               std::string& value) override {
    if (function == "SKYPE_ACCOUNT_PROPERTY" && IsProperty(arguments, "status"))
      value = "Logged In";
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

// Finds somebody behind an id that was never given.
class UnknownIdIsRead final : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) override {
    const int result = read(arguments, value);
    if (function == "SKYPE_BUDDY_FETCH" && result != 0) value = "nobody,Unknown";
    return 0;
  }
};

// Takes every account for the first that was asked for.
class AccountsMixed final : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) override {
    const size_t comma = arguments.find(',');
    if (function != "SKYPE_ACCOUNT_PROPERTY" || comma == std::string::npos) {
      return read(arguments, value);
    }
    if (first_.empty()) first_ = arguments.substr(0, comma);
    return read(first_ + arguments.substr(comma), value);
  }

 private:
  std::string first_;
};

// Has to be told which account is meant.
class AccountNeeded final : public Misreader {
  void Misread(const std::string& function, const std::string& arguments,
               std::string& value) override {
    if (function == "SKYPE_ACCOUNT_PROPERTY" && arguments.find(',') == std::string::npos) {
      value.clear();
    }
  }
};

// Takes words that cannot be set for others that can.
class AnyWordIsSet final : public Spoiler {
 public:
  bool OnFunctionWrite(const std::string&, std::string& arguments, std::string& value) override {
    if (IsProperty(arguments, "availability") && (value == "Unknown" || value == "Connecting")) {
      value = "Online";
    }
    if (IsProperty(arguments, "status") && value != "Logged In") value = "Logged Out";
    return true;
  }
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

// Shows itself in another way than it was told to.
template <TextParameter kWanted, TextParameter kShown>
class ShownAs final : public AvailabilityChanged {
  void Change(wire::Property& property, std::vector<control::Command>&) override {
    if (property.value() == kWanted.text) property.set_value(kShown.text);
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

std::vector<NonConformingDriver> WrongAccounts() {
  return {
      {"balance-in-units", WrappedDriver<BalanceInUnits>(), "credit-is-read", "SFA-3.3.3-02"},
      {"network-not-told", WrappedDriver<NetworkNotTold>(), "account-properties-are-written",
       "SFA-3.3.3-19"},
      {"invisible-is-seen", WrappedDriver<ShownAs<"Invisible", "Away">>(),
       "availability-of-an-account", "SFA-3.3.3-37"},
      {"online-shown-as-away", WrappedDriver<ShownAs<"Online", "Away">>(),
       "availability-of-an-account", "SFA-3.3.3-32"},
      {"away-shown-as-online", WrappedDriver<ShownAs<"Away", "Online">>(),
       "availability-of-an-account", "SFA-3.3.3-33"},
      {"not-available-shown-as-away", WrappedDriver<ShownAs<"Not Available", "Away">>(),
       "availability-of-an-account", "SFA-3.3.3-34"},
      {"do-not-disturb-shown-as-away", WrappedDriver<ShownAs<"Do Not Disturb", "Away">>(),
       "availability-of-an-account", "SFA-3.3.3-35"},
      {"skype-me-shown-as-online", WrappedDriver<ShownAs<"Skype Me", "Online">>(),
       "availability-of-an-account", "SFA-3.3.3-36"},
      {"unknown-id-is-read", WrappedDriver<UnknownIdIsRead>(), "buddies-are-enumerated",
       "SFA-3.3.4-10"},
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
      {"accounts-mixed", WrappedDriver<AccountsMixed>(), "account-properties-are-read",
       "SFA-3.3.3-52"},
      {"account-needed", WrappedDriver<AccountNeeded>(), "account-property-without-account",
       "SFA-3.3.3-54"},
      {"any-availability-is-set", WrappedDriver<AnyWordIsSet>(), "availability-of-an-account",
       "SFA-3.3.3-39"},
      {"any-status-is-set", WrappedDriver<AnyWordIsSet>(), "status-of-an-account", "SFA-3.3.3-44"},
  };
}

}  // namespace sfa::conformance
