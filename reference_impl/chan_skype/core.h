// The driver between the PBX and the engine: accounts, admission, calls, buddies, properties.
//
// Threads. Everything that talks to the engine or to the host happens on the runtime's thread,
// except the host's log, its module references and its digits. What may come from any other thread
// is under "snapshot" below; it sees accounts and calls under one short lock, which is never held
// while anything outside is called.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CORE_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CORE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "chan_skype/buddy_book.h"
#include "chan_skype/call_table.h"
#include "chan_skype/engine_link.h"
#include "chan_skype/pbx_port.h"
#include "chan_skype/presence.h"
#include "chan_skype/property_book.h"
#include "chan_skype/service_desk.h"
#include "chan_skype/settings.h"
#include "runtime/mutex.h"

namespace sfa::skype {

struct Account {
  UserSettings settings;
  control::AccountState state = control::ACCOUNT_LOGGED_OUT;
  bool announced = false;  // the last SkypeAccountStatus said Logged In
  bool debug = false;
  bool voice_debug = false;
  // Of this login; empty without one.
  PropertyBook properties;
  BuddyBook buddies;
  std::set<std::string> autoadded;  // in lower case: whom buddy_autoadd has asked
  // Not of this login only: whom buddy_autoadd will ask once the list is known, and because of
  // what.
  std::map<std::string, std::string> to_autoadd;

  bool logged_in() const { return state == control::ACCOUNT_LOGGED_IN; }
};

const char* AccountStateName(control::AccountState state);

class Core final : public std::enable_shared_from_this<Core>, private EngineEvents {
 public:
  Core(res::EngineService& service, const pbx_host& host, void* pbx, Settings settings);
  ~Core();

  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // As the operations of the same name in pbx_port.h; those that are posted there run their body
  // here, on the runtime's thread.
  int Reload();
  // False when refused. From then on no call is admitted; End() finishes.
  bool BeginUnload();
  // `ended` runs when the engine has ended; the core makes no call afterwards.
  void End(Task ended);
  void Bind(skype_call_id id, pbx_channel* channel, const pbx_address& local);
  void Place(skype_call_id id);
  void Progress(skype_call_id id);
  void Answer(skype_call_id id);
  void HangUp(skype_call_id id, pbx_cause cause);
  void Hold(skype_call_id id, bool held);
  void Transfer(skype_call_id id, const std::string& to);
  void SendText(skype_call_id id, const std::string& text);
  void StartEngine();
  // Asks the community's services for an account. `done` runs exactly once, unless the core ends
  // before, possibly inside.
  void Ask(const std::string& account, const wire::ServiceRequest& request, ServiceDone done);
  // `task` runs as soon as the account's buddies are known, or are not to be had now; possibly
  // inside.
  void WhenListed(const std::string& account, Task task);

  // Snapshot: any thread.
  Runtime& runtime() { return service_.runtime(); }
  // Runs work(core) on the runtime's thread, if there still is a core then.
  template <typename Work>
  void Post(Work work) {
    runtime().Post([weak = weak_from_this(), work = std::move(work)] {
      if (const std::shared_ptr<Core> core = weak.lock()) work(*core);
    });
  }
  void Log(pbx_log_level level, const std::string& text);

  int Request(const char* address, const pbx_codec* codecs, const skype_channel_state* requestor,
              skype_admitted* admitted, pbx_cause* cause);
  std::vector<std::string> ChannelVariables(skype_call_id id);
  void DigitBegin(skype_call_id id, char digit);
  void DigitEnd(skype_call_id id, char digit, unsigned duration_ms);
  int CallCount();
  // False: told why in the log.
  bool SendMessage(const std::string& from, const std::string& to, const std::string& body);
  pbx_device_state DeviceState(const std::string& address);
  pbx_presence PresenceState(const std::string& address);

  // What the console shows, taken at one moment.
  struct AccountView {
    UserSettings settings;
    control::AccountState state = control::ACCOUNT_LOGGED_OUT;
    bool debug = false;
    bool voice_debug = false;
  };
  struct View {
    GeneralSettings general;
    std::vector<AccountView> accounts;
    size_t calls = 0;
    std::string engine_version;  // "" while the engine is down
  };
  View Look();
  std::string ServiceVersion() const { return service_.version(); }
  const res::LicensePool& licenses() const { return licenses_; }
  // As they were found at the last load or reload.
  res::LicenseReport FoundLicenses() const { return service_.FoundLicenses(); }
  // Posts a login or a logoff of a configured user (manual 4.2.1, 4.2.2). False: no such user.
  bool PostLogin(const std::string& user);
  bool PostLogout(const std::string& user);
  // What the engine's log tells, of one user or of all (""). False: no such user.
  bool SetDebug(const std::string& user, bool voice, bool on);

