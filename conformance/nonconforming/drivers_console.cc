// Wrong about the console: manual 4.2.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/nonconforming/drivers.h"
#include "conformance/nonconforming/text_parameter.h"
#include "conformance/nonconforming/wrapper.h"

namespace sfa::conformance {
namespace {

using Lines = std::vector<std::string>;

// Changes what one command prints.
class OutputChanged : public Spoiler {
 public:
  explicit OutputChanged(Lines command) : command_(std::move(command)) {}
  void OnConsole(const Lines& words, Lines& lines) final {
    if (words.size() < command_.size()) return;
    if (std::equal(command_.begin(), command_.end(), words.begin())) Change(lines);
  }

 protected:
  virtual void Change(Lines& lines) = 0;

 private:
  const Lines command_;
};

// Lists only users that are logged in.
class LoggedOffNotListed final : public OutputChanged {
 public:
  LoggedOffNotListed() : OutputChanged({"skype", "show", "users"}) {}

 private:
  void Change(Lines& lines) override {
    std::erase_if(lines, [](const std::string& line) {
      return line.find(": ") != std::string::npos && line.find(": Logged In") == std::string::npos;
    });
  }
};

// Shows settings as they are by default.
class SettingsOfDefaults final : public OutputChanged {
 public:
  SettingsOfDefaults() : OutputChanged({"skype", "show", "settings"}) {}

 private:
  void Change(Lines& lines) override {
    for (std::string& line : lines) {
      if (line.find("rtp_address: ") != std::string::npos) line = "  rtp_address: 0.0.0.0";
    }
  }
};

// Has no version to tell.
class VersionUnknown final : public OutputChanged {
 public:
  VersionUnknown() : OutputChanged({"skype", "show", "version"}) {}

 private:
  void Change(Lines& lines) override { lines = {"Skype For Asterisk Version: unknown"}; }
};

// Tells how many channels there are, not how many are in use.
class LicencesWithoutUse final : public OutputChanged {
 public:
  LicencesWithoutUse() : OutputChanged({"skype", "show", "licenses"}) {}

 private:
  void Change(Lines& lines) override { lines = {"licensed"}; }
};

// A Host-ID without its colons.
class HostIdInOneWord final : public OutputChanged {
 public:
  HostIdInOneWord() : OutputChanged({"skype", "show", "hostid"}) {}

 private:
  void Change(Lines& lines) override {
    const std::string_view title = "Host-ID: ";
    for (std::string& line : lines) {
      if (line.rfind(title, 0) != 0) continue;
      std::string bytes = line.substr(title.size());
      std::erase(bytes, ':');
      line = std::string(title) + bytes;
    }
  }
};

// Names without statuses.
class BuddiesWithoutStatus final : public OutputChanged {
 public:
  BuddiesWithoutStatus() : OutputChanged({"skype", "show", "buddies"}) {}

 private:
  void Change(Lines& lines) override {
    for (std::string& line : lines) line = line.substr(0, line.find(": "));
  }
};

// Leaves a line out of what it shows.
template <TextParameter kLine>
class LineMissing final : public Spoiler {
 public:
  void OnConsole(const Lines&, Lines& lines) override {
    std::erase_if(
        lines, [](const std::string& line) { return line.find(kLine.text) != std::string::npos; });
  }
};

// Shows users as they were when somebody looked first.
class UsersOfBefore final : public OutputChanged {
 public:
  UsersOfBefore() : OutputChanged({"skype", "show", "users"}) {}

 private:
  void Change(Lines& lines) override {
    if (first_.empty()) first_ = lines;
    lines = first_;
  }
  Lines first_;
};

// Says that it logs in whom nobody knows.
class LoginOfAnybody final : public OutputChanged {
 public:
  LoginOfAnybody() : OutputChanged({"skype", "login", "user"}) {}

