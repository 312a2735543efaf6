#include "asterisk_harness/simulated/local_channel.h"

#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/dial.h"
#include "asterisk_harness/simulated/g729_codec.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

enum class Half { kDialled, kInDialplan };

// One half. What is done to it happens to the other one.
class LocalHalf final : public ChannelTech {
 public:
  LocalHalf(Channel& self, pbx_codec codec, Half half) : self_(self), codec_(codec), half_(half) {}

  void Join(LocalHalf* other) { other_ = other; }
  Channel& self() { return self_; }

  const char* type() const override { return "Local"; }
  pbx_codec codec() const override { return codec_; }

  bool Call() override {
    if (other_ == nullptr) return false;
    Channel& second = other_->self_;
    PbxCore& core = self_.core();
    second.caller = self_.connected;
    second.connected = self_.caller;
    second.linked_id = self_.linked_id;
    InheritVariables(self_, &second, core);
    for (const auto& [name, value] : self_.variables.all()) {
      if (second.variables.Find(name) == nullptr) core.SetVariable(&second, name, value);
    }
    if (core.dialplan.Find(second.context, second.exten, 1, second.caller.number) == nullptr) {
      core.Log("NOTICE", "No such extension/context " + second.exten + "@" + second.context +
                             " while calling Local channel");
      self_.hangup_cause = PBX_CAUSE_NO_ROUTE_DESTINATION;
      return false;
    }
    Headers headers = ChannelHeaders(self_, "LocalOne");
    Append(&headers, ChannelHeaders(second, "LocalTwo"));
    headers.emplace_back("Context", second.context);
    headers.emplace_back("Exten", second.exten);
    headers.emplace_back("LocalOptimization", "No");
    core.manager().Emit("LocalBridge", kClassCall, std::move(headers));
    if (core.StartThread(second) != ThreadStart::kStarted) {
      self_.hangup_cause = PBX_CAUSE_CONGESTION;
      return false;
    }
    return true;
  }

  void Answer() override {
    if (other_ != nullptr) other_->self_.QueueControl(Control::kAnswer);
  }
  void Indicate(Control control, const std::string& text, const std::string& name) override {
    if (other_ == nullptr) return;
    Channel& other = other_->self_;
    if (control == Control::kConnectedLine) other.NoteCaller({text, name});
    other.QueueControl(control, text, name);
  }
  bool SendText(const std::string& text) override {
    if (other_ != nullptr) other_->self_.QueueText(text);
    return true;
  }
  void WriteVoice(const VoiceFrame& frame) override {
    if (other_ == nullptr) return;
    if (codec_ == PBX_CODEC_G729) return WriteCoded(frame);
    other_->self_.ReceiveVoice(frame);
  }
  void DigitBegin(char digit) override {
    if (other_ != nullptr) other_->self_.ReceiveDigitBegin(digit);
  }
  void DigitEnd(char digit, int duration_ms) override {
    if (other_ != nullptr) other_->self_.ReceiveDigitEnd(digit, duration_ms);
  }

  void Hangup(int cause) override {
    LocalHalf* const other = std::exchange(other_, nullptr);
    if (other == nullptr) return;
    other->other_ = nullptr;
    // How the call of the one in the dialplan ended is known to whoever dialled it.
    const std::string* const status = self_.variables.Find("DIALSTATUS");
    if (half_ == Half::kInDialplan && status != nullptr) {
      self_.core().SetVariable(&other->self_, "CHANLOCALSTATUS", *status);
    }
    // A second half whose dialplan was never started has nobody else to end it.
    if (other->self_.outgoing || other->self_.has_thread) {
      other->self_.QueueHangup(cause);
    } else {
      self_.core().HangupChannel(other->self_);
    }
  }

 private:
  // One that was asked for in G.729 has its voice in that on the way from half to half.
  void WriteCoded(const VoiceFrame& frame) {
    if (!g729_ && self_.core().g729 != nullptr) g729_ = self_.core().g729->Take();
    if (!g729_) return;
    VoiceFrame coded = frame;
    coded.codec = PBX_CODEC_ULAW;
    coded.payload = g729_->DecodeToUlaw(g729_->Encode(frame));
    if (!coded.payload.empty()) other_->self_.ReceiveVoice(coded);
  }

  Channel& self_;
  const pbx_codec codec_;
  const Half half_;
  LocalHalf* other_ = nullptr;
  std::unique_ptr<G729Translation> g729_;
};

Channel* RequestLocal(PbxCore& core, const std::string& address, Channel* requestor,
                      pbx_codec preferred, int* cause) {
  std::string place = Split(address, '/')[0];
  std::string exten = place, context = "default";
  if (const size_t at = place.find('@'); at != std::string::npos) {
    exten = place.substr(0, at);
    context = place.substr(at + 1);
  } else {
    place += "@default";
  }
  if (exten.empty()) {
    *cause = PBX_CAUSE_NO_ROUTE_DESTINATION;
    return nullptr;
  }
  const std::string name = "Local/" + place + "-" + core.NextSuffix("local");
  ChannelInit init;
  init.context = context;
  init.exten = exten;
  init.linked_id = requestor == nullptr ? "" : requestor->linked_id;
  init.name = name + ";1";
  Channel& first = core.NewChannel(init);
  init.name = name + ";2";
  init.state = ChannelState::kRing;
  init.linked_id = first.linked_id;
  Channel& second = core.NewChannel(init);
  const pbx_codec codec = preferred == PBX_CODEC_NONE ? PBX_CODEC_ULAW : preferred;
  auto one = std::make_unique<LocalHalf>(first, codec, Half::kDialled);
  auto two = std::make_unique<LocalHalf>(second, codec, Half::kInDialplan);
  one->Join(two.get());
  two->Join(one.get());
  first.outgoing = true;
  first.SetTech(std::move(one));
  second.SetTech(std::move(two));
  return &first;
}

}  // namespace

void RegisterLocalTechnology(PbxCore& core) {
  core.RegisterTechnology("Local", [&core](const std::string& address, Channel* requestor,
                                           pbx_codec preferred, int* cause) {
    return RequestLocal(core, address, requestor, preferred, cause);
  });
}

}  // namespace sfa::harness