  // Accounts, as functions and manager see them. A name that is no user's gives nothing.
  std::string DefaultUser();
  std::vector<std::string> AccountNames();
  std::optional<AccountView> LookAt(const std::string& account);
  std::optional<std::string> AccountProperty(const std::string& account,
                                             const std::string& property);
  // Values that CheckAccountWrite() has passed, none of them a status. They are read back at once,
  // and undone, with a warning, when the network refuses them. "", or why nothing was written.
  std::string WriteAccount(const std::string& account, const PropertyValues& values);
  struct BuddiesView {
    std::shared_ptr<const Buddies> list;  // null: see why_not
    std::string why_not;
    bool known = false;  // the list is the network's; before that it is empty
  };
  BuddiesView BuddiesOf(const std::string& account);

  // Calls, likewise.
  std::string AccountOfCall(skype_call_id id);
  std::optional<std::string> CallProperty(skype_call_id id, const std::string& property);
  bool SetCallProperty(skype_call_id id, const std::string& property, const std::string& value);

 private:
  // EngineEvents
  void OnEngineUp(const std::string& version) override;
  void OnEngineMessage(const control::Event& event) override;
  void OnEngineDown(const std::string& reason, Duration restart_after) override;

  // core_accounts.cc
  struct Changes {
    std::vector<Account> removed;  // as they were
    std::vector<UserSettings> added;
    std::vector<std::string> presence_changed;  // of those that stay
    bool restart = false;  // something changed that the engine learns only at its start
  };
  Changes TakeSettings(Settings settings);  // under mutex_
  void Apply(const Changes& changes);
  void OnAccountStatus(const control::AccountStatus& status);
  void AllLoggedOut(const std::string& reason);
  void Announce(const std::string& account, bool logged_in);
  void SendLogin(const UserSettings& user);
  void SendLogout(const std::string& user);
  void SendDebug(const std::string& user, bool voice, bool on);
  Account* FindAccount(std::string_view name);  // under mutex_

  // core_properties.cc
  void FetchProperties(const std::string& account);
  void SendProperties(const std::string& account, const PropertyValues& values, uint64_t write);
  void OnLoggedIn(const std::string& account);
  // The login is over, or the account is gone: nothing of it is known any more.
  void OnLoggedOut(const std::string& account, const std::vector<BuddyChange>& forgotten);
  void FetchAgainLater(const std::string& account);
  void FetchWhatIsMissing();

  // core_buddies.cc
  void FetchBuddies(const std::string& account);
  void FetchBuddyPage(const std::string& account, const std::string& after, int pages);
  void Publish(const std::string& account, const std::vector<BuddyChange>& changes, bool events);
  void OnListed(const std::string& account);
  void RunWaiting(const std::string& account);
  void AddHints(const std::string& account);
  void AutoAdd(const std::string& account, const std::string& buddy, const std::string& because);
  void OnNews(const control::ServiceNewsOf& news);
  void OnAuthorisationRequest(const std::string& account,
                              const wire::AuthorisationRequest& request);
  wire::BuddyStatus Watch(const PresenceAddress& address, bool* valid, std::string* mood);

  // core_messages.cc
  void OnChat(const std::string& account, const wire::ChatMessage& chat);
  void SendChat(const std::string& from, const std::string& to, const std::string& body);

  // core_calls.cc
  void OnIncomingCall(const control::IncomingCall& incoming);
  void OnRinging(uint64_t engine_id);
  void OnMedia(const control::CallMedia& media);
  void OnAnswered(uint64_t engine_id);
  void OnEnded(uint64_t engine_id, control::EndReason reason);
  void EndAllCalls();
  // Over for the network: tells the PBX, which answers with HangUp().
  void FarEnd(skype_call_id id, control::EndReason reason);
  // Over for everybody: gives everything back that the call had taken.
  void Forget(skype_call_id id);
  void SendEnd(uint64_t engine_id, control::EndReason reason);
  std::vector<pbx_codec> UsableCodecs(const UserSettings& user);

  // core_in_call.cc
  void OnProgress(uint64_t engine_id);
  void OnHeld(const control::CallHeld& held);
  void OnTransferred(const control::CallTransferred& transferred);
  void OnParty(const control::CallParty& party);

  res::EngineService& service_;
  res::LicensePool& licenses_;
  const pbx_host& host_;
  void* const pbx_;

  Mutex mutex_;
  // Under mutex_:
  GeneralSettings general_;
  std::vector<Account> accounts_;  // in the order of the file
  CallTable calls_;
  std::string engine_version_;
  bool debug_ = false;  // as the console has set it last
  bool unloading_ = false;

  // Of the runtime's thread.
  ServiceDesk desk_;
  std::unique_ptr<Timer> fetch_again_;
  bool fetch_again_soon_ = false;
  std::multimap<std::string, Task> waiting_;  // by account, for WhenListed()
  std::set<std::string> bad_hints_;           // told already
  // Last: its events use everything above.
  std::unique_ptr<EngineLink> engine_;
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_CORE_H_
