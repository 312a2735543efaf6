// Wrong about manager actions: manual 3.5.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

using Answer = std::vector<SpoiledMessage>;

std::string Response(const Answer& answer) {
  SpoiledMessage response = answer.front();
  const std::string* word = response.Find("Response");
  return word == nullptr ? "" : *word;
}

bool IsEntry(const SpoiledMessage& message) { return message.event == "SkypeBuddyEntry"; }

// Sets only the first of several variables.
class FirstVariableOnly final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().ask_service().service().has_set_properties()) return;
    auto& properties = *commands.front()
                            .mutable_ask_service()
                            ->mutable_service()
                            ->mutable_set_properties()
                            ->mutable_properties();
    while (properties.size() > 1) properties.RemoveLast();
  }
};

// Cuts a value at its first comma.
class ValueCut final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().ask_service().service().has_set_properties()) return;
    for (wire::Property& property : *commands.front()
                                         .mutable_ask_service()
                                         ->mutable_service()
                                         ->mutable_set_properties()
                                         ->mutable_properties()) {
      property.set_value(property.value().substr(0, property.value().find(',')));
    }
  }
};

// Does nothing, and says that it is done: the network is asked for something harmless.
template <bool (wire::ServiceRequest::*kAsked)() const>
class DoesNothing final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if ((commands.front().ask_service().service().*kAsked)()) {
      commands.front().mutable_ask_service()->mutable_service()->mutable_get_account();
    }
  }
};

// Adds whom nobody has asked for: a name in lower case and without its underscores.
class AddsAnother final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().ask_service().service().has_add_buddy()) return;
    wire::AddBuddy& add =
        *commands.front().mutable_ask_service()->mutable_service()->mutable_add_buddy();
    std::string name = add.name();
    std::erase(name, '_');
    add.set_name(name);
  }
};

// Sets what is right among the variables, and refuses the others.
class SetsWhatItCan final : public Spoiler {
 public:
  void OnManagerAction(const std::string& action, SpoiledMessage& asked) override {
    if (action != "SkypeAccountProperty") return;
    std::erase_if(asked.headers, [](const auto& header) {
      return header.second.rfind("gender=3", 0) == 0 || header.second.rfind("martini=", 0) == 0;
    });
  }
};

// Takes the first account of the file where User is missing.
class UserGuessed final : public Spoiler {
 public:
  bool OnConfiguration(const std::string& section, std::string&, std::string&) override {
    if (section != "general" && first_.empty()) first_ = section;
    return true;
  }
  void OnManagerAction(const std::string&, SpoiledMessage& asked) override {
    const bool named = std::any_of(asked.headers.begin(), asked.headers.end(), [](const auto& h) {
      return h.first == "User" || h.first == "user";
    });
    if (!named) asked.headers.emplace_back("User", first_);
  }

 private:
  std::string first_;
};

// Knows headers only as the manual writes them.
class HeadersByLetter final : public Spoiler {
 public:
  void OnManagerAction(const std::string&, SpoiledMessage& asked) override { asked.Remove("user"); }
};

// Changes the answer to one action.
class AnswerChanged : public Spoiler {
 public:
  explicit AnswerChanged(std::string action) : action_(std::move(action)) {}
  void OnManagerAnswer(const std::string& action, Answer& answer) final {
    if (action == action_) Change(answer);
  }

 protected:
  virtual void Change(Answer& answer) = 0;

 private:
  const std::string action_;
};

// Takes every error for a success.
class NoErrorIn : public AnswerChanged {
 public:
  using AnswerChanged::AnswerChanged;

 private:
  void Change(Answer& answer) override {
    if (Response(answer) == "Error") *answer.front().Find("Response") = "Success";
  }
};
class PropertyAlwaysSet final : public NoErrorIn {
 public:
  PropertyAlwaysSet() : NoErrorIn("SkypeAccountProperty") {}
};
class AddedAlways final : public NoErrorIn {
 public:
  AddedAlways() : NoErrorIn("SkypeAddBuddy") {}
};
class RemovedAlways final : public NoErrorIn {
 public:
  RemovedAlways() : NoErrorIn("SkypeRemoveBuddy") {}
};
class BuddyAlways final : public NoErrorIn {
 public:
  BuddyAlways() : NoErrorIn("SkypeBuddy") {}
};

