// The calls: the engine's events, and the PBX's operations on the runtime's thread.
#include <algorithm>
#include <optional>
#include <utility>

#include "chan_skype/causes.h"
#include "chan_skype/core.h"
#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

control::Codec ToWire(pbx_codec codec) {
  switch (codec) {
    case PBX_CODEC_ULAW:
      return control::CODEC_ULAW;
    case PBX_CODEC_ALAW:
      return control::CODEC_ALAW;
    case PBX_CODEC_G729:
      return control::CODEC_G729;
    default:
      return control::CODEC_UNSPECIFIED;
  }
}

pbx_codec FromWire(int codec) {
  switch (codec) {
    case control::CODEC_ULAW:
      return PBX_CODEC_ULAW;
    case control::CODEC_ALAW:
      return PBX_CODEC_ALAW;
    case control::CODEC_G729:
      return PBX_CODEC_G729;
    default:
      return PBX_CODEC_NONE;
  }
}

void ToWire(const pbx_address& address, control::Endpoint* endpoint) {
  endpoint->set_address(address.ipv4);
  endpoint->set_port(address.port);
}

pbx_address FromWire(const control::Endpoint& endpoint) {
  return {endpoint.address(), static_cast<uint16_t>(endpoint.port())};
}

bool IsUsable(const control::Endpoint& endpoint) {
  return endpoint.address() != 0 && endpoint.port() > 0 && endpoint.port() <= 65535;
}

// The first codec of the account that the caller offers.
pbx_codec Choose(const std::vector<pbx_codec>& usable, const control::IncomingCall& incoming) {
  for (const pbx_codec codec : usable) {
    for (const int offered : incoming.codecs()) {
      if (FromWire(offered) == codec) return codec;
    }
  }
  return PBX_CODEC_NONE;
}

// Why the PBX made no channel for an incoming call.
std::string WhyNotStarted(pbx_cause cause, const UserSettings& user) {
  if (cause == PBX_CAUSE_BEARER_NOT_AVAILABLE) {
    return "g729 is the only common codec, and codec_g729a has no licensed channel left";
  }
  return "extension " + user.exten + " in context " + user.context +
         " does not exist or Asterisk takes no more calls";
}

std::string Cut(const std::string& text) {
  return std::string(CutText(OneLine(text), peer::kMaxPropertyBytes));
}

// What is known of an incoming call and its caller.
void Describe(const control::IncomingCall& incoming, const UserSettings& user, Call& call) {
  constexpr int kMaxLanguages = 16;
  std::string languages;
  for (int i = 0; i < incoming.languages_size() && i < kMaxLanguages; ++i) {
    languages += (i > 0 ? " " : "") + std::string(CutText(OneLine(incoming.languages(i)), 16));
  }
  for (const wire::Property& property : incoming.profile()) {
    if (peer::FindProperty(property.name())) {
      call.SetProperty(property.name(), Cut(property.value()));
    }
  }
  if (!incoming.caller_fullname().empty()) {
    call.SetProperty("fullname", Cut(incoming.caller_fullname()));
  }
  if (!languages.empty()) call.SetProperty("languages", languages);
  call.SetProperty("topic", Cut(incoming.topic()));
  call.SetProperty("token", Cut(incoming.token()));
  call.SetProperty("forwarded_by", Cut(incoming.forwarded_by()));
  call.SetProperty("target_identity", Cut(incoming.target_identity()));
  for (const auto& [name, value] : user.call_properties) call.SetProperty(name, value);
}

}  // namespace

