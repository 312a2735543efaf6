#include "chan_skype/functions.h"

#include <utility>

#include "chan_skype/channel_state.h"
#include "chan_skype/property_names.h"
#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

constexpr const char* kNames[] = {"SKYPE_CALL_PROPERTY", "SKYPE_ACCOUNT_PROPERTY", "SKYPE_BUDDIES",
                                  "SKYPE_BUDDY_FETCH", nullptr};

// One use of a function: whatever goes wrong is said with the words that the dialplan has written.
class Use {
 public:
  Use(Core& core, const skype_function_place& place, const std::string& function,
      const std::string& arguments)
      : core_(core), place_(place), function_(function), arguments_(Trim(arguments)) {}

  bool Read(std::string* value) {
    if (Is("SKYPE_CALL_PROPERTY")) return ReadCall(value);
    if (Is("SKYPE_ACCOUNT_PROPERTY")) return ReadAccount(value);
    if (Is("SKYPE_BUDDIES")) return ReadBuddies(value);
    if (Is("SKYPE_BUDDY_FETCH")) return FetchBuddy(value);
    if (Is("CHANNEL")) return ReadChannel(value);
    return Fail("there is no such function");
  }

  bool Write(const std::string& value) {
    if (Is("SKYPE_CALL_PROPERTY")) return WriteCall(value);
    if (Is("SKYPE_ACCOUNT_PROPERTY")) return WriteAccount(value);
    if (Is("CHANNEL")) return WriteChannel();
    return Fail("it cannot be set");
  }

 private:
  bool Is(const char* function) const { return EqualsIgnoreCase(function_, function); }

  bool Fail(const std::string& why) {
    core_.Log(PBX_LOG_WARNING, function_ + "(" + OneLine(CutText(arguments_, 128)) + "): " + why);
    return false;
  }

  bool ReadCall(std::string* value) {
    const CallPropertyName* property = FindCallProperty(arguments_);
    if (!property) return NoCallProperty();
    return ReadCallProperty(std::string(property->name), value);
  }

  bool NoCallProperty() {
    return Fail("a call has no such property" + DidYouMean(arguments_, CallProperties()));
  }

  bool ReadCallProperty(const std::string& property, std::string* value) {
    if (place_.call != 0) {
      const std::optional<std::string> known = core_.CallProperty(place_.call, property);
      if (!known) return Fail("the call is over");
      *value = *known;
      return true;
    }
    if (!place_.state) return Fail("there is no channel here");
    // On any other channel there are but the topic and the token of the calls that it will dial.
    *value = place_.state->CallProperty(property).value_or("");
    return true;
  }

  bool WriteCall(const std::string& value) {
    const CallPropertyName* property = FindCallProperty(arguments_);
    if (!property) return NoCallProperty();
    if (!property->writable) {
      return Fail("the property is read only; topic and token can be set");
    }
    const std::string why = WhyNotCallValue(value);
    if (!why.empty()) return Fail("the value is not possible; expected " + why);
    if (place_.call == 0 && !place_.state) return Fail("there is no channel here");
    const std::string name(property->name);
    // Besides the call that a Skype channel is, the calls that any channel will dial.
    if (place_.state) place_.state->SetCallProperty(name, value);
    if (place_.call != 0 && !core_.SetCallProperty(place_.call, name, value)) {
      return Fail("the call is over");
    }
    return true;
  }

  bool ReadChannel(std::string* value) {
    const std::string_view property = PropertyOfChannelItem(arguments_);
    if (property.empty()) {
      return Fail("a Skype channel has no such item" + DidYouMean(arguments_, ChannelItems()));
    }
    if (place_.call == 0) return Fail("this is no Skype channel");
    return ReadCallProperty(std::string(property), value);
  }

  bool WriteChannel() {
    const std::string_view property = PropertyOfChannelItem(arguments_);
    if (property == "topic" || property == "token") {
      return Fail("the item is read only; use SKYPE_CALL_PROPERTY(" + std::string(property) + ")");
    }
    if (property.empty()) {
      return Fail("a Skype channel has no such item" + DidYouMean(arguments_, ChannelItems()));
    }
    return Fail("the item is read only");
  }