 private:
  void Change(Lines& lines) override { lines = {"Logging in"}; }
};

// Shows the secret with a user's settings.
class SecretShown final : public Spoiler {
 public:
  bool OnConfiguration(const std::string& section, std::string& name, std::string& value) override {
    if (name == "secret") secrets_[section] = value;
    return true;
  }
  void OnConsole(const Lines& words, Lines& lines) override {
    if (words.size() == 4 && words[2] == "user" && secrets_.count(words[3]) != 0) {
      lines.push_back("  secret: " + secrets_[words[3]]);
    }
  }

 private:
  std::map<std::string, std::string> secrets_;
};

// Shows every user, whoever is asked for.
class EverybodyShown final : public Spoiler {
 public:
  bool OnConfiguration(const std::string& section, std::string& name, std::string& value) override {
    if (section != "general" && name == "context") contexts_[section] = value;
    return true;
  }
  void OnConsole(const Lines& words, Lines& lines) override {
    if (words.size() != 4 || words[1] != "show" || words[2] != "user") return;
    for (const auto& [user, context] : contexts_) {
      lines.push_back("Skype User " + user);
      lines.push_back("  context: " + context);
    }
  }

 private:
  std::map<std::string, std::string> contexts_;
};

// Logs everybody off.
class LogoffOfAll final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    const control::Command command = commands.front();
    if (command.has_login()) logins_[command.login().account()] = command;
    if (!command.has_logout()) return;
    for (const auto& [account, login] : logins_) {
      if (account == command.logout().account()) continue;
      commands.emplace_back().mutable_logout()->set_account(account);
    }
  }

 private:
  std::map<std::string, control::Command> logins_;
};

// Logs in again whoever is logged off.
class LoggedOffComesBack final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    const control::Command command = commands.front();
    if (command.has_login()) logins_[command.login().account()] = command;
    if (command.has_logout()) commands.push_back(logins_[command.logout().account()]);
  }

 private:
  std::map<std::string, control::Command> logins_;
};

// Debugging of one account is debugging of all.
class DebugOfAll final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_set_debug()) commands.front().mutable_set_debug()->clear_account();
  }
};

// The end of one account's debugging is the end of all.
class DebugEndsForAll final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    const control::Command command = commands.front();
    if (!command.has_set_debug()) return;
    debugged_.insert(command.set_debug().account());
    if (command.set_debug().on()) return;
    for (const std::string& account : debugged_) {
      commands.push_back(command);
      commands.back().mutable_set_debug()->set_account(account);
    }
  }

 private:
  std::set<std::string> debugged_;
};

// Says that it debugs, and writes nothing.
class DebugOfNothing final : public Spoiler {
 public:
  void OnEngineEvent(std::vector<control::Event>& events) override {
    if (events.front().has_debug_line()) events.clear();
  }
};

// Takes the voice engine's debugging for that of everything else.
class VoiceDebugIsDebug final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    if (commands.front().has_set_debug()) commands.front().mutable_set_debug()->set_voice(false);
  }
};

// Debugging cannot be ended.
class DebugForEver final : public Spoiler {
 public:
  void OnCommand(std::vector<control::Command>& commands) override {
    const control::Command& command = commands.front();
    if (command.has_set_debug() && !command.set_debug().on()) commands.clear();
  }
};

}  // namespace

