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
#include "protocol/proxy/proxy.h"
#include "runtime/time.h"

namespace sfa::conformance {

using Fields = std::vector<std::pair<std::string, std::string>>;

// kTelephone: a telephone whose number is the name. kLogin: one more place where another account is
// used. kUnregistered: a name that nobody has.
enum class AccountKind {
  kBusiness,
  kRegular,
  kInvited,
  kAdministrator,
  kTelephone,
  kLogin,
  kUnregistered
};

struct AccountSpec {
  std::string name;  // as steps and expectations call it
  AccountKind kind = AccountKind::kRegular;
  std::string of;  // of a login: whose
  std::string password;
  std::string site;    // where its desktop client runs; "" when it has none
  bool online = true;  // the client logs in at the world's beginning
  std::optional<Duration> answers_after;
  bool busy = false;
  bool announcement = false;        // of a telephone
  std::string answers_requests;     // "accept", "deny", "block"; "": by itself nothing
  std::vector<std::string> codecs;  // empty: the client's own
  std::string fullname;
  Fields profile;                        // the other properties
  Fields visibility;                     // of properties: "everybody", "buddies", "nobody"
  std::optional<int64_t> credit_micros;  // in millionths
  std::string currency = "EUR";
  std::vector<std::string> numbers;
  std::vector<std::string> forward_to;
  Duration forward_after = std::chrono::seconds(15);
  bool voicemail = false;
  std::vector<std::string> buddies;
  std::vector<std::string> blocked;

  // Who logs in.
  const std::string& user() const { return of.empty() ? name : of; }
  // Whether somebody is there who does what steps say.
  bool acts() const { return !site.empty() || kind == AccountKind::kTelephone; }
};

// A user of manager.conf with a session of its own, besides the one that sees and does everything.
struct ManagerUser {
  std::string name;
  std::string read;  // classes, as manager.conf has them
  std::string write;
};

// What is wrong with a licence file.
enum class LicenseFault {
  kNone,
  kOtherHost,
  kOtherProduct,
  kOtherAuthority,
  kEdited,
  kTruncated,
  kTooLarge,
  kDirectory,
};

struct LicenseSpec {
  int channels = 0;
  std::string key;      // "": one of its own
  std::string expires;  // YYYY-MM-DD; "": in a far future
  LicenseFault fault = LicenseFault::kNone;
};

struct AsteriskSpec {
  std::string site;
  int licensed_channels = 0;                               // of one licence; 0: it is not there
  std::vector<LicenseSpec> licenses;                       // besides
  bool g729 = false;                                       // codec_g729a.so is there
  std::vector<std::pair<std::string, std::string>> files;  // name and text
  std::vector<ManagerUser> managers;
  std::string engine_version;  // "" for that of its module
};

// The price of calls to telephones, in millionths of the caller's currency.
struct RateSpec {
  std::string prefix;  // "+44"
  int64_t connection_micros = 0;
  int64_t minute_micros = 0;  // for every minute that begins
};

// The Skype network of the world, besides its accounts.
struct CommunitySpec {
  int supernodes = 7;                     // the first seven stand where every client looks for them
  std::optional<sim::LineSettings> line;  // of each supernode; a fast one without it
  std::vector<RateSpec> rates = {{"+", 39'000, 17'000}};
  // What connects telephones; it is also there when somebody has a telephone, a number or credit.
  bool gateway = false;
  std::vector<std::string> gateway_codecs;  // empty: its own
  // At a public address; who may not go elsewhere may go there. `server` is the world's to say.
  std::optional<proxy::Proxy> proxy;
};

// A stimulus. The actor is an account, "asterisk", "far_asterisk", or who brings about accidents:
// "network" and "community".
struct Step {
  Place place;
  Duration at{};
  std::string actor;
  std::string verb;  // "call", "answer", …; "originate", "ami", "cli", "write", "read", "kill",
                     // "stop", "start", "restart" of asterisk; of network "reboot-nat",
                     // "change-address", "cut", "restore", "firewall", "link"; of community
                     // "kill", "revive", "cut", "restore"
  std::string as;    // of ami: whose session it is; "" for the one that may do everything
  std::string argument;  // who is called, the digits, the console command, the site; of community
                         // "login-server", "supernode-3", "home of NAME", "relay of NAME"
  Fields headers;        // of originate and ami; "topic" and "token" of a call, "text" of add-buddy
                         // and chat, the property of set
  std::optional<LicenseSpec> license;             // of "license" of asterisk
  std::optional<sim::FirewallSettings> firewall;  // of "firewall": what is in force from now on
  std::optional<sim::LineSettings> line;          // of "link", likewise
};

// A client's sight, an AMI event, a console output …, in a window of time.
struct Sighting {
  std::string actor;
  std::string kind;  // clients: "login", "call", "digits", "path", "buddy" …; asterisk: "event",
                     // "response", "dialplan", "cli", "log", "process", "file"
  Fields fields;     // what the sighting must contain; values may hold * as in file names
  std::optional<int> times;  // exactly so often; without it, at least once
  std::string as;            // of events and responses: the manager user who sees them
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
  std::optional<int> calls;                             // of people, ringing ones included
  std::optional<int> relays;                            // allocations on all supernodes
  std::vector<std::pair<std::string, int64_t>> credit;  // millionths, by account
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
  std::optional<AsteriskSpec> far_asterisk;  // another company's, for trunks between the two
  std::vector<Step> steps;
  std::vector<Expectation> expectations;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_SCENARIO_H_
