// Wrong about the functions of calls: manual 3.3.1 and 3.3.2.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/misreader.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

// Knows but the language that the caller prefers.
class FirstLanguageOnly final : public Misreader {
  void Misread(const std::string&, const std::string& arguments, std::string& value) override {
    if (arguments == "skype_language") value = value.substr(0, value.find(' '));
  }
};

// Writes a birthday as 1939-03-28.
class BirthdayWithDashes final : public Misreader {
  void Misread(const std::string&, const std::string& arguments, std::string& value) override {
    if (arguments == "skype_birthday" && value.size() == 8) value.insert(6, "-").insert(4, "-");
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

// Lets what is read only be written: reads back what was.
class AllCanBeWritten : public Spoiler {
 public:
  explicit AllCanBeWritten(std::string function) : function_(std::move(function)) {}
  bool OnFunctionWrite(const std::string& function, std::string& arguments,
                       std::string& value) final {
    if (function != function_ || arguments == "topic" || arguments == "token") return true;
    written_[arguments] = value;
    return false;
  }
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) final {
    const auto written = written_.find(arguments);
    if (function != function_ || written == written_.end()) return read(arguments, value);
    value = written->second;
    return 0;
  }

 private:
  const std::string function_;
  std::map<std::string, std::string> written_;
};
class CallerCanBeWritten final : public AllCanBeWritten {
 public:
  CallerCanBeWritten() : AllCanBeWritten("SKYPE_CALL_PROPERTY") {}
};
class ItemsCanBeWritten final : public AllCanBeWritten {
 public:
  ItemsCanBeWritten() : AllCanBeWritten("CHANNEL") {}
};

// Takes every caller for the first one.
class FirstCallerForAll final : public Spoiler {
 public:
  int OnFunctionRead(const std::string& function, const std::string& arguments, std::string& value,
                     const FunctionReader& read) override {
    if (function != "CHANNEL") return read(arguments, value);
    if (first_.count(arguments) == 0) read(arguments, first_[arguments]);
    value = first_[arguments];
    return 0;
  }

 private:
  std::map<std::string, std::string> first_;  // by item
};

// Takes the topic of the first call for that of every call.
class FirstTopicForAll final : public Misreader {
  void Misread(const std::string& function, const std::string& arguments,
               std::string& value) override {
    if (function != "SKYPE_CALL_PROPERTY" || arguments != "topic") return;
    if (first_.empty()) first_ = value;
    value = first_;
  }
  std::string first_;
};

// Does not look at the token of a call that comes in.
class TokenNotRead final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (events.front().has_incoming_call()) {
      events.front().mutable_incoming_call()->set_token("plan-9");
    }
  }
};

// Sends a topic, and cannot tell which.
class TopicNotReadBack final : public Misreader {
  void Misread(const std::string& function, const std::string& arguments,
               std::string& value) override {
    if (function == "SKYPE_CALL_PROPERTY" && arguments == "topic") value.clear();
  }
};

// Gives a call the topic of the one before when it has none of its own.
class TopicKept final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (!commands.front().has_place_call()) return;
    control::PlaceCall& place = *commands.front().mutable_place_call();
    if (!place.topic().empty()) last_ = place.topic();
    place.set_topic(last_);
  }

 private:
  std::string last_;
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
      {"items-can-be-written", WrappedDriver<ItemsCanBeWritten>(), "channel-items-of-the-caller",
       "SFA-3.3.1-16"},
      {"first-caller-for-all", WrappedDriver<FirstCallerForAll>(), "channel-items-and-privacy",
       "SFA-3.3.1-19"},
      {"first-topic-for-all", WrappedDriver<FirstTopicForAll>(), "setvar-of-calls", "SFA-3.3.2-38"},
      {"token-not-read", WrappedDriver<TokenNotRead>(), "token-decides", "SFA-3.3.2-40"},
      {"topic-not-read-back", WrappedDriver<TopicNotReadBack>(),
       "topic-and-token-of-outgoing-calls", "SFA-3.3.2-19"},
      {"topic-kept", WrappedDriver<TopicKept>(), "topic-and-token-of-outgoing-calls",
       "SFA-3.3.2-21"},
  };
}

}  // namespace sfa::conformance
