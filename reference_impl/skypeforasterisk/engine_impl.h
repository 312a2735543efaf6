// The engine itself: obeys commands, keeps accounts and calls, tells the driver.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_IMPL_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_IMPL_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/engine_control.pb.h"
#include "protocol/peer/port_share.h"
#include "protocol/proxy/proxied_runtime.h"
#include "res_skypeforasterisk/control_stream.h"
#include "skypeforasterisk/account.h"
#include "skypeforasterisk/database.h"
#include "skypeforasterisk/engine_call.h"
#include "skypeforasterisk/network_factory.h"
#include "skypeforasterisk/verbosity.h"

namespace sfa::engine {

class EngineImpl final : public Engine,
                         private StreamHandler,
                         private AccountObserver,
                         private EngineCallObserver {
 public:
  EngineImpl(NetworkFactory network, Runtime& runtime, std::unique_ptr<ByteStream> control,
             std::function<void(int status)> exit, int pid);
  ~EngineImpl() override;

 private:
  using Reason = peer::EndReason;

  // The control stream.
  void OnData(std::span<const uint8_t> bytes) override;
  void OnWritable() override;
  void OnEndOfStream() override;
  void OnError(const Error& error) override;
  void Obey(const std::string& message);
  void Tell(const control::Event& event);
  void Broken(const std::string& what);
  // Everything out, then `status`, within a bound.
  void Leave(int status);
  void LeaveWhenDone();

  void OnConfigure(const control::Configure& configure);
  void OpenMediaPort(const control::Configure& configure);
  // What the network's half of the engine lives on.
  Runtime& network_runtime() { return proxied_ ? *proxied_ : runtime_; }
  void OnLogin(const control::Login& login);
  void OnLogout(const control::Logout& logout);
  void OnPlaceCall(const control::PlaceCall& place);
  void OnRingCall(const control::RingCall& ring);
  void OnProgressCall(const control::ProgressCall& progress);
  void OnEndCall(const control::EndCall& end);
  void OnAskService(const control::AskService& ask);
  void OnHoldCall(const control::HoldCall& hold);
  void OnTransferCall(const control::TransferCall& transfer);
  void OnSetDebug(const control::SetDebug& set);

  void OnAccountState(Account& account, peer::LoginState state, const std::string& reason) override;
  void OnIncomingCall(Account& account, std::unique_ptr<peer::Call> call) override;
  void OnNews(Account& account, const wire::ServiceNews& news) override;
  void OnCallRinging(EngineCall& call) override;
  void OnCallMedia(EngineCall& call) override;
  void OnCallProgress(EngineCall& call) override;
  void OnCallParty(EngineCall& call, const std::string& name) override;
  void OnCallHeld(EngineCall& call, bool held) override;
  void OnCallTransferred(EngineCall& call, bool done, Reason reason) override;
  void OnCallAnswered(EngineCall& call) override;
  void OnCallEnded(EngineCall& call, Reason reason) override;

  EngineCall* Find(uint64_t call);
  void EndCallsOf(const std::string& account);
  void ForgetCallsOf(const std::string& account);
  // Asks what the account may see of `name`; `done` runs once, perhaps at once.
  void AskProfile(Account& account, const std::string& name, peer::Peer::ServiceDone done);
  // The driver learns of a call that has come in.
  void TellArrival(uint64_t call, const wire::Profile& caller);
  // Of a call that is over: whatever the driver waits for still.
  void TellOver(const EngineCall& call, control::EndReason reason);
  void TellTransferred(uint64_t call, bool done, control::EndReason reason);
  void TellParty(uint64_t call, const std::string& name, const std::string& fullname);
  void Refuse(uint64_t call, control::EndReason reason, const std::string& why);
  void TellState(const std::string& account, peer::LoginState state, const std::string& reason);
  void TellEnded(uint64_t call, control::EndReason reason);
  void LogQuality(const EngineCall& call, bool voice);
  void LogVoices();
  // Into our log, and to the driver for the PBX's, which is where who debugs looks.
  void TellDebug(const std::string& account, bool voice, const std::string& text);
  // A step of signalling, for who debugs that account.
  void Debug(const std::string& account, const std::string& step) {
    if (verbosity_.debugs(account)) TellDebug(account, false, step);
  }
  void Debug(const EngineCall& call, const std::string& step) {
    Debug(call.account(), "call " + std::to_string(call.id()) + ": " + step);
  }
  void Log(LogLevel level, const std::string& message) {
    runtime_.log().Write(level, "engine", message);
  }

  const NetworkFactory network_;
  Runtime& runtime_;
  std::unique_ptr<ByteStream> control_;
  const std::function<void(int status)> exit_;
  res::MessageCutter cutter_;
  res::MessageWriter writer_;

  bool configured_ = false;
  Verbosity verbosity_;
  std::unique_ptr<Timer> voice_log_;
  bool driver_gone_ = false;
  bool leaving_ = false;
  bool left_ = false;
  int status_ = 0;
  std::unique_ptr<Timer> leave_;

  std::unique_ptr<Database> database_;  // none: nothing is kept
  Ipv4Address rtp_address_;
  std::optional<proxy::ProxiedRuntime> proxied_;  // before what is made from it
  peer::NetworkSettings network_settings_;
  RtpPorts rtp_ports_;
  std::unique_ptr<path::MediaPort> port_;
  std::shared_ptr<peer::PortShare> share_;  // of all accounts; goes before the port
  std::string no_port_reason_;              // why port_ is null
  // Calls before accounts before the port: destroyed in this order.
  std::map<std::string, std::unique_ptr<Account>> accounts_;
  std::map<uint64_t, std::unique_ptr<EngineCall>> calls_;
  uint64_t next_incoming_ = 2;
  // Calls of which the driver does not know yet, because the caller's profile is being asked for.
  struct Arrival {
    control::Event event;
    std::unique_ptr<Timer> patience;
  };
  std::map<uint64_t, Arrival> arrivals_;
};

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_IMPL_H_
