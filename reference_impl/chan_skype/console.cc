#include "chan_skype/console.h"

#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"
#include "res_skypeforasterisk/version.h"

namespace sfa::skype {
namespace {

const char* YesNo(bool value) { return value ? "yes" : "no"; }

const char* DirectionName(Direction direction) {
  switch (direction) {
    case Direction::kIncoming:
      return "incoming";
    case Direction::kOutgoing:
      return "outgoing";
    default:
      return "both";
  }
}

// A heading, then one "<user>: <status>" a line: monitoring tools split at the first ": ".
void ShowUsers(Core& core, const Print& print) {
  print("Skype Users");
  for (const Core::AccountView& account : core.Look().accounts) {
    print(account.settings.name + ": " + AccountStateName(account.state));
  }
}

void ShowVersion(Core& core, const Print& print) {
  const std::string engine = core.Look().engine_version;
  print(std::string("Skype For Asterisk Version: ") + res::kVersion);
  print(std::string("chan_skype: ") + res::kVersion);
  print("res_skypeforasterisk: " + core.ServiceVersion());
  print("skypeforasterisk engine: " + (engine.empty() ? "not running" : engine));
}

void ShowSettings(Core& core, const Print& print) {
  const GeneralSettings general = core.Look().general;
  print("Skype For Asterisk Settings:");
  print("  engine_directory: " + general.engine_directory);
  print("  data_directory: " + general.data_directory);
  print("  defaultuser: " + general.default_user);
  print("  bind_address: " + general.bind_address.ToString());
  print("  bind_port: " + std::to_string(general.bind_port));
  print("  rtp_address: " + general.rtp_address.ToString());
  print("  https_proxy: " + general.https_proxy.server);
  print("  https_proxy_user: " + general.https_proxy.user);
  print(std::string("  https_proxy_password: ") +
        (general.https_proxy.password.empty() ? "" : "(set)"));
  print("  socks5_proxy: " + general.socks5_proxy.server);
  print("  socks5_proxy_user: " + general.socks5_proxy.user);
  print(std::string("  socks5_proxy_password: ") +
        (general.socks5_proxy.password.empty() ? "" : "(set)"));
  print(std::string("  disable_tcpauto: ") + YesNo(general.disable_tcpauto));
  print(std::string("  disable_udp: ") + YesNo(general.disable_udp));
  print(std::string("  debug: ") + YesNo(general.debug));
}

// One line a licence, and at the end the line that monitoring tools read.
void ShowLicenses(Core& core, const Print& print) {
  for (const res::SeenLicense& license : core.FoundLicenses().licenses) {
    std::string line = "File: " + license.file;
    if (!license.key.empty()) {
      line += " -- Key: " + license.key + " -- Host-ID: " + license.host_id +
              " -- Channels: " + std::to_string(license.channels) +
              " (Expires: " + license.expires + ")";
    }
    print(line + " (" + license.status + ")");
  }
  const std::string total = std::to_string(core.licenses().total());
  print(std::to_string(core.licenses().in_use()) + "/" + total + " of " + total +
        " licensed channels are currently in use");
}

void NoSuchUser(Core& core, const std::string& name, const Print& print) {
  print("No user " + OneLine(CutText(name, 64)) + " in chan_skype.conf" +
        DidYouMean(name, core.AccountNames()) + " (see `skype show users`)");
}

const char* PolicyName(AuthPolicy policy) {
  switch (policy) {
    case AuthPolicy::kAccept:
      return "accept";
    case AuthPolicy::kAcceptWithPassword:
      return "accept.(set)";
    case AuthPolicy::kDeny:
      return "deny";
    case AuthPolicy::kBlock:
      return "block";
    default:
      return "ignore";
  }
}

void ShowUser(Core& core, const std::string& name, const Print& print) {
  const std::optional<Core::AccountView> account = core.LookAt(name);
  if (!account) {
    NoSuchUser(core, name, print);
    return;
  }
  const UserSettings& user = account->settings;
  std::string codecs;
  for (const std::string& codec : user.codecs) codecs += (codecs.empty() ? "" : ",") + codec;
  std::string policy;
  for (const AuthRule& rule : user.auth_policy) {
    policy += std::string(policy.empty() ? "" : ",") + PolicyName(rule.policy);
  }
  std::string autoadd = user.autoadd_buddies ? "buddies" : "";
  if (user.autoadd_hints) autoadd += autoadd.empty() ? "hints" : ",hints";
  print("Skype User " + user.name);
  print(std::string("  status: ") + AccountStateName(account->state));
  print("  context: " + user.context);
  print("  exten: " + user.exten);
  print("  allow: " + codecs);
  print(std::string("  direction: ") + DirectionName(user.direction));
  print("  accountcode: " + user.accountcode);
  print("  auth_policy: " + policy);
  print("  buddy_autoadd: " + (autoadd.empty() ? "no" : autoadd));
  print(std::string("  buddy_presence: ") + YesNo(user.buddy_presence));
  print("  mohinterpret: " + user.mohinterpret);
  print("  mohsuggest: " + user.mohsuggest);
  print("  message_context: " + user.message_context);
  for (const std::string& setvar : user.setvar) print("  setvar: " + OneLine(setvar));
  print(std::string("  debug: ") + YesNo(account->debug));
  print(std::string("  vedebug: ") + YesNo(account->voice_debug));
}

// A heading, then one "<buddy>: <status>" a line, as for users.
void ShowBuddies(Core& core, const std::string& name, const Print& print) {
  const std::optional<Core::AccountView> account = core.LookAt(name);
  if (!account) {
    NoSuchUser(core, name, print);
    return;
  }
  const Core::BuddiesView view = core.BuddiesOf(name);
  if (!view.list) {
    print("No buddies: " + view.why_not);
    return;
  }
  print("Skype Buddies of " + account->settings.name + " (" + std::to_string(view.list->size()) +
        ")");
  for (const Buddy& buddy : *view.list) {
    print(OneLine(buddy.name) + ": " + std::string(peer::BuddyStatusName(buddy.status)));
  }
}

void ShowHostId(Core& core, const Print& print) {
  const std::string host_id = core.FoundLicenses().host_id;
  print("Host-ID: " + (host_id.empty() ? "none, this host has no Ethernet device" : host_id));
}

void LoginUser(Core& core, const std::string& name, const Print& print) {
  if (core.PostLogin(name)) {
    print("Logging in user " + OneLine(name));
  } else {
    NoSuchUser(core, name, print);
  }
}

void LogoffUser(Core& core, const std::string& name, const Print& print) {
  if (core.PostLogout(name)) {
    print("Logging off user " + OneLine(name));
  } else {
    NoSuchUser(core, name, print);
  }
}

void SetDebug(Core& core, const std::string& name, bool voice, bool on, const Print& print) {
  if (!core.SetDebug(name, voice, on)) {
    NoSuchUser(core, name, print);
    return;
  }
  print(std::string(voice ? "Voice Engine debugging " : "Skype debugging ") +
        (on ? "enabled" : "disabled") + (name.empty() ? "" : " for user " + OneLine(name)));
}

// Manual 4.2, in its order.
constexpr skype_console_command kCommands[] = {
    {"skype login user", "Log a Skype user in",
     "Usage: skype login user <username>\n"
     "       Logs the user of chan_skype.conf in on the Skype community.\n"},
    {"skype logoff user", "Log a Skype user off",
     "Usage: skype logoff user <username>\n"
     "       Logs the user of chan_skype.conf off the Skype community.\n"},
    {"skype show buddies", "Show the buddies of a Skype user",
     "Usage: skype show buddies <username>\n"
     "       Lists the user's buddies and their statuses.\n"},
    {"skype set debug off", "Disable Skype debugging",
     "Usage: skype set debug off [user <username>]\n"
     "       Disables debugging, of everything or of one user.\n"},
    {"skype set debug on", "Enable Skype debugging",
     "Usage: skype set debug on [user <username>]\n"
     "       Enables debugging, of everything or of one user. It is very verbose.\n"},
    {"skype show hostid", "Show the Skype for Asterisk Host-ID",
     "Usage: skype show hostid\n"
     "       Shows the Host-ID to which licences are tied.\n"},
    {"skype show licenses", "Show the Skype for Asterisk licenses",
     "Usage: skype show licenses\n"
     "       Shows the licences and how many of their channels are in use.\n"},
    {"skype show settings", "Show the global Skype for Asterisk settings",
     "Usage: skype show settings\n"
     "       Shows the section [general] of chan_skype.conf as it is in effect.\n"},
    {"skype show users", "Show the Skype users and their statuses",
     "Usage: skype show users\n"
     "       Lists the users of chan_skype.conf and whether they are logged in.\n"},
    {"skype show user", "Show the settings of a Skype user",
     "Usage: skype show user <username>\n"
     "       Shows the user's section of chan_skype.conf as it is in effect.\n"},
    {"skype set vedebug off", "Disable Voice Engine debugging of a Skype user",
     "Usage: skype set vedebug off [user] <username>\n"
     "       Disables debugging of the user's Voice Engine.\n"},
    {"skype set vedebug on", "Enable Voice Engine debugging of a Skype user",
     "Usage: skype set vedebug on [user] <username>\n"
     "       Enables debugging of the user's Voice Engine.\n"},
    {"skype show version", "Show the versions of Skype for Asterisk",
     "Usage: skype show version\n"
     "       Shows the versions of the modules and of the engine.\n"},
};

std::vector<std::string> Words(const char* text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// One command may be written in several forms.
struct Form {
  size_t command;                  // in kCommands
  std::vector<std::string> words;  // "*" is a user
  void (*run)(Core& core, const std::string& user, const Print& print);
};

std::vector<Form> Forms() {
  using C = Core;
  using S = std::string;
  using P = Print;
  // At first only what follows the command's own words.
  std::vector<Form> forms = {
      {0, {"*"}, LoginUser},
      {1, {"*"}, LogoffUser},
      {2, {"*"}, ShowBuddies},
      {3, {}, [](C& c, const S&, const P& p) { SetDebug(c, "", false, false, p); }},
      {3, {"user", "*"}, [](C& c, const S& u, const P& p) { SetDebug(c, u, false, false, p); }},
      {4, {}, [](C& c, const S&, const P& p) { SetDebug(c, "", false, true, p); }},
      {4, {"user", "*"}, [](C& c, const S& u, const P& p) { SetDebug(c, u, false, true, p); }},
      {5, {}, [](C& c, const S&, const P& p) { ShowHostId(c, p); }},
      {6, {}, [](C& c, const S&, const P& p) { ShowLicenses(c, p); }},
      {7, {}, [](C& c, const S&, const P& p) { ShowSettings(c, p); }},
      {8, {}, [](C& c, const S&, const P& p) { ShowUsers(c, p); }},
      {9, {"*"}, ShowUser},
      {10, {"user", "*"}, [](C& c, const S& u, const P& p) { SetDebug(c, u, true, false, p); }},
      {10, {"*"}, [](C& c, const S& u, const P& p) { SetDebug(c, u, true, false, p); }},
      {11, {"user", "*"}, [](C& c, const S& u, const P& p) { SetDebug(c, u, true, true, p); }},
      {11, {"*"}, [](C& c, const S& u, const P& p) { SetDebug(c, u, true, true, p); }},
      {12, {}, [](C& c, const S&, const P& p) { ShowVersion(c, p); }},
  };
  for (Form& form : forms) {
    std::vector<std::string> words = Words(kCommands[form.command].words);
    words.insert(words.end(), form.words.begin(), form.words.end());
    form.words = std::move(words);
  }
  return forms;
}

// Whether the first words of the form are those; a user may be any word, and is then `argument`.
bool Begins(const Form& form, const std::vector<std::string>& words, std::string* argument) {
  if (words.size() > form.words.size()) return false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (form.words[i] == "*") {
      *argument = words[i];
    } else if (!EqualsIgnoreCase(form.words[i], words[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

const skype_console_command* ConsoleCommands(size_t* count) {
  *count = std::size(kCommands);
  return kCommands;
}

bool RunConsole(Core& core, const std::vector<std::string>& words, const Print& print) {
  for (const Form& form : Forms()) {
    std::string argument;
    if (form.words.size() != words.size() || !Begins(form, words, &argument)) continue;
    form.run(core, argument, print);
    return true;
  }
  return false;
}

std::optional<std::string> CompleteConsole(Core& core, const std::vector<std::string>& words,
                                           const std::string& partial, size_t number) {
  std::set<std::string> candidates;
  for (const Form& form : Forms()) {
    std::string argument;
    if (form.words.size() <= words.size() || !Begins(form, words, &argument)) continue;
    const std::string& next = form.words[words.size()];
    if (next != "*") {
      candidates.insert(next);
    } else {
      for (const std::string& name : core.AccountNames()) candidates.insert(name);
    }
  }
  for (const std::string& candidate : candidates) {
    if (!EqualsIgnoreCase(candidate.substr(0, partial.size()), partial)) continue;
    if (number-- == 0) return candidate;
  }
  return std::nullopt;
}

}  // namespace sfa::skype
