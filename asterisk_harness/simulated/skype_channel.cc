#include "asterisk_harness/simulated/skype_channel.h"

#include <algorithm>

#include "asterisk_harness/simulated/driver_functions.h"
#include "asterisk_harness/simulated/music_on_hold.h"
#include "asterisk_harness/simulated/text.h"
#include "asterisk_harness/simulated/variables.h"

namespace sfa::harness {

void ReleaseHandle(pbx_channel* handle) {
  if (--handle->references == 0) delete handle;
}

SkypeTech::SkypeTech(const DriverInUse& driver, skype_call_id call)
    : driver_(driver), call_(call), handle_(new pbx_channel{1, nullptr, this}) {}

Result<std::unique_ptr<SkypeTech>> SkypeTech::New(Runtime& runtime, const DriverInUse& driver,
                                                  skype_call_id call, Ipv4Address rtp_address) {
  std::unique_ptr<SkypeTech> tech(new SkypeTech(driver, call));
  Result<std::unique_ptr<RtpEndpoint>> rtp = RtpEndpoint::Open(runtime, rtp_address, *tech);
  if (!rtp.ok()) return rtp.error();
  tech->rtp_ = std::move(*rtp);
  return tech;
}

SkypeTech::~SkypeTech() {
  handle_->channel = nullptr;
  handle_->tech = nullptr;
  ReleaseHandle(handle_);
}

void SkypeTech::Attach(Channel& channel) {
  channel_ = &channel;
  handle_->channel = &channel;
}

void SkypeTech::SetTranslation(std::unique_ptr<G729Translation> translation) {
  rtp_->SetTranslation(translation.get());
  g729_ = std::move(translation);
}

void SkypeTech::SetMedia(const pbx_media& media) {
  if (media.codec != PBX_CODEC_G729) SetTranslation(nullptr);
  rtp_->SetRemote({{media.engine.ipv4}, media.engine.port}, media.codec);
}

pbx_codec SkypeTech::codec() const {
  return rtp_->codec() == PBX_CODEC_NONE ? preferred_ : rtp_->codec();
}

bool SkypeTech::Call() {
  if (driver_.core == nullptr) return false;
  driver_.table->call(driver_.core, call_);
  return true;
}

void SkypeTech::Answer() {
  if (driver_.core != nullptr) driver_.table->answer(driver_.core, call_);
}

void SkypeTech::BeHeard() {
  if (channel_ == nullptr || channel_->outgoing || heard_early_ ||
      channel_->state() == ChannelState::kUp) {
    return;
  }
  heard_early_ = true;
  if (driver_.core != nullptr && driver_.table->progress != nullptr) {
    driver_.table->progress(driver_.core, call_);
  }
}

void SkypeTech::WriteVoice(const VoiceFrame& frame) {
  BeHeard();
  rtp_->SendVoice(frame);
}

void SkypeTech::SetMusic(std::string interpret, std::string suggest) {
  interpret_ = std::move(interpret);
  suggest_ = std::move(suggest);
}

void SkypeTech::Indicate(Control control, const std::string& text, const std::string&) {
  if (channel_ == nullptr) return;
  if (control == Control::kHold || control == Control::kUnhold) {
    const bool hold = control == Control::kHold;
    if (EqualsIgnoreCase(interpret_, "passthrough")) {
      if (driver_.core != nullptr && driver_.table->hold != nullptr) {
        driver_.table->hold(driver_.core, call_, hold ? 1 : 0);
      }
    } else if (hold) {
      StartMusic(*channel_, text, interpret_);
    } else {
      StopMusic(*channel_);
    }
    return;
  }
  if (channel_->state() == ChannelState::kUp) return;
  if (control == Control::kProgress) BeHeard();
  if (control == Control::kBusy) channel_->Refuse(PBX_CAUSE_USER_BUSY);
  if (control == Control::kCongestion) channel_->Refuse(PBX_CAUSE_SWITCH_CONGESTION);
}

bool SkypeTech::SendText(const std::string& text) {
  if (driver_.core == nullptr || driver_.table->send_text == nullptr) return false;
  driver_.table->send_text(driver_.core, call_, text.c_str());
  return true;
}

bool SkypeTech::Transfer(const std::string& to) {
  if (driver_.core == nullptr || driver_.table->transfer == nullptr) return false;
  driver_.table->transfer(driver_.core, call_, to.c_str());
  return true;
}

bool SkypeTech::ReadItem(const std::string& item, std::string* value) {
  return channel_ != nullptr && item.compare(0, 6, "skype_") == 0 &&
         ReadDriverFunction(driver_, channel_, "CHANNEL", item, value);
}

bool SkypeTech::WriteItem(const std::string& item, const std::string& value) {
  return channel_ != nullptr && item.compare(0, 6, "skype_") == 0 &&
         WriteDriverFunction(driver_, channel_, "CHANNEL", item, value);
}

void SkypeTech::DigitBegin(char digit) {
  if (driver_.core != nullptr) driver_.table->digit_begin(driver_.core, call_, digit);
}

void SkypeTech::DigitEnd(char digit, int duration_ms) {
  if (driver_.core != nullptr) {
    driver_.table->digit_end(driver_.core, call_, digit, static_cast<unsigned>(duration_ms));
  }
}

void SkypeTech::Hangup(int cause) {
  handle_->channel = nullptr;
  handle_->tech = nullptr;
  channel_ = nullptr;
  SetTranslation(nullptr);
  if (driver_.core != nullptr && !abandoned_) {
    driver_.table->hangup(driver_.core, call_, static_cast<pbx_cause>(cause));
  }
}

void SkypeTech::OnRtpVoice(const VoiceFrame& frame) {
  if (channel_ != nullptr) channel_->ReceiveVoice(frame);
}
void SkypeTech::OnRtpDigitBegin(char digit) {
  if (channel_ != nullptr) channel_->ReceiveDigitBegin(digit);
}
void SkypeTech::OnRtpDigitEnd(char digit, int duration_ms) {
  if (channel_ != nullptr) channel_->ReceiveDigitEnd(digit, duration_ms);
}

Channel* RequestSkypeChannel(PbxCore& core, const DriverInUse& driver, const std::string& address,
                             Channel* requestor, pbx_codec preferred, int* cause) {
  if (driver.core == nullptr) {
    *cause = PBX_CAUSE_NETWORK_OUT_OF_ORDER;
    return nullptr;
  }
  // The PBX converts between the two, so that both will do; the requestor's own comes first. G.729
  // only with a translation that nobody can take in between.
  const bool alaw_first = preferred == PBX_CODEC_ALAW;
  std::unique_ptr<G729Translation> translation = core.g729 ? core.g729->Take() : nullptr;
  const pbx_codec codecs[PBX_MAX_CODECS] = {
      alaw_first ? PBX_CODEC_ALAW : PBX_CODEC_ULAW, alaw_first ? PBX_CODEC_ULAW : PBX_CODEC_ALAW,
      translation ? PBX_CODEC_G729 : PBX_CODEC_NONE, PBX_CODEC_NONE};
  skype_admitted admitted{};
  pbx_cause refused = PBX_CAUSE_NONE;
  if (driver.table->request(driver.core, address.c_str(), codecs,
                            requestor == nullptr ? nullptr : requestor->driver_state.get(),
                            &admitted, &refused) != 0) {
    *cause = refused;
    return nullptr;
  }
  auto tech =
      SkypeTech::New(core.runtime(), driver, admitted.call, Ipv4Address{admitted.rtp_address});
  if (!tech.ok()) {
    core.Log("ERROR", "Skype: no RTP port: " + tech.error().message);
    driver.table->hangup(driver.core, admitted.call, PBX_CAUSE_NONE);
    *cause = PBX_CAUSE_CONGESTION;
    return nullptr;
  }
  admitted.account[sizeof admitted.account - 1] = '\0';
  for (char* text : {admitted.accountcode + sizeof admitted.accountcode,
                     admitted.mohinterpret + sizeof admitted.mohinterpret,
                     admitted.mohsuggest + sizeof admitted.mohsuggest,
                     admitted.callee + sizeof admitted.callee}) {
    text[-1] = '\0';
  }
  ChannelInit init;
  init.name = std::string("Skype/") + admitted.account + "-" + core.NextSuffix("skype");
  init.linked_id = requestor == nullptr ? "" : requestor->linked_id;
  init.account_code = admitted.accountcode;
  // Whoever dials learns from here who is at the other end.
  init.caller.number = admitted.callee;
  Channel& channel = core.NewChannel(init);
  SkypeTech* const made = tech->get();
  if (admitted.codecs[0] != PBX_CODEC_NONE) made->SetPreferredCodec(admitted.codecs[0]);
  if (std::count(admitted.codecs, admitted.codecs + PBX_MAX_CODECS, PBX_CODEC_G729) > 0) {
    made->SetTranslation(std::move(translation));
  }
  made->SetMusic(admitted.mohinterpret, admitted.mohsuggest);
  channel.SetTech(std::move(*tech));
  made->Attach(channel);
  ++made->handle()->references;
  const Endpoint endpoint = made->rtp().local();
  const pbx_address local{endpoint.address.value, endpoint.port};
  driver.table->bind(driver.core, admitted.call, made->handle(), &local);
  if (driver.table->each_setvar != nullptr) {
    driver.table->each_setvar(
        driver.core, admitted.call,
        [](void* context, const char* assignment) {
          Channel& called = *static_cast<Channel*>(context);
          AssignVariable(called.core(), called, assignment);
        },
        &channel);
  }
  return &channel;
}

pbx_channel* StartSkypeChannel(PbxCore& core, const DriverInUse& driver,
                               const pbx_incoming& incoming, pbx_address* local, pbx_cause* cause) {
  const std::string number = incoming.caller_number == nullptr ? "" : incoming.caller_number;
  if (core.stopping()) {
    *cause = PBX_CAUSE_CONGESTION;
    return nullptr;
  }
  if (core.dialplan.Find(incoming.context, incoming.exten, 1, number) == nullptr) {
    core.Log("NOTICE", std::string("Call from '") + number + "' to extension '" + incoming.exten +
                           "' rejected because extension not found in context '" +
                           incoming.context + "'.");
    *cause = PBX_CAUSE_UNALLOCATED;
    return nullptr;
  }
  std::unique_ptr<G729Translation> translation;
  if (incoming.media.codec == PBX_CODEC_G729) {
    translation = core.g729 ? core.g729->Take() : nullptr;
    *cause = PBX_CAUSE_BEARER_NOT_AVAILABLE;
    if (!translation) return nullptr;
  }
  auto tech =
      SkypeTech::New(core.runtime(), driver, incoming.call, Ipv4Address{incoming.rtp_address});
  if (!tech.ok()) {
    core.Log("ERROR", "Skype: no RTP port: " + tech.error().message);
    *cause = PBX_CAUSE_CONGESTION;
    return nullptr;
  }
  SkypeTech* const made = tech->get();
  made->SetTranslation(std::move(translation));
  made->SetMedia(incoming.media);
  made->SetMusic(incoming.mohinterpret == nullptr ? "" : incoming.mohinterpret,
                 incoming.mohsuggest == nullptr ? "" : incoming.mohsuggest);
  ChannelInit init;
  init.name = std::string("Skype/") + incoming.account + "-" + core.NextSuffix("skype");
  init.state = ChannelState::kRing;
  init.caller = {number, incoming.caller_name == nullptr ? "" : incoming.caller_name};
  init.context = incoming.context;
  init.exten = incoming.exten;
  init.account_code = incoming.accountcode == nullptr ? "" : incoming.accountcode;
  Channel& channel = core.NewChannel(init);
  channel.SetTech(std::move(*tech));
  pbx_channel* const handle = made->handle();
  ++handle->references;
  made->Attach(channel);
  for (size_t i = 0; i < incoming.setvar_count; ++i) {
    AssignVariable(core, channel, incoming.setvar[i]);
  }
  // A channel refused here is none that the driver knows.
  if (core.StartThread(channel) != ThreadStart::kStarted) {
    channel.hangup_cause = PBX_CAUSE_CONGESTION;
    made->Abandon();
    core.HangupChannel(channel);
    ReleaseHandle(handle);
    *cause = PBX_CAUSE_CONGESTION;
    return nullptr;
  }
  const Endpoint endpoint = made->rtp().local();
  *local = {endpoint.address.value, endpoint.port};
  return handle;
}

}  // namespace sfa::harness
