#include "chan_skype/options.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

bool SetYesNo(bool& target, std::string_view value) {
  const std::optional<bool> parsed = ParseYesNo(value);
  if (parsed) target = *parsed;
  return parsed.has_value();
}

bool SetAddress(Ipv4Address& target, std::string_view value) {
  const std::optional<Ipv4Address> parsed = Ipv4Address::Parse(value);
  if (parsed) target = *parsed;
  return parsed.has_value();
}

bool SetPort(uint16_t& target, std::string_view value) {
  if (value.empty() || value.size() > 5) return false;
  unsigned port = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  if (port > 65535) return false;
  target = static_cast<uint16_t>(port);
  return true;
}

bool SetText(std::string& target, std::string_view value) {
  target = std::string(value);
  return true;
}

bool SetProxyServer(std::string& target, std::string_view value) {
  const std::optional<Endpoint> server = Endpoint::Parse(value);
  if (!value.empty() && (!server || server->port == 0)) return false;
  return SetText(target, value);
}

// What SOCKS and a line of HTTP can carry.
bool SetProxyText(std::string& target, std::string_view value) {
  constexpr size_t kMost = 255;  // RFC 1929 section 2
  return value.size() <= kMost && SetText(target, value);
}

bool SetDirectory(std::string& target, std::string_view value) {
  if (value.empty() || value.front() != '/') return false;
  while (value.size() > 1 && value.back() == '/') value.remove_suffix(1);
  target = std::string(value);
  return true;
}

bool AddBootstrapNode(GeneralSettings& general, std::string_view value) {
  const std::optional<Endpoint> node = Endpoint::Parse(value);
  if (!node || general.bootstrap_nodes.size() >= 64) return false;
  general.bootstrap_nodes.push_back(*node);
  return true;
}