// Says why not in no words.
class ErrorWithoutMessage final : public AnswerChanged {
 public:
  ErrorWithoutMessage() : AnswerChanged("SkypeBuddies") {}

 private:
  void Change(Answer& answer) override {
    if (Response(answer) == "Error") answer.front().Remove("Message");
  }
};

// Says that the properties are set in other words.
class OtherMessage final : public AnswerChanged {
 public:
  OtherMessage() : AnswerChanged("SkypeAccountProperty") {}

 private:
  void Change(Answer& answer) override {
    if (std::string* message = answer.front().Find("Message")) *message = "OK";
  }
};

class ListChanged : public AnswerChanged {
 public:
  ListChanged() : AnswerChanged("SkypeBuddies") {}
};

// Lists all but the last one.
class LastEntryMissing final : public ListChanged {
  void Change(Answer& answer) override {
    if (answer.size() > 2) answer.erase(answer.end() - 2);
  }
};

// Lists names and statuses only.
class FullnameMissing final : public ListChanged {
  void Change(Answer& answer) override {
    for (SpoiledMessage& message : answer) message.Remove("Fullname");
  }
};

// Gives a full name to everybody.
class FullnameForAll final : public ListChanged {
  void Change(Answer& answer) override {
    for (SpoiledMessage& message : answer) {
      if (IsEntry(message) && message.Find("Fullname") == nullptr) {
        message.headers.emplace_back("Fullname", *message.Find("Buddy"));
      }
    }
  }
};

// A list without an end.
class ListWithoutEnd final : public ListChanged {
  void Change(Answer& answer) override {
    if (answer.size() > 1) answer.pop_back();
  }
};

// Counts the end of the list, too.
class CountOneTooMany final : public ListChanged {
  void Change(Answer& answer) override {
    if (std::string* items = answer.back().Find("ListItems")) {
      *items = std::to_string(answer.size() - 1);
    }
  }
};

// The end before the entries.
class EndBeforeEntries final : public ListChanged {
  void Change(Answer& answer) override {
    if (answer.size() > 2) std::rotate(answer.begin() + 1, answer.end() - 1, answer.end());
  }
};

// The status of everybody who waits is Unknown.
class WaitingIsUnknown final : public ListChanged {
  void Change(Answer& answer) override {
    for (SpoiledMessage& message : answer) {
      std::string* status = message.Find("Status");
      if (status != nullptr && *status == "Waiting for Authorization") *status = "Unknown";
    }
  }
};

// Whoever's status is not known is offline.
class UnknownIsOffline final : public ListChanged {
  void Change(Answer& answer) override {
    for (SpoiledMessage& message : answer) {
      std::string* status = message.Find("Status");
      if (status != nullptr && *status == "Unknown") *status = "Offline";
    }
  }
};

// Gives everybody the list that was asked for first.
class ListOfFirstAsker final : public ListChanged {
  void Change(Answer& answer) override {
    if (Response(answer) != "Success") return;
    if (first_.empty()) first_ = answer;
    answer = first_;
  }
  Answer first_;
};

class BuddyChanged : public AnswerChanged {
 public:
  BuddyChanged() : AnswerChanged("SkypeBuddy") {}
};

class BirthdayMissing final : public BuddyChanged {
  void Change(Answer& answer) override { answer.front().Remove("birthday"); }
};

// The home telephone for the mobile one.
class MobileIsHome final : public BuddyChanged {
  void Change(Answer& answer) override {
    std::string* mobile = answer.front().Find("phone_mobile");
    const std::string* home = answer.front().Find("phone_home");
    if (mobile != nullptr) *mobile = home == nullptr ? "" : *home;
  }
};

// Has something to say of everything.
class HiddenIsShown final : public BuddyChanged {
  void Change(Answer& answer) override {
    if (Response(answer) != "Success") return;
    for (const char* name : {"birthday", "phone_home", "city", "country"}) {
      if (answer.front().Find(name) == nullptr) {
        answer.front().headers.emplace_back(name, "unknown");
      }
    }
  }
};

