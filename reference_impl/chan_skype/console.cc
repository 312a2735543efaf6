#include "chan_skype/console.h"

#include "chan_skype/text.h"
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
  for (const Account& account : core.Look().accounts) {
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

// The line that monitoring tools read; no licence file exists whose line could precede it.
void ShowLicenses(Core& core, const Print& print) {
  const std::string total = std::to_string(core.licenses().total());
  print(std::to_string(core.licenses().in_use()) + "/" + total + " of " + total +
        " licensed channels are currently in use");
}

void NoSuchUser(const std::string& name, const Print& print) {
  print("No user " + OneLine(name) + " in chan_skype.conf; see `skype show users`");
}

void ShowUser(Core& core, const std::string& name, const Print& print) {
  for (const Account& account : core.Look().accounts) {
    const UserSettings& user = account.settings;
    if (!EqualsIgnoreCase(user.name, name)) continue;
    std::string codecs;
    for (const std::string& codec : user.codecs) codecs += (codecs.empty() ? "" : ",") + codec;
    std::string autoadd = user.autoadd_buddies ? "buddies" : "";
    if (user.autoadd_hints) autoadd += autoadd.empty() ? "hints" : ",hints";
    print("Skype User " + user.name);
    print(std::string("  status: ") + AccountStateName(account.state));
    print("  context: " + user.context);
    print("  exten: " + user.exten);
    print("  allow: " + codecs);
    print(std::string("  direction: ") + DirectionName(user.direction));
    print("  accountcode: " + user.accountcode);
    print("  buddy_autoadd: " + (autoadd.empty() ? "no" : autoadd));
    print(std::string("  buddy_presence: ") + YesNo(user.buddy_presence));
    print("  mohinterpret: " + user.mohinterpret);
    print("  mohsuggest: " + user.mohsuggest);
    return;
  }
  NoSuchUser(name, print);
}

void LoginUser(Core& core, const std::string& name, const Print& print) {
  if (core.PostLogin(name)) {
    print("Logging in user " + OneLine(name));
  } else {
    NoSuchUser(name, print);
  }
}

void LogoffUser(Core& core, const std::string& name, const Print& print) {
  if (core.PostLogout(name)) {
    print("Logging off user " + OneLine(name));
  } else {
    NoSuchUser(name, print);
  }
}

// A command: its words, "*" standing for one argument.
struct Command {
  std::vector<std::string> words;
  void (*run)(Core& core, const std::string& argument, const Print& print);
};

const std::vector<Command> Commands() {
  return {
      {{"skype", "show", "users"},
       [](Core& c, const std::string&, const Print& p) { ShowUsers(c, p); }},
      {{"skype", "show", "version"},
       [](Core& c, const std::string&, const Print& p) { ShowVersion(c, p); }},
      {{"skype", "show", "settings"},
       [](Core& c, const std::string&, const Print& p) { ShowSettings(c, p); }},
      {{"skype", "show", "licenses"},
       [](Core& c, const std::string&, const Print& p) { ShowLicenses(c, p); }},
      {{"skype", "show", "user", "*"}, ShowUser},
      {{"skype", "login", "user", "*"}, LoginUser},
      {{"skype", "logoff", "user", "*"}, LogoffUser},
  };
}

}  // namespace

bool RunConsole(Core& core, const std::vector<std::string>& words, const Print& print) {
  for (const Command& command : Commands()) {
    if (command.words.size() != words.size()) continue;
    bool matches = true;
    std::string argument;
    for (size_t i = 0; i < words.size(); ++i) {
      if (command.words[i] == "*") {
        argument = words[i];
      } else if (!EqualsIgnoreCase(command.words[i], words[i])) {
        matches = false;
      }
    }
    if (!matches) continue;
    command.run(core, argument, print);
    return true;
  }
  return false;
}

}  // namespace sfa::skype