bool SetRootKey(std::string& target, std::string_view value) {
  constexpr size_t kKeyBytes = 32;  // Ed25519
  if (value.size() != 2 * kKeyBytes) return false;
  std::string key;
  int high = -1;
  for (const char c : Lower(value)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    if (high < 0) {
      high = digit;
    } else {
      key += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  target = key;
  return true;
}

bool IsCodec(std::string_view name) { return name == "ulaw" || name == "alaw" || name == "g729"; }

// The names of a codec list in lower case, `all` written out; nothing when one is unknown.
std::optional<std::vector<std::string>> ParseCodecs(std::string_view value) {
  std::vector<std::string> names;
  for (const std::string_view item : SplitList(value)) {
    const std::string name = Lower(item);
    if (name == "all") {
      names.insert(names.end(), {"ulaw", "alaw", "g729"});
    } else if (IsCodec(name)) {
      names.push_back(name);
    } else {
      return std::nullopt;
    }
  }
  if (names.empty()) return std::nullopt;
  return names;
}

bool Disallow(UserDraft& user, std::string_view value) {
  const auto names = ParseCodecs(value);
  if (!names) return false;
  auto& codecs = user.settings.codecs;
  for (const std::string& name : *names) {
    codecs.erase(std::remove(codecs.begin(), codecs.end(), name), codecs.end());
  }
  user.codecs_named = true;
  return true;
}

// `disallow` is `all` by default, so the first `allow` of a section begins an empty list.
bool Allow(UserDraft& user, std::string_view value) {
  const auto names = ParseCodecs(value);
  if (!names) return false;
  auto& codecs = user.settings.codecs;
  if (!user.codecs_named) codecs.clear();
  for (const std::string& name : *names) {
    if (std::find(codecs.begin(), codecs.end(), name) == codecs.end()) codecs.push_back(name);
  }
  user.codecs_named = true;
  return true;
}

bool SetDirection(UserDraft& user, std::string_view value) {
  if (EqualsIgnoreCase(value, "both")) {
    user.settings.direction = Direction::kBoth;
  } else if (EqualsIgnoreCase(value, "incoming")) {
    user.settings.direction = Direction::kIncoming;
  } else if (EqualsIgnoreCase(value, "outgoing")) {
    user.settings.direction = Direction::kOutgoing;
  } else {
    return false;
  }
  return true;
}

std::optional<AuthRule> ParseAuthRule(std::string_view item) {
  if (EqualsIgnoreCase(item, "accept")) return AuthRule{AuthPolicy::kAccept, ""};
  if (EqualsIgnoreCase(item, "deny")) return AuthRule{AuthPolicy::kDeny, ""};
  if (EqualsIgnoreCase(item, "block")) return AuthRule{AuthPolicy::kBlock, ""};
  if (EqualsIgnoreCase(item, "ignore")) return AuthRule{AuthPolicy::kIgnore, ""};
  constexpr std::string_view kAccept = "accept.";
  if (item.size() <= kAccept.size()) return std::nullopt;
  if (!EqualsIgnoreCase(item.substr(0, kAccept.size()), kAccept)) return std::nullopt;
  return AuthRule{AuthPolicy::kAcceptWithPassword, std::string(Trim(item.substr(kAccept.size())))};
}

constexpr size_t kMaxRules = 64;

bool SetAuthPolicy(UserDraft& user, std::string_view value) {
  std::vector<AuthRule> rules;
  for (const std::string_view item : SplitList(value)) {
    const std::optional<AuthRule> rule = ParseAuthRule(item);
    if (!rule) return false;
    rules.push_back(*rule);
  }
  if (rules.empty() || rules.size() > kMaxRules) return false;
  auto& policy = user.settings.auth_policy;
  // The default goes with the first line; further lines are appended.
  if (!std::exchange(user.policy_named, true)) policy.clear();
  if (policy.size() + rules.size() > kMaxRules) return false;
  policy.insert(policy.end(), rules.begin(), rules.end());
  return true;
}

bool SetAutoadd(UserDraft& user, std::string_view value) {
  bool hints = false;
  bool buddies = false;
  const std::vector<std::string_view> items = SplitList(value);
  for (const std::string_view item : items) {
    if (EqualsIgnoreCase(item, "hints")) {
      hints = true;
    } else if (EqualsIgnoreCase(item, "buddies")) {
      buddies = true;
    } else if (items.size() != 1 || ParseYesNo(item).value_or(true)) {
      return false;
    }
  }
  if (items.empty()) return false;
  user.settings.autoadd_hints = hints;
  user.settings.autoadd_buddies = buddies;
  return true;
}

bool AddSetvar(UserDraft& user, std::string_view value) {
  if (value.empty() || user.settings.setvar.size() >= 64) return false;
  user.settings.setvar.emplace_back(value);
  return true;
}

// skype_admitted holds 63 characters of an account code and 79 of a music class; contexts and
// extensions have 79 in Asterisk too.
constexpr size_t kMaxAccountcode = 63;
constexpr size_t kMaxClass = 79;

bool SetShort(std::string& target, std::string_view value, size_t longest) {
  return value.size() <= longest && SetText(target, value);
}

bool SetNeeded(std::string& target, std::string_view value) {
  return !value.empty() && SetShort(target, value, kMaxClass);
}

// What people write for an option of another name.
struct OtherName {
  const char* written;  // without underscores and hyphens
  const char* meant;
};
constexpr OtherName kOtherNames[] = {
    {"bindaddr", "bind_address"},
    {"bindip", "bind_address"},
    {"rtpaddr", "rtp_address"},
    {"enginedir", "engine_directory"},
    {"datadir", "data_directory"},
    {"disallowed", "disallow"},
    {"allowed", "allow"},
    {"autoadd", "buddy_autoadd"},
    {"extension", "exten"},
    {"password", "secret"},
    {"authorizationpolicy", "auth_policy"},
    {"mohclass", "mohinterpret"},
    {"musicclass", "mohinterpret"},
};

std::string WithoutDashes(std::string_view text) {
  std::string bare = Lower(text);
  bare.erase(std::remove_if(bare.begin(), bare.end(), [](char c) { return c == '_' || c == '-'; }),
             bare.end());
  return bare;
}

constexpr const char* kYesNo = "yes or no";
constexpr const char* kAddress = "an IPv4 address such as 192.0.2.1";
constexpr const char* kPort = "a TCP port from 0 (random) to 65535";
constexpr const char* kDirectory = "an absolute path";
constexpr const char* kCodecs = "a list of ulaw, alaw, g729, or all";
constexpr const char* kProxy = "an IPv4 address and a port such as 192.0.2.1:3128";
constexpr const char* kProxyText = "at most 255 bytes";

}  // namespace

const std::vector<Option<GeneralSettings>>& GeneralOptions() {
  using G = GeneralSettings;
  using V = std::string_view;
  static const std::vector<Option<G>> options{
      {"engine_directory", kDirectory,
       [](G& g, V v) { return SetDirectory(g.engine_directory, v); }},
      {"data_directory", kDirectory, [](G& g, V v) { return SetDirectory(g.data_directory, v); }},
      {"default_user", "a Skype name",
       [](G& g, V v) { return (v.empty() || IsName(v)) && SetText(g.default_user, v); }},
      {"debug", kYesNo, [](G& g, V v) { return SetYesNo(g.debug, v); }},
      {"bind_address", kAddress, [](G& g, V v) { return SetAddress(g.bind_address, v); }},
      {"rtp_address", kAddress, [](G& g, V v) { return SetAddress(g.rtp_address, v); }},
      {"bind_port", kPort, [](G& g, V v) { return SetPort(g.bind_port, v); }},
      {"disable_tcpauto", kYesNo, [](G& g, V v) { return SetYesNo(g.disable_tcpauto, v); }},
      {"disable_udp", kYesNo, [](G& g, V v) { return SetYesNo(g.disable_udp, v); }},
      {"https_proxy", kProxy, [](G& g, V v) { return SetProxyServer(g.https_proxy.server, v); }},
      {"https_proxy_user", kProxyText,
       [](G& g, V v) { return SetProxyText(g.https_proxy.user, v); }},
      {"https_proxy_password", kProxyText,
       [](G& g, V v) { return SetProxyText(g.https_proxy.password, v); }, true},
      {"socks5_proxy", kProxy, [](G& g, V v) { return SetProxyServer(g.socks5_proxy.server, v); }},
      {"socks5_proxy_user", kProxyText,
       [](G& g, V v) { return SetProxyText(g.socks5_proxy.user, v); }},
      {"socks5_proxy_password", kProxyText,
       [](G& g, V v) { return SetProxyText(g.socks5_proxy.password, v); }, true},
      {"bootstrap_node", "an address and a port such as 192.0.2.1:33033", AddBootstrapNode},
      {"network_root_key", "64 hexadecimal digits",
       [](G& g, V v) { return SetRootKey(g.network_root_key, v); }, true},
  };
  return options;
}

const std::vector<Option<UserDraft>>& UserOptions() {
  using U = UserDraft;
  using V = std::string_view;
  static const std::vector<Option<U>> options{
      {"secret", "a password in UTF-8",
       [](U& u, V v) { return IsUtf8(v) && SetText(u.settings.secret, v); }, true},
      {"context", "the name of a dialplan context",
       [](U& u, V v) { return SetNeeded(u.settings.context, v); }},
      {"exten", "an extension", [](U& u, V v) { return SetNeeded(u.settings.exten, v); }},
      {"disallow", kCodecs, Disallow},
      {"allow", kCodecs, Allow},
      {"direction", "incoming, outgoing or both", SetDirection},
      {"auth_policy", "a list of accept, accept.<password>, deny, block and ignore", SetAuthPolicy,
       true},
      {"buddy_autoadd", "no, hints, buddies, or buddies,hints", SetAutoadd},
      {"buddy_presence", kYesNo, [](U& u, V v) { return SetYesNo(u.settings.buddy_presence, v); }},
      {"mohinterpret", "a music class of at most 79 characters, or passthrough",
       [](U& u, V v) { return SetNeeded(u.settings.mohinterpret, v); }},
      {"mohsuggest", "a music class of at most 79 characters",
       [](U& u, V v) { return SetShort(u.settings.mohsuggest, v, kMaxClass); }},
      {"accountcode", "at most 63 characters",
       [](U& u, V v) { return SetShort(u.settings.accountcode, v, kMaxAccountcode); }},
      {"setvar", "at most 64 times NAME=value or FUNCTION(arguments)=value", AddSetvar},
      {"message_context", "the name of a dialplan context",
       [](U& u, V v) { return SetNeeded(u.settings.message_context, v); }},
  };
  return options;
}

std::string CanonicalOptionName(std::string_view written, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), written) != names.end()) return std::string(written);
  const std::string bare = WithoutDashes(CutText(written, 64));
  for (const std::string& name : names) {
    if (WithoutDashes(name) == bare) return name;
  }
  for (const OtherName& other : kOtherNames) {
    if (bare == other.written &&
        std::find(names.begin(), names.end(), other.meant) != names.end()) {
      return other.meant;
    }
  }
  return "";
}

}  // namespace sfa::skype
