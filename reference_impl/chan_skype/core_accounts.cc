// The accounts: what the engine is told of them, and what it tells.
#include <algorithm>
#include <utility>

#include "chan_skype/core.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

// What the engine learns in Configure, which it takes only once.
bool SameForEngine(const GeneralSettings& a, const GeneralSettings& b) {
  return a.bind_address == b.bind_address && a.bind_port == b.bind_port && a.debug == b.debug &&
         a.data_directory == b.data_directory && a.bootstrap_nodes == b.bootstrap_nodes &&
         a.network_root_key == b.network_root_key && a.https_proxy == b.https_proxy &&
         a.socks5_proxy == b.socks5_proxy;
}

control::Endpoint ToControl(const Endpoint& endpoint) {
  control::Endpoint message;
  message.set_address(endpoint.address.value);
  message.set_port(endpoint.port);
  return message;
}

void Configure(const GeneralSettings& general, control::Configure& configure) {
  configure.set_version(res::kControlProtocolVersion);
  configure.set_bind_address(general.bind_address.value);
  configure.set_bind_port(general.bind_port);
  configure.set_rtp_address(general.rtp_address.value);
  configure.set_disable_tcpauto(general.disable_tcpauto);
  configure.set_disable_udp(general.disable_udp);
  configure.set_data_directory(general.data_directory);
  for (const Endpoint& node : general.bootstrap_nodes) {
    *configure.add_bootstrap_nodes() = ToControl(node);
  }
  configure.set_network_root_key(general.network_root_key);
  const bool socks5 = general.https_proxy.server.empty();
  const Proxy& proxy = socks5 ? general.socks5_proxy : general.https_proxy;
  if (const auto server = Endpoint::Parse(proxy.server)) {
    control::Proxy& message = *configure.mutable_proxy();
    message.set_socks5(socks5);
    *message.mutable_server() = ToControl(*server);
    message.set_user(proxy.user);
    message.set_password(proxy.password);
  }
}

}  // namespace

const char* AccountStateName(control::AccountState state) {
  switch (state) {
    case control::ACCOUNT_LOGGED_OUT_PASSWORD_SAVED:
      return "Logged Out and Password Saved";
    case control::ACCOUNT_CONNECTING_TO_P2P:
      return "Connecting to P2P Network";
    case control::ACCOUNT_CONNECTING_TO_SERVER:
      return "Connecting to Server";
    case control::ACCOUNT_LOGGING_IN:
      return "Logging In";
    case control::ACCOUNT_INITIALIZING:
      return "Initializing";
    case control::ACCOUNT_LOGGED_IN:
      return "Logged In";
    case control::ACCOUNT_LOGGING_OUT:
      return "Logging Out";
    default:
      return "Logged Out";
  }
}

int Core::Reload() {
  const Complain complain = [this](pbx_log_level level, const std::string& text) {
    Log(level, text);
  };
  Settings settings;
  if (ReadSettings(host_, pbx_, complain, &settings) != 0) return -1;
  if (settings.general.data_directory.empty()) {
    settings.general.data_directory =
        std::string(host_.directory(pbx_, PBX_DIRECTORY_SPOOL)) + "/skype";
  }
  Changes changes;
  size_t calls = 0;
  {
    MutexLock lock(mutex_);
    calls = calls_.size();
    if (calls == 0 && !unloading_) changes = TakeSettings(std::move(settings));
  }
  if (calls > 0) {
    Log(PBX_LOG_WARNING, "not reloaded: Skype calls exist (" + std::to_string(calls) +
                             "); wait until they have ended");
    return -1;
  }
  Post([changes = std::move(changes)](Core& core) { core.Apply(changes); });
  return 0;
}

Core::Changes Core::TakeSettings(Settings settings) {
  // Manual 3.1: these four stay until the module is loaded anew.
  settings.general.engine_directory = general_.engine_directory;
  settings.general.disable_tcpauto = general_.disable_tcpauto;
  settings.general.disable_udp = general_.disable_udp;
  settings.general.rtp_address = general_.rtp_address;

  Changes changes;
  changes.restart = !SameForEngine(settings.general, general_);
  std::vector<Account> kept;
  for (UserSettings& user : settings.users) {
    const Account* old = FindAccount(user.name);
    Account account;
    if (old && old->settings.secret == user.secret) {
      account = *old;
      if (old->settings.buddy_presence != user.buddy_presence && old->logged_in()) {
        changes.presence_changed.push_back(user.name);
      }
    } else {
      changes.added.push_back(user);
    }
    account.settings = std::move(user);
    kept.push_back(std::move(account));
  }
  for (const Account& old : accounts_) {
    const bool stays = std::any_of(kept.begin(), kept.end(), [&](const Account& account) {
      return EqualsIgnoreCase(account.settings.name, old.settings.name) &&
             account.settings.secret == old.settings.secret;
    });
    if (!stays) changes.removed.push_back(old);
  }
  if (settings.general.debug != general_.debug) debug_ = settings.general.debug;
  general_ = std::move(settings.general);
  accounts_ = std::move(kept);
  return changes;
}

void Core::Apply(const Changes& changes) {
  service_.ReadLicenses();  // manual 2.4: a reload takes new ones into account
  for (const Account& account : changes.removed) {
    SendLogout(account.settings.name);
    BuddyBook buddies = account.buddies;
    OnLoggedOut(account.settings.name, buddies.Clear());
    if (account.announced) Announce(account.settings.name, false);
  }
  if (changes.restart || !engine_->up()) {
    AllLoggedOut("");
    std::string directory;
    {
      MutexLock lock(mutex_);
      directory = general_.engine_directory;
      engine_version_.clear();
    }
    engine_->Restart(directory);
    return;  // everybody is logged in once the engine is up
  }
  for (const UserSettings& user : changes.added) SendLogin(user);
  for (const std::string& user : changes.presence_changed) FetchBuddies(user);
  for (const std::string& user : AccountNames()) AddHints(user);
}

