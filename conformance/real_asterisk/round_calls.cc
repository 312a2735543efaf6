#include "conformance/real_asterisk/round_calls.h"

#include <algorithm>

#include "conformance/host/files.h"

namespace sfa::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kAccount[] = "james_bond";
// Of each kind of call so many at once, each with its own person: a person has one call at a time.
constexpr size_t kOfAKind = RoundCalls::kAtOnce / 4;
constexpr Duration kLongest = seconds(60);

constexpr char kChanSkype[] =
    "[general]\n"
    "default_user=james_bond\n"
    "[james_bond]\n"
    "secret=shaken\n"
    "context=demo\n"
    "exten=007\n"
    "message_context=texts\n"
    "setvar=FOO=bar\n";

// An incoming call is answered, hears digits and reads a text. An outgoing one sets and asks what
// there is, and tells in the end how it went; who is "silent" is given up before the answer, after
// a second: Asterisk 16 takes whole ones only.
constexpr char kExtensions[] =
    "[demo]\n"
    "exten => 007,1,NoOp(${SKYPE_CALL_PROPERTY(topic)} ${SKYPE_CALL_PROPERTY(fullname)} ${FOO})\n"
    "exten => 007,n,Answer()\n"
    "exten => 007,n,UserEvent(Ended,Kind: incoming)\n"
    "exten => 007,n,SendDTMF(42)\n"
    "exten => 007,n,SendText(Good morning)\n"
    "exten => 007,n,Wait(1)\n"
    "exten => 007,n,Hangup()\n"
    "[outgoing]\n"
    "exten => _[a-z].,1,Set(SKYPE_CALL_PROPERTY(topic)=Rounds)\n"
    "exten => _[a-z].,n,Set(id=${SKYPE_BUDDIES(james_bond)})\n"
    "exten => _[a-z].,n,NoOp(${SKYPE_BUDDY_FETCH(${id})} ${SKYPE_BUDDY_FETCH(${id})})\n"
    "exten => _[a-z].,n,Set(SKYPE_ACCOUNT_PROPERTY(james_bond,mood_text)=Calling ${EXTEN})\n"
    "exten => _[a-z].,n,NoOp(${SKYPE_ACCOUNT_PROPERTY(james_bond,fullname)})\n"
    "exten => _[a-z].,n,NoOp(${DEVICE_STATE(Skype:james_bond@${EXTEN})})\n"
    "exten => _[a-z].,n,Dial(Skype/james_bond@${EXTEN},"
    "${IF($[\"${EXTEN:0:6}\" = \"silent\"]?1:20)})\n"
    "exten => _[a-z].,n,Hangup()\n"
    "exten => h,1,UserEvent(Ended,Kind: ${DIALSTATUS})\n"
    "[texts]\n"
    "exten => 007,1,Set(MESSAGE(body)=Received: ${MESSAGE(body)})\n"
    "exten => 007,n,MessageSend(${MESSAGE(from)},${MESSAGE(to)})\n"
    "[plaintexts]\n"
    "exten => _[a-z].,1,UserEvent(Text)\n"
    "[plain]\n"
    "exten => _[a-z].,1,Answer()\n"
    "exten => _[a-z].,n,UserEvent(Ended,Kind: plain)\n"
    "exten => _[a-z].,n,ExecIf($[\"${EXTEN}\" = \"plain1\"]?System(true))\n"
    "exten => _[a-z].,n,Wait(1)\n"
    "exten => _[a-z].,n,Hangup()\n"
    "[hints]\n"
    "exten => 101,hint,Skype:james_bond@caller1\n"
    "exten => 102,hint,Skype:james_bond@answering1\n";

// Asterisk keeps a channel with a thread for the texts that have come; in the control run they come
// from itself. And it keeps a thread for channels that something makes wait, such as a Dial() or a
// System().
constexpr char kPjsip[] =
    "[udp]\n"
    "type=transport\n"
    "protocol=udp\n"
    "bind=127.0.0.1:5060\n"
    "[itself]\n"
    "type=endpoint\n"
    "transport=udp\n"
    "context=plain\n"
    "message_context=plaintexts\n"
    "allow=ulaw\n"
    "aors=itself\n"
    "[itself]\n"
    "type=aor\n"
    "contact=sip:itself@127.0.0.1:5060\n"
    "[itself]\n"
    "type=identify\n"
    "endpoint=itself\n"
    "match=127.0.0.1\n";