void Core::OnIncomingCall(const control::IncomingCall& incoming) {
  control::EndReason refusal = control::END_UNSPECIFIED;
  std::string why;
  skype_call_id id = 0;
  UserSettings user;
  uint32_t rtp_address = 0;
  pbx_codec codec = PBX_CODEC_NONE;
  const std::string caller(CutText(OneLine(incoming.caller()), 255));
  const std::string fullname = Cut(incoming.caller_fullname());
  // Which codecs there are is asked before the lock is taken.
  const std::optional<AccountView> view = LookAt(incoming.account());
  if (view) {
    user = view->settings;
    codec = Choose(UsableCodecs(user), incoming);
  }
  {
    MutexLock lock(mutex_);
    // The engine numbers its calls evenly; anything else would be confused with ours.
    if (incoming.call() == 0 || incoming.call() % 2 != 0 ||
        calls_.FindByEngineId(incoming.call())) {
      return;
    }
    rtp_address = general_.rtp_address.value;
    if (unloading_ || !view) {
      refusal = control::END_REJECTED;
      why = "there is no such user";
    } else if (user.direction == Direction::kOutgoing) {
      refusal = control::END_REJECTED;
      why = "the user has direction=outgoing";
    } else if (codec == PBX_CODEC_NONE) {
      refusal = control::END_NO_COMMON_CODEC;
      why = "the caller offers no codec that the user allows";
    } else if (!IsUsable(incoming.engine_rtp())) {
      refusal = control::END_NO_PATH;
      why = "the engine gave no audio address";
    } else {
      Call& call = calls_.AddIncoming(incoming.call());
      call.account = user.name;
      call.codecs = {codec};
      call.far_end = caller;
      Describe(incoming, user, call);
      id = call.id;
    }
  }
  if (id != 0 && !licenses_.Acquire()) {
    MutexLock lock(mutex_);
    calls_.Take(id);
    id = 0;
    refusal = control::END_NO_LICENSE;
    why = "all licensed channels are in use (" + std::to_string(licenses_.total()) + ")";
  }
  if (id == 0) {
    Log(PBX_LOG_WARNING, "call from " + caller + " to " + OneLine(CutText(incoming.account(), 64)) +
                             " refused: " + why);
    SendEnd(incoming.call(), refusal);
    return;
  }
  host_.module_ref(pbx_);

  std::vector<const char*> variables;
  for (const std::string& line : user.channel_variables) variables.push_back(line.c_str());
  pbx_incoming start{};
  start.call = id;
  start.account = user.name.c_str();
  start.context = user.context.c_str();
  start.exten = user.exten.c_str();
  start.caller_number = caller.c_str();
  start.caller_name = fullname.c_str();
  start.accountcode = user.accountcode.c_str();
  start.mohinterpret = user.mohinterpret.c_str();
  start.mohsuggest = user.mohsuggest.c_str();
  start.setvar = variables.data();
  start.setvar_count = variables.size();
  start.rtp_address = rtp_address;
  start.media.codec = codec;
  start.media.engine = FromWire(incoming.engine_rtp());
  pbx_address local{};
  pbx_cause cause = PBX_CAUSE_NONE;
  pbx_channel* channel = host_.channel_start(pbx_, &start, &local, &cause);
  if (!channel && cause == PBX_CAUSE_BEARER_NOT_AVAILABLE) {
    // Without G.729 there may be another codec for both.
    codec = Choose(user.UsableCodecs(false), incoming);
    start.media.codec = codec;
    if (codec != PBX_CODEC_NONE) channel = host_.channel_start(pbx_, &start, &local, &cause);
  }
  if (!channel) {
    Log(PBX_LOG_NOTICE,
        "call from " + caller + " to " + user.name + " refused: " + WhyNotStarted(cause, user));
    SendEnd(incoming.call(), RefusalOf(cause));
    Forget(id);
    return;
  }
  {
    MutexLock lock(mutex_);
    Call* call = calls_.Find(id);
    call->channel = channel;
    call->local = local;
    call->codecs = {codec};
    call->phase = CallPhase::kRinging;
  }
  control::Command command;
  command.mutable_ring_call()->set_call(incoming.call());
  command.mutable_ring_call()->set_codec(ToWire(codec));
  ToWire(local, command.mutable_ring_call()->mutable_pbx_rtp());
  engine_->Send(command);
}

void Core::Bind(skype_call_id id, pbx_channel* channel, const pbx_address& local) {
  {
    MutexLock lock(mutex_);
    Call* call = calls_.Find(id);
    if (call && !call->channel) {
      call->channel = channel;
      call->local = local;
      return;
    }
  }
  host_.channel_release(pbx_, channel);
}

void Core::Place(skype_call_id id) {
  control::Command command;
  bool placed = false;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.Find(id);
    if (!call || call->phase != CallPhase::kAdmitted || call->far_ended || !call->channel) return;
    if (engine_->up()) {
      calls_.Placed(*call);
      control::PlaceCall& place = *command.mutable_place_call();
      place.set_call(call->engine_id);
      place.set_account(call->account);
      place.set_destination(call->destination);
      for (const pbx_codec codec : call->codecs) place.add_codecs(ToWire(codec));
      ToWire(call->local, place.mutable_pbx_rtp());
      place.set_topic(call->Property("topic"));
      place.set_token(call->Property("token"));
      placed = true;
    }
  }
  if (placed) {
    engine_->Send(command);
  } else {
    FarEnd(id, control::END_NETWORK);
  }
}

void Core::Answer(skype_call_id id) {
  control::Command command;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.Find(id);
    if (!call || call->phase != CallPhase::kRinging || call->far_ended) return;
    call->phase = CallPhase::kAnswered;
    command.mutable_answer_call()->set_call(call->engine_id);
  }
  engine_->Send(command);
}

