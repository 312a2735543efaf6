// The reference driver between a PBX and an engine that the test plays.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_DRIVER_BENCH_H_
#define REFERENCE_IMPL_CHAN_SKYPE_DRIVER_BENCH_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chan_skype/pbx_port.h"
#include "protocol/engine_control.pb.h"
#include "res_skypeforasterisk/engine_service.h"
#include "res_skypeforasterisk/fake_runtime.h"

// A Skype channel as the bench holds it.
struct pbx_channel {
  skype_call_id call = 0;
  int references = 1;
  bool hung_up = false;  // the PBX has been told that the far end is gone
};

namespace sfa::skype {

class FakeEngineService final : public res::EngineService {
 public:
  FakeEngineService(res::FakeRuntime& runtime, int channels)
      : runtime_(runtime), licenses_(channels) {}

  Runtime& runtime() override { return runtime_; }
  res::LicensePool& licenses() override { return licenses_; }
  res::LicensePool& g729_licenses() override { return licenses_; }
  // Finds what `found` says from now on.
  void ReadLicenses() override {
    read_ = found;
    if (!found.licenses.empty()) licenses_.SetTotal(found.channels);
  }
  res::LicenseReport FoundLicenses() const override { return read_; }
  void Start(const std::string& directory, res::EngineListener& listener) override {
    engine_directory = directory;
    listener_ = &listener;
    ++starts;
  }
  void Send(std::string_view command) override;
  void Stop(Task stopped) override;
  std::string version() const override { return "test"; }

  // What the engine does; the driver's posted work has run when these return.
  void Ready();
  void Say(const control::Event& event);
  void Die(const std::string& reason);
  void Account(const std::string& name, control::AccountState state,
               const std::string& reason = "");
  void Incoming(uint64_t call, const std::string& account,
                const std::vector<control::Codec>& codecs = {control::CODEC_ULAW});
  void Ringing(uint64_t call);
  void Media(uint64_t call, control::Codec codec = control::CODEC_ULAW);
  void Answered(uint64_t call);
  void Ended(uint64_t call, control::EndReason reason);

  // What the community's services do. Questions are numbered as the driver has numbered them.
  void Reply(uint64_t request, const wire::ServiceReply& reply);
  void Reply(uint64_t request, wire::ServiceResult result, const std::string& text = "");
  void News(const std::string& account, const wire::ServiceNews& news);
  void BuddyNews(const std::string& account, const std::string& buddy, wire::BuddyStatus status,
                 const std::string& mood = "");
  void ChatNews(const std::string& account, const std::string& from, const std::string& to,
                const std::string& text);
  void AskedToAuthorise(const std::string& account, const std::string& from,
                        const std::string& text);
  // Answers every open GetAccount with `account_state` and GetBuddies with `buddies`.
  void AnswerFetches();
  // The open question that was asked last; fails when there is none.
  uint64_t LastQuestion() const { return questions_.rbegin()->first; }
  bool HasQuestion() const { return !questions_.empty(); }

  wire::AccountState account_state;
  wire::BuddyList buddies;

  // Commands since the last look, as text: "login james_bond", "place 1 james_bond austin
  // ulaw,alaw", "ask james_bond add austin (please)".
  std::vector<std::string> TakeCommands();

  res::LicenseReport found;
  std::string engine_directory;
  int starts = 0;
  control::Configure configured;
  std::map<std::string, std::string> secrets;

 private:
  res::FakeRuntime& runtime_;
  res::CountingPool licenses_;
  res::LicenseReport read_;
  res::EngineListener* listener_ = nullptr;
  std::vector<std::string> commands_;
  std::map<uint64_t, control::AskService> questions_;
};

// One that is good for five channels on host 59:af, one that was cut off.
res::LicenseReport TwoLicences();

// Loads the driver with a configuration; plays the host. What the driver does to the host is
// written down in `seen`.
class DriverBench {
 public:
  // Without a configuration there is no file.
  explicit DriverBench(std::optional<std::string> configuration, int channels = 2);
  ~DriverBench();

  // The engine is up and every user of the configuration logged in, what they fetch is answered;
  // forgets what was seen.
  void LogIn();
  // Lines since the last look: "event SkypeAccountStatus Username=… Status=…", "control ringing".
  std::vector<std::string> TakeSeen();

  // The PBX's side of an outgoing call; 0 and `cause` when refused. The channel stays with the
  // bench.
  skype_call_id Dial(const std::string& address);
  void Place(skype_call_id call);
  void HangUp(skype_call_id call, pbx_cause cause = PBX_CAUSE_NONE);
  void Answer(skype_call_id call);
  std::vector<std::string> Console(const std::vector<std::string>& words);
  std::vector<std::string> Complete(const std::vector<std::string>& words,
                                    const std::string& partial);
  // A dialplan function on a channel that is no Skype channel, or on the call's.
  std::string Read(const std::string& function, const std::string& arguments,
                   skype_call_id call = 0);
  bool Write(const std::string& function, const std::string& arguments, const std::string& value,
             skype_call_id call = 0);
  // An AMI action with headers "Name: value". Its answer is in `answers` once it has come: one line
  // a message, "response Response=… Message=…" first.
  void Act(const std::string& action, const std::vector<std::string>& headers);
  // References held by the driver on channels and on the module.
  int channel_references() const;

  res::FakeRuntime runtime;
  FakeEngineService engine;
  std::optional<std::string> configuration;
  pbx_cause cause = PBX_CAUSE_NONE;
  skype_admitted admitted{};
  // When set, the next incoming calls find no extension.
  pbx_cause refuse_incoming = PBX_CAUSE_NONE;
  int module_references = 0;
  std::map<skype_call_id, std::unique_ptr<pbx_channel>> channels;
  bool can_use_g729 = false;
  bool g729_in_use = false;        // all of it: no translation is left
  std::vector<std::string> hints;  // "james_bond@austin"
  bool takes_messages = true;
  skype_channel_state* state = nullptr;  // of the channel that is no Skype channel
  std::vector<std::string> answers;
  std::vector<std::string> log;
  const skype_driver& driver = *skype_reference_driver();
  skype_core* core = nullptr;
  skype_load_result loaded;

 private:
  friend struct BenchHost;
  std::vector<std::string> seen_;
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_DRIVER_BENCH_H_