Account* Core::FindAccount(std::string_view name) {
  for (Account& account : accounts_) {
    if (EqualsIgnoreCase(account.settings.name, name)) return &account;
  }
  return nullptr;
}

void Core::OnEngineUp(const std::string& version) {
  control::Command command;
  std::vector<UserSettings> users;
  std::vector<std::pair<std::string, bool>> debugged;
  {
    MutexLock lock(mutex_);
    engine_version_ = OneLine(version);
    Configure(general_, *command.mutable_configure());
    command.mutable_configure()->set_debug(debug_);
    for (const Account& account : accounts_) {
      users.push_back(account.settings);
      if (account.debug) debugged.emplace_back(account.settings.name, false);
      if (account.voice_debug) debugged.emplace_back(account.settings.name, true);
    }
  }
  engine_->Send(command);
  for (const auto& [user, voice] : debugged) SendDebug(user, voice, true);
  for (const UserSettings& user : users) SendLogin(user);
}

void Core::OnEngineDown(const std::string& reason, Duration restart_after) {
  {
    MutexLock lock(mutex_);
    engine_version_.clear();
  }
  std::string text = "the Skype engine is not running: " + OneLine(reason);
  if (restart_after > Duration::zero()) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(restart_after).count();
    text += "; starting it again in " + std::to_string(seconds) + " s";
  } else {
    // Manual 3.1: a reload does not change engine_directory.
    text +=
        "; `module reload chan_skype.so` tries again, a new engine_directory takes effect when "
        "chan_skype.so is unloaded and loaded";
  }
  Log(PBX_LOG_ERROR, text);
  EndAllCalls();
  AllLoggedOut("");
}

void Core::OnAccountStatus(const control::AccountStatus& status) {
  std::string name;
  bool announce = false;
  bool was_logged_in = false;
  std::vector<BuddyChange> forgotten;
  const bool logged_in = status.state() == control::ACCOUNT_LOGGED_IN;
  {
    MutexLock lock(mutex_);
    Account* account = FindAccount(status.account());
    if (!account) return;  // removed by a reload in the meantime
    name = account->settings.name;
    was_logged_in = account->logged_in();
    account->state = status.state();
    // Logging out is still logged in; every other state than Logged In is not, or not any more.
    announce = account->announced != logged_in && status.state() != control::ACCOUNT_LOGGING_OUT;
    if (announce) account->announced = logged_in;
    if (was_logged_in && !logged_in) forgotten = account->buddies.Clear();
  }
  if (!logged_in && !status.reason().empty()) {
    Log(PBX_LOG_WARNING, "user " + name + " is " + AccountStateName(status.state()) + ": " +
                             OneLine(CutText(status.reason(), 512)));
  }
  if (was_logged_in && !logged_in) OnLoggedOut(name, forgotten);
  if (announce) Announce(name, logged_in);
  if (!was_logged_in && logged_in) OnLoggedIn(name);
}

void Core::AllLoggedOut(const std::string& reason) {
  struct Gone {
    std::string name;
    bool was_logged_in;
    bool announced;
    std::vector<BuddyChange> forgotten;
  };
  std::vector<Gone> gone;
  {
    MutexLock lock(mutex_);
    for (Account& account : accounts_) {
      gone.push_back({account.settings.name, account.logged_in(),
                      std::exchange(account.announced, false), account.buddies.Clear()});
      account.state = control::ACCOUNT_LOGGED_OUT;
    }
  }
  if (!reason.empty()) Log(PBX_LOG_NOTICE, reason);
  for (const Gone& account : gone) {
    if (account.was_logged_in) OnLoggedOut(account.name, account.forgotten);
    if (account.announced) Announce(account.name, false);
  }
}

// Manual 4.1.1.
void Core::Announce(const std::string& account, bool logged_in) {
  const pbx_header headers[] = {{"Username", account.c_str()},
                                {"Status", logged_in ? "Logged In" : "Logged Out"}};
  host_.manager_event(pbx_, "SkypeAccountStatus", headers, 2);
}

void Core::SendLogin(const UserSettings& user) {
  control::Command command;
  command.mutable_login()->set_account(user.name);
  command.mutable_login()->set_secret(user.secret);
  engine_->Send(command);
}

void Core::SendLogout(const std::string& user) {
  control::Command command;
  command.mutable_logout()->set_account(user);
  engine_->Send(command);
}

void Core::SendDebug(const std::string& user, bool voice, bool on) {
  control::Command command;
  command.mutable_set_debug()->set_account(user);
  command.mutable_set_debug()->set_voice(voice);
  command.mutable_set_debug()->set_on(on);
  engine_->Send(command);
}

bool Core::PostLogin(const std::string& user) {
  const std::optional<AccountView> account = LookAt(user);
  if (!account) return false;
  Post([settings = account->settings](Core& core) { core.SendLogin(settings); });
  return true;
}

bool Core::PostLogout(const std::string& user) {
  const std::optional<AccountView> account = LookAt(user);
  if (!account) return false;
  Post([name = account->settings.name](Core& core) { core.SendLogout(name); });
  return true;
}

bool Core::SetDebug(const std::string& user, bool voice, bool on) {
  std::string name;
  {
    MutexLock lock(mutex_);
    if (user.empty()) {
      debug_ = on;
    } else {
      Account* account = FindAccount(user);
      if (!account) return false;
      name = account->settings.name;
      (voice ? account->voice_debug : account->debug) = on;
    }
  }
  Post([name, voice, on](Core& core) { core.SendDebug(name, voice, on); });
  return true;
}

}  // namespace sfa::skype