void Core::HangUp(skype_call_id id, pbx_cause cause) {
  uint64_t engine_id = 0;
  control::EndReason reason = control::END_UNSPECIFIED;
  {
    MutexLock lock(mutex_);
    const Call* call = calls_.Find(id);
    if (!call) return;
    if (!call->far_ended) engine_id = call->engine_id;
    reason = ReasonOf(cause, call->incoming, call->phase == CallPhase::kAnswered);
  }
  if (engine_id != 0) SendEnd(engine_id, reason);
  Forget(id);
}

void Core::OnRinging(uint64_t engine_id) {
  pbx_channel* channel = nullptr;
  {
    MutexLock lock(mutex_);
    const Call* call = calls_.FindByEngineId(engine_id);
    if (call && call->phase == CallPhase::kPlaced) channel = call->channel;
  }
  if (channel) host_.channel_control(pbx_, channel, PBX_CONTROL_RINGING);
}

void Core::OnMedia(const control::CallMedia& media) {
  skype_call_id id = 0;
  pbx_channel* channel = nullptr;
  const pbx_codec codec = FromWire(media.codec());
  bool usable = false;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.FindByEngineId(media.call());
    if (!call || call->incoming) return;
    id = call->id;
    channel = call->channel;
    usable = IsUsable(media.engine_rtp()) &&
             std::find(call->codecs.begin(), call->codecs.end(), codec) != call->codecs.end();
    call->has_media = call->has_media || usable;
  }
  if (!usable) {
    Log(PBX_LOG_WARNING, "call ended: the engine chose a codec that was not offered");
    SendEnd(media.call(), control::END_NO_COMMON_CODEC);
    FarEnd(id, control::END_NO_COMMON_CODEC);
    return;
  }
  const pbx_media chosen{codec, FromWire(media.engine_rtp())};
  host_.channel_media(pbx_, channel, &chosen);
}

void Core::OnAnswered(uint64_t engine_id) {
  skype_call_id id = 0;
  pbx_channel* channel = nullptr;
  bool has_media = false;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.FindByEngineId(engine_id);
    if (!call || call->phase != CallPhase::kPlaced) return;
    id = call->id;
    channel = call->channel;
    has_media = call->has_media;
    if (has_media) call->phase = CallPhase::kAnswered;
  }
  if (has_media) {
    host_.channel_control(pbx_, channel, PBX_CONTROL_ANSWERED);
  } else {
    Log(PBX_LOG_WARNING, "call ended: answered without an audio address");
    SendEnd(engine_id, control::END_NO_PATH);
    FarEnd(id, control::END_NO_PATH);
  }
}

void Core::OnEnded(uint64_t engine_id, control::EndReason reason) {
  skype_call_id id = 0;
  {
    MutexLock lock(mutex_);
    const Call* call = calls_.FindByEngineId(engine_id);
    if (!call) return;
    id = call->id;
  }
  FarEnd(id, reason);
}

void Core::EndAllCalls() {
  std::vector<skype_call_id> ids;
  {
    MutexLock lock(mutex_);
    for (const skype_call_id id : calls_.Ids()) {
      const Call* call = calls_.Find(id);
      if (call->engine_id != 0 && !call->far_ended) ids.push_back(id);
    }
  }
  for (const skype_call_id id : ids) FarEnd(id, control::END_NETWORK);
}

void Core::FarEnd(skype_call_id id, control::EndReason reason) {
  pbx_channel* channel = nullptr;
  bool transferring = false;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.Find(id);
    if (!call || call->far_ended) return;
    calls_.FarEnded(*call);
    channel = call->channel;
    transferring = std::exchange(call->transferring, false);
  }
  // Asterisk's Transfer() waits for an answer.
  if (channel && transferring) host_.channel_transferred(pbx_, channel, 0);
  if (channel) host_.channel_hangup(pbx_, channel, CauseOf(reason), WordOf(reason));
}

void Core::Forget(skype_call_id id) {
  Call call;
  {
    MutexLock lock(mutex_);
    call = calls_.Take(id);
  }
  if (call.id == 0) return;
  if (call.channel && call.transferring) host_.channel_transferred(pbx_, call.channel, 0);
  if (call.channel) host_.channel_release(pbx_, call.channel);
  licenses_.Release();
  host_.module_unref(pbx_);
}

void Core::SendEnd(uint64_t engine_id, control::EndReason reason) {
  control::Command command;
  command.mutable_end_call()->set_call(engine_id);
  command.mutable_end_call()->set_reason(reason);
  engine_->Send(command);
}

}  // namespace sfa::skype