// Knows offline and online only.
class AvailabilityAlwaysOnline final : public BuddyChanged {
  void Change(Answer& answer) override {
    if (std::string* availability = answer.front().Find("availability")) *availability = "Online";
  }
};

}  // namespace

std::vector<NonConformingDriver> WrongManager() {
  using wire::ServiceRequest;
  return {
      {"first-variable-only", WrappedDriver<FirstVariableOnly>(), "manager-account-property",
       "SFA-3.5.1-02"},
      {"value-cut", WrappedDriver<ValueCut>(), "manager-values", "SFA-3.5.1-13"},
      {"other-message", WrappedDriver<OtherMessage>(), "manager-account-property", "SFA-3.5.1-05"},
      {"property-always-set", WrappedDriver<PropertyAlwaysSet>(),
       "manager-account-property-refused", "SFA-3.5.1-06"},
      {"sets-nothing", WrappedDriver<DoesNothing<&ServiceRequest::has_set_properties>>(),
       "manager-account-property", "SFA-3.5.1-01"},
      {"sets-what-it-can", WrappedDriver<SetsWhatItCan>(), "manager-account-property-refused",
       "SFA-3.5.1-14"},
      {"user-guessed", WrappedDriver<UserGuessed>(), "manager-account-property-refused",
       "SFA-3.5.1-11"},
      {"headers-by-letter", WrappedDriver<HeadersByLetter>(), "manager-account-property",
       "SFA-X-09"},
      {"adds-nobody", WrappedDriver<DoesNothing<&ServiceRequest::has_add_buddy>>(),
       "manager-add-buddy", "SFA-3.5.2-01"},
      {"adds-another", WrappedDriver<AddsAnother>(), "manager-add-buddy", "SFA-3.5.2-02"},
      {"added-always", WrappedDriver<AddedAlways>(), "manager-add-buddy-refused", "SFA-3.5.2-06"},
      {"removes-nobody", WrappedDriver<DoesNothing<&ServiceRequest::has_remove_buddy>>(),
       "manager-remove-buddy", "SFA-3.5.3-01"},
      {"removed-always", WrappedDriver<RemovedAlways>(), "manager-remove-buddy", "SFA-3.5.3-06"},
      {"last-entry-missing", WrappedDriver<LastEntryMissing>(), "manager-buddies", "SFA-3.5.4-03"},
      {"fullname-missing", WrappedDriver<FullnameMissing>(), "manager-buddies", "SFA-3.5.4-05"},
      {"fullname-for-all", WrappedDriver<FullnameForAll>(), "manager-buddies", "SFA-3.5.4-08"},
      {"waiting-is-unknown", WrappedDriver<WaitingIsUnknown>(), "manager-buddies", "SFA-3.5.4-07"},
      {"list-without-end", WrappedDriver<ListWithoutEnd>(), "manager-buddies", "SFA-3.5.4-10"},
      {"count-one-too-many", WrappedDriver<CountOneTooMany>(), "manager-buddies", "SFA-3.5.4-11"},
      {"end-before-entries", WrappedDriver<EndBeforeEntries>(), "manager-buddies", "SFA-3.5.4-13"},
      {"error-without-message", WrappedDriver<ErrorWithoutMessage>(), "manager-buddies",
       "SFA-3.5.4-17"},
      {"unknown-is-offline", WrappedDriver<UnknownIsOffline>(), "buddy-status-lists",
       "SFA-4.1.2-17"},
      {"list-of-first-asker", WrappedDriver<ListOfFirstAsker>(), "manager-buddies", "SFA-3.5.4-20"},
      {"birthday-missing", WrappedDriver<BirthdayMissing>(), "manager-buddy", "SFA-3.5.5-04"},
      {"mobile-is-home", WrappedDriver<MobileIsHome>(), "manager-buddy", "SFA-3.5.5-05"},
      {"hidden-is-shown", WrappedDriver<HiddenIsShown>(), "manager-buddy", "SFA-3.5.5-06"},
      {"availability-always-online", WrappedDriver<AvailabilityAlwaysOnline>(), "manager-buddy",
       "SFA-3.5.5-02"},
      {"buddy-always", WrappedDriver<BuddyAlways>(), "manager-buddy", "SFA-3.5.5-08"},
  };
}

}  // namespace sfa::conformance