std::vector<NonConformingDriver> WrongConsole() {
  return {
      {"logged-off-not-listed", WrappedDriver<LoggedOffNotListed>(), "console-and-events",
       "SFA-4.2.9-01"},
      {"settings-of-defaults", WrappedDriver<SettingsOfDefaults>(), "console-and-events",
       "SFA-4.2.8-01"},
      {"version-unknown", WrappedDriver<VersionUnknown>(), "console-and-events", "SFA-4.2.13-01"},
      {"licences-without-use", WrappedDriver<LicencesWithoutUse>(), "no-licence-left-incoming",
       "SFA-4.2.7-01"},
      {"logged-off-comes-back", WrappedDriver<LoggedOffComesBack>(), "account-status-events",
       "SFA-4.2.2-05"},
      {"logoff-of-all", WrappedDriver<LogoffOfAll>(), "account-status-events", "SFA-4.2.2-02"},
      {"host-id-in-one-word", WrappedDriver<HostIdInOneWord>(), "console-settings-defaults",
       "SFA-4.2.6-03"},
      {"buddies-without-status", WrappedDriver<BuddiesWithoutStatus>(), "console-buddies",
       "SFA-4.2.3-03"},
      {"login-of-anybody", WrappedDriver<LoginOfAnybody>(), "account-status-events",
       "SFA-4.2.1-03"},
      {"secret-shown", WrappedDriver<SecretShown>(), "console-users", "SFA-4.2.10-07"},
      {"everybody-shown", WrappedDriver<EverybodyShown>(), "console-users", "SFA-4.2.10-06"},
      {"debug-of-all", WrappedDriver<DebugOfAll>(), "console-debug", "SFA-4.2.5-03"},
      {"debug-ends-for-all", WrappedDriver<DebugEndsForAll>(), "console-debug", "SFA-4.2.4-03"},
      {"voice-debug-of-all", WrappedDriver<DebugOfAll>(), "console-voice-debug", "SFA-4.2.12-02"},
      {"users-of-before", WrappedDriver<UsersOfBefore>(), "console-users", "SFA-4.2.9-03"},
      {"exten-not-shown", WrappedDriver<LineMissing<"exten:">>(), "console-users", "SFA-4.2.10-01"},
      {"codecs-not-shown", WrappedDriver<LineMissing<"allow:">>(), "console-users",
       "SFA-4.2.10-02"},
      {"direction-not-shown", WrappedDriver<LineMissing<"direction:">>(), "console-users",
       "SFA-4.2.10-03"},
      {"policy-not-shown", WrappedDriver<LineMissing<"auth_policy:">>(), "console-users",
       "SFA-4.2.10-04"},
      {"music-not-shown", WrappedDriver<LineMissing<"mohsuggest:">>(), "console-users",
       "SFA-4.2.10-05"},
      {"unknown-user-not-told", WrappedDriver<LineMissing<"No user">>(), "console-buddies",
       "SFA-4.2.3-04"},
      {"voice-debug-for-ever", WrappedDriver<DebugForEver>(), "console-voice-debug",
       "SFA-4.2.11-01"},
      {"directory-not-shown", WrappedDriver<LineMissing<"engine_directory:">>(),
       "console-settings-defaults", "SFA-4.2.8-02"},
      {"no-default-user-not-shown", WrappedDriver<LineMissing<"defaultuser:">>(),
       "console-settings-defaults", "SFA-4.2.8-03"},
      {"default-user-not-shown", WrappedDriver<LineMissing<"defaultuser:">>(), "console-settings",
       "SFA-4.2.8-03"},
      {"bind-address-not-shown", WrappedDriver<LineMissing<"bind_address:">>(),
       "console-settings-defaults", "SFA-4.2.8-05"},
      {"rtp-address-not-shown", WrappedDriver<LineMissing<"rtp_address:">>(),
       "console-settings-defaults", "SFA-4.2.8-06"},
      {"udp-not-shown", WrappedDriver<LineMissing<"disable_udp:">>(), "console-settings-defaults",
       "SFA-4.2.8-09"},
      {"port-not-shown", WrappedDriver<LineMissing<"bind_port:">>(), "console-settings-defaults",
       "SFA-4.2.8-07"},
      {"module-not-shown", WrappedDriver<LineMissing<"res_skypeforasterisk:">>(), "console-users",
       "SFA-4.2.13-02"},
      {"debug-of-nothing", WrappedDriver<DebugOfNothing>(), "console-debug", "SFA-4.2.5-01"},
      {"debug-for-ever", WrappedDriver<DebugForEver>(), "console-debug", "SFA-4.2.4-01"},
      {"voice-debug-is-debug", WrappedDriver<VoiceDebugIsDebug>(), "console-voice-debug",
       "SFA-4.2.12-01"},
  };
}

}  // namespace sfa::conformance
