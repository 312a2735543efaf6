// What chan_skype.conf says (manual 3.1), with its defaults, and the reader that fills it.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_SETTINGS_H_
#define REFERENCE_IMPL_CHAN_SKYPE_SETTINGS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "chan_skype/pbx_port.h"
#include "chan_skype/property_book.h"
#include "runtime/address.h"

namespace sfa::skype {

// skype_admitted.account holds 63 characters and a terminator.
inline constexpr size_t kMaxUserName = 63;

enum class Direction { kBoth, kIncoming, kOutgoing };
enum class AuthPolicy { kAccept, kAcceptWithPassword, kDeny, kBlock, kIgnore };

struct AuthRule {
  AuthPolicy policy = AuthPolicy::kAccept;
  std::string password;  // of kAcceptWithPassword
  friend bool operator==(const AuthRule& a, const AuthRule& b) {
    return a.policy == b.policy && a.password == b.password;
  }
};

// By which the engine makes its TCP connections.
struct Proxy {
  std::string server;  // "192.0.2.1:3128"; "": no proxy
  std::string user, password;
  friend bool operator==(const Proxy& a, const Proxy& b) {
    return a.server == b.server && a.user == b.user && a.password == b.password;
  }
};

struct GeneralSettings {
  std::string engine_directory = "/tmp";
  std::string data_directory;  // "": <astspooldir>/skype
  std::string default_user;
  bool debug = false;
  Ipv4Address bind_address = Ipv4Address::Any();
  Ipv4Address rtp_address = Ipv4Address::Loopback();
  uint16_t bind_port = 0;
  bool disable_tcpauto = false;
  bool disable_udp = false;
  Proxy https_proxy;  // goes before the other
  Proxy socks5_proxy;
  // Ours, not the manual's: another network than the built-in one.
  std::vector<Endpoint> bootstrap_nodes;
  std::string network_root_key;  // bytes
};

struct UserSettings {
  std::string name;
  std::string file;  // where the section begins
  int line = 0;
  std::string secret;
  std::string context = "default";
  std::string exten;  // never empty once read: the name by default
  std::vector<std::string> codecs{"ulaw", "alaw", "g729"};
  Direction direction = Direction::kBoth;
  std::vector<AuthRule> auth_policy{AuthRule{}};
  bool autoadd_hints = false;
  bool autoadd_buddies = false;
  bool buddy_presence = true;
  std::string mohinterpret = "default";
  std::string mohsuggest;
  std::string accountcode;
  std::vector<std::string> setvar;  // "FUNCTION(args)=value"
  // What `setvar` means, each in the order of the file: topic and token of new calls, properties
  // after each login, and the lines that are the PBX's.
  PropertyValues call_properties;
  PropertyValues account_properties;
  std::vector<std::string> channel_variables;
  // Ours: chat enters the dialplan here, at `exten`. "": not at all.
  std::string message_context;

  // Those of `codecs` that a channel can carry, in order; `g729` tells whether the PBX can.
  std::vector<pbx_codec> UsableCodecs(bool g729) const;
};

struct Settings {
  GeneralSettings general;
  std::vector<UserSettings> users;  // in the order of the file

  // Names compare without regard to case. Null when there is none.
  const UserSettings* FindUser(std::string_view name) const;
};

using Complain = std::function<void(pbx_log_level, const std::string&)>;

// Reads the file. Mistakes never stop it: an unknown key and an impossible value are named with
// file and line and the default stays; a user without a secret is left out. -1 and -2 as in
// pbx_host.read_config; a reason has then been given to `complain`.
int ReadSettings(const pbx_host& host, void* pbx, const Complain& complain, Settings* settings);

const char* CodecName(pbx_codec codec);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_SETTINGS_H_
