// A scenario as data: what the loader makes of a file, and all that a run needs.
#ifndef CONFORMANCE_SCENARIO_SCENARIO_H_
#define CONFORMANCE_SCENARIO_SCENARIO_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conformance/scenario/input_error.h"
#include "network_sim/site.h"
#include "runtime/time.h"

namespace sfa::conformance {

using Fields = std::vector<std::pair<std::string, std::string>>;

enum class AccountKind { kBusiness, kRegular, kUnregistered };

struct AccountSpec {
  std::string name;
  AccountKind kind = AccountKind::kRegular;
  std::string password;
  std::string site;    // where its desktop client runs; "" when it has none
  bool online = true;  // the client logs in at the world's beginning
  std::optional<Duration> answers_after;
  bool busy = false;
  std::vector<std::string> codecs;  // empty: the client's own
  std::string fullname;
};

struct AsteriskSpec {
  std::string site;
  int licensed_channels = 0;
  std::vector<std::pair<std::string, std::string>> files;  // name and text
};

// The Skype network of the world, besides its accounts.
struct CommunitySpec {
  int supernodes = 7;                     // the first seven stand where every client looks for them
  std::optional<sim::LineSettings> line;  // of each supernode; a fast one without it
};

// A stimulus. The actor is an account, "asterisk", or who brings about accidents: "network" and
// "community".
struct Step {
  Place place;
  Duration at{};
  std::string actor;
  std::string verb;      // "call", "answer", …; "originate", "ami", "cli" of asterisk; of network
                         // "reboot-nat", "change-address", "cut", "restore", "firewall", "link"; of
                         // community "kill", "revive", "cut", "restore"
  std::string argument;  // who is called, the digits, the console command, the site; of community
                         // "login-server", "supernode-3", "home of NAME", "relay of NAME"
  Fields headers;        // of originate and ami
  std::optional<sim::FirewallSettings> firewall;  // of "firewall": what is in force from now on
  std::optional<sim::LineSettings> line;          // of "link", likewise
};

// A client's sight, an AMI event, a console output …, in a window of time.
struct Sighting {
  std::string actor;
  std::string kind;  // clients: "login", "call", "digits", "path"; asterisk: "event", "response",
                     // "dialplan", "cli", "log", "process"
  Fields fields;     // what the sighting must contain; values may hold * as in file names
  std::optional<int> times;  // exactly so often; without it, at least once
};

struct AudioExpectation {
  std::string from;
  std::string heard_by;
  double correlation = 0.9;
  std::optional<double> mos;
  std::optional<Duration> delay;
};

// The longest time in the window in which `heard_by` hears nothing of what `from` says.
struct AudioGapExpectation {
  std::string from;
  std::string heard_by;
  Duration at_most{};
};

struct AtEnd {
  std::optional<int> channels_in_use;
  std::optional<int> licensed_channels_in_use;
  std::optional<int> calls;   // of people, ringing ones included
  std::optional<int> relays;  // allocations on all supernodes
};

struct Expectation {
  Place place;
  std::string text;                // as written, on one line, for reports
  std::string requirement;         // "" stands for all of the scenario's
  std::optional<Duration> after;   // the window's start; without it, the first step
  std::optional<Duration> within;  // its length; without it, up to the end
  bool never = false;
  std::variant<Sighting, AudioExpectation, AudioGapExpectation, AtEnd> subject;
};

struct Scenario {
  std::string file;
  std::string text;  // the file as it is
  std::string name;
  std::string summary;
  std::vector<std::string> requirements;
  WallTime date{};
  Duration lasts{};                      // from the world's beginning to its end
  Fields unsupported_on;                 // targets that cannot run it, each with the reason
  std::vector<sim::SiteSettings> sites;  // one behind another stands after it
  CommunitySpec community;
  std::vector<AccountSpec> accounts;
  AsteriskSpec asterisk;
  std::vector<Step> steps;
  std::vector<Expectation> expectations;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_SCENARIO_H_
