#include "conformance/runner/conduct.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace sfa::conformance {
namespace {

constexpr std::array<std::string_view, 7> kLeftOut = {
    "DeviceStateChange", "RTCPSent", "RTCPReceived", "TestEvent",
    "OriginateResponse", "CEL",      "Cdr"};
// What Asterisk calls the channel of an event that has none.
constexpr std::string_view kNoChannel = "none";

// What an event is told with; of others its name alone.
struct Telling {
  std::string_view event;
  std::initializer_list<const char*> headers;
};
const Telling kTellings[] = {
    {"Newchannel", {"ChannelStateDesc"}},
    {"Newstate", {"ChannelStateDesc"}},
    {"Newexten", {"Context", "Extension", "Priority", "Application", "AppData"}},
    {"NewCallerid", {"CallerIDNum", "CallerIDName"}},
    {"NewConnectedLine", {"ConnectedLineNum", "ConnectedLineName"}},
    {"VarSet", {"Variable"}},
    {"DTMFBegin", {"Digit", "Direction"}},
    {"DTMFEnd", {"Digit", "Direction"}},
    {"DialState", {"DialStatus"}},
    {"DialEnd", {"DialStatus"}},
    {"HangupRequest", {"Cause"}},
    {"SoftHangupRequest", {"Cause"}},
    {"Hangup", {"Cause"}},
    {"SkypeAccountStatus", {"Status"}},
    {"SkypeBuddyStatus", {"Buddy", "BuddyStatus"}},
    {"SkypeChatMessage", {"From", "To", "Message"}},
};

bool IsHex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

template <typename Is>
size_t RunOf(std::string_view text, size_t at, Is is) {
  size_t end = at;
  while (end < text.size() && is(text[end])) ++end;
  return end - at;
}

// Numbers of channels ("-0000001f") and unique ids ("1290264879.31") become "*".
std::string WithoutNumbers(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '-' && RunOf(text, at + 1, IsHex) == 8) {
      out += "-*";
      at += 9;
      continue;
    }
    const size_t seconds = RunOf(text, at, IsDigit);
    if (seconds >= 9 && at + seconds < text.size() && text[at + seconds] == '.') {
      out += '*';
      at += seconds + 1 + RunOf(text, at + seconds + 1, IsDigit);
      continue;
    }
    const size_t length = std::max<size_t>(seconds, 1);
    out += text.substr(at, length);
    at += length;
  }
  return out;
}

// Ends of calls of IAX2 have numbers by chance, in decimal: "IAX2/127.0.0.1:4569-14628".
std::string PlainChannel(const std::string& name) {
  if (!name.starts_with("IAX2/")) return WithoutNumbers(name);
  return name.substr(0, name.rfind('-')) + "-*";
}

std::string LineOf(const Observation& seen) {
  std::string line = seen.kind;
  for (const Telling& telling : kTellings) {
    if (telling.event != seen.kind) continue;
    for (const char* header : telling.headers) {
      line += ' ';
      line += WithoutNumbers(seen.Get(header));
    }
  }
  return line;
}

// Whose Skype event it is: an account's, or that of one of its buddies.
std::string AccountOf(const Observation& seen) {
  if (seen.kind == "SkypeAccountStatus") return seen.Get("Username");
  if (seen.kind == "SkypeBuddyStatus") {  // Skype/user@buddy
    const std::string& address = seen.Get("Buddy");
    const size_t slash = address.find('/');
    const size_t at = address.find('@');
    if (slash != std::string::npos && at != std::string::npos && slash < at) {
      return address.substr(slash + 1, at - slash - 1) + ", buddy " + address.substr(at + 1);
    }
  }
  return "";
}

class Conducts {
 public:
  void OfChannel(const std::string& channel, const Observation& seen) {
    const auto [known, is_new] = subjects_.try_emplace(channel, "");
    if (is_new) {
      const std::string plain = PlainChannel(channel);
      known->second = "channel " + plain + " #" + std::to_string(++births_[plain]);
    }
    lines_[known->second].push_back(LineOf(seen));
  }
  void OfAccount(const std::string& account, const Observation& seen) {
    lines_["account " + account].push_back(LineOf(seen));
  }
  std::vector<Conduct> Take() {
    std::vector<Conduct> conducts;
    for (auto& [subject, lines] : lines_) conducts.push_back({subject, std::move(lines)});
    return conducts;
  }

 private:
  std::map<std::string, std::string> subjects_;  // by channel
  std::map<std::string, int> births_;
  std::map<std::string, std::vector<std::string>> lines_;
};

}  // namespace

std::vector<Conduct> ConductOf(const Trace& trace) {
  Conducts conducts;
  for (const Observation& seen : trace.observations()) {
    if (seen.observer != Observer::kAmi || seen.subject != "asterisk" ||
        std::find(kLeftOut.begin(), kLeftOut.end(), seen.kind) != kLeftOut.end()) {
      continue;
    }
    const std::string& channel = seen.Get("Channel");
    const std::string& destination = seen.Get("DestChannel");
    if (!channel.empty() && channel != kNoChannel) conducts.OfChannel(channel, seen);
    if (!destination.empty()) conducts.OfChannel(destination, seen);
    if (const std::string account = AccountOf(seen); !account.empty()) {
      conducts.OfAccount(account, seen);
    }
  }
  return conducts.Take();
}

}  // namespace sfa::conformance
