// The driver between the PBX and the engine: accounts, admission, calls.
//
// Threads. Everything that talks to the engine or to the host happens on the runtime's thread.
// Request(), CallCount(), the digits and the console may come from any other thread; they see
// accounts and calls under one short lock, which is never held while anything outside is called.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CORE_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CORE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chan_skype/call_table.h"
#include "chan_skype/engine_link.h"
#include "chan_skype/pbx_port.h"
#include "chan_skype/settings.h"
#include "runtime/mutex.h"

namespace sfa::skype {

struct Account {
  UserSettings settings;
  control::AccountState state = control::ACCOUNT_LOGGED_OUT;
  bool announced = false;  // the last SkypeAccountStatus said Logged In
};

const char* AccountStateName(control::AccountState state);

using Print = std::function<void(const std::string& line)>;

class Core final : private EngineEvents {
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
  int Request(const char* address, const pbx_codec* codecs, skype_admitted* admitted,
              pbx_cause* cause);
  void Bind(skype_call_id id, pbx_channel* channel, const pbx_address& local);
  void Place(skype_call_id id);
  void Answer(skype_call_id id);
  void HangUp(skype_call_id id, pbx_cause cause);
  void DigitBegin(skype_call_id id, char digit);
  void DigitEnd(skype_call_id id, char digit, unsigned duration_ms);
  int CallCount();

  void StartEngine();
  Runtime& runtime() { return service_.runtime(); }

  // What the console shows, taken at one moment.
  struct View {
    GeneralSettings general;
    std::vector<Account> accounts;
    size_t calls = 0;
    std::string engine_version;  // "" while the engine is down
  };
  View Look();
  std::string ServiceVersion() const { return service_.version(); }
  const res::LicensePool& licenses() const { return licenses_; }
  // Posts a login or a logoff of a configured user (manual 4.2.1, 4.2.2). False: no such user.
  bool PostLogin(const std::string& user);
  bool PostLogout(const std::string& user);

 private:
  // EngineEvents
  void OnEngineUp(const std::string& version) override;
  void OnEngineMessage(const control::Event& event) override;
  void OnEngineDown(const std::string& reason, Duration restart_after) override;

  // core_accounts.cc
  struct Changes {
    std::vector<Account> removed;  // as they were
    std::vector<UserSettings> added;
    bool restart = false;  // something changed that the engine learns only at its start
  };
  Changes TakeSettings(Settings settings);  // under mutex_
  void Apply(const Changes& changes);
  void OnAccountStatus(const control::AccountStatus& status);
  void AllLoggedOut(const std::string& reason);
  void Announce(const std::string& account, bool logged_in);
  void SendLogin(const UserSettings& user);
  void SendLogout(const std::string& user);
  Account* FindAccount(std::string_view name);  // under mutex_

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

  void Log(pbx_log_level level, const std::string& text);

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
  bool unloading_ = false;

  // Of the runtime's thread, last: its events use everything above.
  std::unique_ptr<EngineLink> engine_;
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_CORE_H_