std::string Named(const char* kind, size_t number) { return kind + std::to_string(number); }

}  // namespace

AsteriskSpec RoundCalls::Asterisk(const std::string& source_root) {
  AsteriskSpec asterisk;
  asterisk.site = "office";
  // A channel that is not given back is missed at the next calls.
  asterisk.licensed_channels = kAtOnce;
  const auto modules = ReadFile(source_root + "/asterisk_harness/real/etc/modules.conf");
  asterisk.files = {{"chan_skype.conf", kChanSkype},
                    {"extensions.conf", kExtensions},
                    {"pjsip.conf", kPjsip},
                    {"modules.conf", (modules.ok() ? *modules : std::string()) +
                                         "noload => chan_skype.so\n"
                                         "noload => res_skypeforasterisk.so\n"}};
  return asterisk;
}

std::vector<AccountSpec> RoundCalls::Accounts() {
  std::vector<AccountSpec> accounts(1);
  accounts[0].name = kAccount;
  accounts[0].kind = AccountKind::kBusiness;
  accounts[0].password = "shaken";
  for (size_t i = 1; i <= kOfAKind; ++i) {
    for (const char* kind : {"caller", "answering", "busy", "silent"}) {
      AccountSpec person;
      person.name = Named(kind, i);
      person.fullname = "Person " + std::to_string(i);
      person.password = "secret";
      person.site = "home";
      person.busy = person.name.starts_with("busy");
      if (person.name.starts_with("answering")) person.answers_after = milliseconds(100);
      person.answers_requests = "accept";
      // Who is busy becomes a buddy and ceases to be one with each round.
      if (!person.busy) {
        person.buddies = {kAccount};
        accounts[0].buddies.push_back(person.name);
      }
      accounts.push_back(std::move(person));
    }
  }
  return accounts;
}

void RoundCalls::Begin() {
  laboratory_.Forget();
  seen_ = {};
  read_ = 0;
}

void RoundCalls::ReadOn() {
  for (; read_ < laboratory_.events().size(); ++read_) {
    const harness::AmiMessage& event = laboratory_.events()[read_];
    const std::string& name = event.Get("Event");
    if (name == "Hangup") {
      seen_.skype_hangups += event.Get("Channel").starts_with("Skype/");
      seen_.local_hangups += event.Get("Channel").starts_with("Local/");
    } else if (name == "SkypeChatMessage") {
      (event.Get("To") == kAccount ? seen_.texts_in : seen_.texts_out) += 1;
    } else if (name == "UserEvent" && event.Get("UserEvent") == "Text") {
      seen_.texts_in += 1;
    } else if (name == "UserEvent" && event.Get("UserEvent") == "Ended") {
      const std::string& kind = event.Get("Kind");
      seen_.ended.incoming += kind == "incoming";
      seen_.ended.outgoing += kind == "ANSWER";
      seen_.ended.refused += kind == "BUSY";
      seen_.ended.cancelled += kind == "NOANSWER";
      seen_.ended.plain += kind == "plain";
    }
  }
}

std::string RoundCalls::Expect(const Fields& action) {
  const harness::AmiMessage response = laboratory_.Action(action);
  if (response.Get("Response") == "Success") return "";
  return action[0].second + " was answered with '" + response.Get("Message") + "'";
}

std::string RoundCalls::Originate(const std::string& destination) {
  return Expect({{"Action", "Originate"},
                 {"Channel", "Local/" + destination},
                 {"Application", "Wait"},
                 {"Data", "1.5"},
                 {"Async", "true"}});
}

std::string RoundCalls::Do(const std::string& person, const std::string& verb,
                           const std::string& argument, const Fields& details) {
  Step step;
  step.verb = verb;
  step.argument = argument;
  step.headers = details;
  const std::string problem = laboratory_.person(person).Do(step);
  return problem.empty() ? "" : person + ", " + verb + ": " + problem;
}

bool RoundCalls::NobodyCalls() {
  for (size_t i = 1; i <= kOfAKind; ++i) {
    for (const char* kind : {"caller", "answering", "busy", "silent"}) {
      if (laboratory_.person(Named(kind, i)).in_call()) return false;
    }
  }
  return true;
}