  // Reading 14: who is meant when no account is named. "" when nobody is.
  std::string OwnAccount() {
    const std::string account = core_.AccountOfCall(place_.call);
    return account.empty() ? core_.DefaultUser() : account;
  }

  struct AccountArguments {
    std::string account;
    std::string property;
  };
  // Of SKYPE_ACCOUNT_PROPERTY; the account is "" when something is wrong, which has been told.
  AccountArguments SplitAccountArguments() {
    const size_t comma = arguments_.find(',');
    AccountArguments split;
    if (comma == std::string::npos) {
      split.account = OwnAccount();
      split.property = arguments_;
      if (split.account.empty()) {
        Fail("no account is named, this is no Skype channel, and there is no default_user; write " +
             function_ + "(<account>,<property>)");
      }
    } else {
      split.account = std::string(Trim(std::string_view(arguments_).substr(0, comma)));
      split.property = std::string(Trim(std::string_view(arguments_).substr(comma + 1)));
      // Perhaps a variable that is empty: that is nobody's wish to mean their own account.
      if (split.account.empty()) Fail("no account is named before the comma");
    }
    if (!split.account.empty()) split.account = KnownAccount(split.account);
    return split;
  }

  // In the spelling of chan_skype.conf; "" when there is none, which has been told.
  std::string KnownAccount(const std::string& name) {
    const auto view = core_.LookAt(name);
    if (view) return view->settings.name;
    Fail("chan_skype.conf has no user " + OneLine(CutText(name, 64)) +
         DidYouMean(name, core_.AccountNames()));
    return "";
  }

  bool ReadAccount(std::string* value) {
    const AccountArguments split = SplitAccountArguments();
    if (split.account.empty()) return false;
    const std::string property = FindAccountProperty(split.property);
    if (property.empty()) {
      return Fail("an account has no such property" +
                  DidYouMean(split.property, AccountProperties()));
    }
    *value = core_.AccountProperty(split.account, property).value_or("");
    return true;
  }

  bool WriteAccount(const std::string& value) {
    const AccountArguments split = SplitAccountArguments();
    if (split.account.empty()) return false;
    AccountWrite write = CheckAccountWrite(split.property, value);
    if (!write.why_not.empty()) return Fail(write.why_not);
    if (write.property == kStatusProperty) {
      if (EqualsIgnoreCase(value, "Logged In")) {
        core_.PostLogin(split.account);
      } else {
        core_.PostLogout(split.account);
      }
      return true;
    }
    const std::string why =
        core_.WriteAccount(split.account, {{std::move(write.property), std::move(write.value)}});
    return why.empty() || Fail(why);
  }

  bool ReadBuddies(std::string* value) {
    if (!place_.state) return Fail("there is no channel here");
    const std::string name = arguments_.empty() ? OwnAccount() : arguments_;
    if (name.empty()) return Fail("write SKYPE_BUDDIES(<account>)");
    const std::string account = KnownAccount(name);
    if (account.empty()) return false;
    const Core::BuddiesView view = core_.BuddiesOf(account);
    if (!view.list) return Fail(view.why_not);
    *value = place_.state->Enumerate(view.list);
    return !value->empty() || Fail("this channel has begun too many enumerations");
  }

  bool FetchBuddy(std::string* value) {
    if (!place_.state) return Fail("there is no channel here");
    std::optional<Buddy> buddy;
    if (!place_.state->Next(arguments_, &buddy)) {
      return Fail("this channel has no such id; SKYPE_BUDDIES(<account>) gives one");
    }
    if (buddy) *value = buddy->name + "," + std::string(peer::BuddyStatusName(buddy->status));
    return true;
  }

  Core& core_;
  const skype_function_place& place_;
  const std::string function_;
  const std::string arguments_;
};

}  // namespace

const char* const* FunctionNames() { return kNames; }

bool ReadFunction(Core& core, const skype_function_place& place, const std::string& function,
                  const std::string& arguments, std::string* value) {
  value->clear();
  return Use(core, place, function, arguments).Read(value);
}

bool WriteFunction(Core& core, const skype_function_place& place, const std::string& function,
                   const std::string& arguments, const std::string& value) {
  return Use(core, place, function, arguments).Write(value);
}

}  // namespace sfa::skype