std::string RoundCalls::WaitUntilOver(size_t skype_hangups, size_t local_hangups, size_t texts_in,
                                      size_t texts_out) {
  const bool over = laboratory_.RunUntil(
      [&] {
        ReadOn();
        return seen_.skype_hangups >= skype_hangups && seen_.local_hangups >= local_hangups &&
               seen_.texts_in >= texts_in && seen_.texts_out >= texts_out && NobodyCalls();
      },
      kLongest);
  counts_.incoming += seen_.ended.incoming;
  counts_.outgoing += seen_.ended.outgoing;
  counts_.refused += seen_.ended.refused;
  counts_.cancelled += seen_.ended.cancelled;
  counts_.plain += seen_.ended.plain;
  if (over) return "";
  return "calls were not over after a minute: " + std::to_string(seen_.skype_hangups) + " of " +
         std::to_string(skype_hangups) + " Skype channels and " +
         std::to_string(seen_.local_hangups) + " of " + std::to_string(local_hangups) +
         " local channels have ended, " + std::to_string(seen_.texts_in) + " texts came, " +
         std::to_string(seen_.texts_out) + " went";
}

std::string RoundCalls::AskForEverything() {
  const Fields actions[] = {
      {{"Action", "SkypeBuddies"}, {"User", kAccount}},
      {{"Action", "SkypeBuddy"}, {"User", kAccount}, {"Buddy", "caller1"}},
      {{"Action", "SkypeAccountProperty"}, {"User", kAccount}, {"variable", "city=London"}},
      {{"Action", "SkypeAddBuddy"}, {"User", kAccount}, {"Buddy", "busy1"}},
      {{"Action", "SkypeChatSend"},
       {"User", kAccount},
       {"Skypename", "caller2"},
       {"Message", "Hi"}},
      {{"Action", "SkypeRemoveBuddy"}, {"User", kAccount}, {"Buddy", "busy1"}},
      {{"Action", "SkypeLicenseList"}},
      {{"Action", "SkypeLicenseStatus"}},
      {{"Action", "ExtensionState"}, {"Context", "hints"}, {"Exten", "101"}},
      {{"Action", "Getvar"}, {"Variable", "SKYPE_ACCOUNT_PROPERTY(james_bond,city)"}},
      {{"Action", "Getvar"}, {"Variable", "PRESENCE_STATE(Skype:james_bond@caller1,value)"}},
  };
  for (const Fields& action : actions) {
    if (std::string problem = Expect(action); !problem.empty()) return problem;
  }
  for (const char* command :
       {"users", "user james_bond", "buddies james_bond", "settings", "version", "hostid"}) {
    if (laboratory_.Console(std::string("skype show ") + command).empty()) {
      return std::string("skype show ") + command + " was not answered";
    }
  }
  return "";
}

std::string RoundCalls::Call() {
  Begin();
  std::string problem;
  const auto keep_first = [&](const std::string& found) {
    if (problem.empty()) problem = found;
  };
  keep_first(Do("caller1", "status", "Away"));
  keep_first(Do("caller1", "chat", kAccount, {{"text", "Good morning"}}));
  for (size_t i = 1; i <= kOfAKind; ++i) {
    keep_first(Do(Named("caller", i), "call", kAccount));
    for (const char* kind : {"answering", "busy", "silent"}) {
      keep_first(Originate(Named(kind, i) + "@outgoing"));
    }
  }
  keep_first(AskForEverything());
  keep_first(Do("caller1", "status", "Online"));
  // An outgoing call has two local channels. One text comes; its answer and one more go.
  keep_first(WaitUntilOver(kAtOnce, 2 * 3 * kOfAKind, 1, 2));
  const std::string licenses = laboratory_.Console("skype show licenses");
  if (licenses.find("0/20 of 20 licensed channels") == std::string::npos) {
    keep_first("after all calls: " + licenses);
  }
  return problem;
}

std::string RoundCalls::CallWithoutSkype() {
  Begin();
  for (size_t i = 1; i <= kAtOnce; ++i) {
    std::string problem = Originate(Named("plain", i) + "@plain");
    if (!problem.empty()) return problem;
  }
  std::string problem = Expect({{"Action", "MessageSend"},
                                {"To", "pjsip:itself"},
                                {"From", "sip:itself@127.0.0.1"},
                                {"Body", "Good morning"}});
  if (!problem.empty()) return problem;
  return WaitUntilOver(0, 2 * kAtOnce, 1, 0);
}

}  // namespace sfa::conformance
