// The engine's calls; accounts and the control stream are in engine.cc.
#include <iterator>

#include "protocol/peer/properties.h"
#include "protocol/peer/service_names.h"
#include "skypeforasterisk/engine_impl.h"
#include "skypeforasterisk/vocabulary.h"

namespace sfa::engine {
namespace {

// Names come from the network and from the driver; more than this is nobody's.
constexpr size_t kMaxNameBytes = 256;
// For the profile of a caller: without it the call is told all the same.
constexpr std::chrono::milliseconds kProfilePatience{1500};
constexpr std::chrono::seconds kVoiceLogInterval{5};

std::string Milliseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
         " ms";
}

}  // namespace

EngineCall* EngineImpl::Find(uint64_t id) {
  const auto found = calls_.find(id);
  const bool known = found != calls_.end() && !found->second->ending() && !arrivals_.count(id);
  return known ? found->second.get() : nullptr;
}

void EngineImpl::OnPlaceCall(const control::PlaceCall& place) {
  const uint64_t id = place.call();
  if (id % 2 == 0 || calls_.count(id) > 0) {
    return Broken("call number " + std::to_string(id) + " is not the driver's to give");
  }
  const auto account = accounts_.find(place.account());
  if (account == accounts_.end() || !account->second->logged_in()) {
    return Refuse(id, control::END_NOT_LOGGED_IN, place.account() + " is not logged in");
  }
  const std::vector<media::Codec> codecs = FromControl(place.codecs());
  if (codecs.empty()) return Refuse(id, control::END_NO_COMMON_CODEC, "no usable codec");
  const std::optional<Endpoint> pbx = FromControl(place.pbx_rtp());
  if (!pbx) return Refuse(id, control::END_NETWORK, "the PBX names no RTP address");
  if (place.destination().empty() || place.destination().size() > kMaxNameBytes) {
    return Refuse(id, control::END_UNKNOWN_USER, "no such Skype name");
  }
  auto call =
      std::make_unique<EngineCall>(id, place.account(), static_cast<EngineCallObserver&>(*this));
  const Status opened = call->OpenRtp(runtime_, rtp_ports_, rtp_address_);
  if (!opened) return Refuse(id, control::END_NETWORK, opened.error().message);
  peer::CallProperties properties;
  properties.topic = place.topic();
  properties.token = place.token();
  Debug(*call, "calls " + place.destination());
  call->Place(*account->second->peer(), place.destination(), codecs, properties, *pbx);
  calls_.emplace(id, std::move(call));
}

void EngineImpl::OnIncomingCall(Account& account, std::unique_ptr<peer::Call> network_call) {
  if (leaving_) return network_call->End(Reason::kOffline);
  Arrival arrival;
  control::IncomingCall& incoming = *arrival.event.mutable_incoming_call();
  for (const media::Codec codec : network_call->offered_codecs()) {
    incoming.add_codecs(ToControl(codec));
  }
  if (incoming.codecs_size() == 0) return network_call->End(Reason::kNoCommonCodec);
  const uint64_t id = next_incoming_;
  next_incoming_ += 2;
  auto call =
      std::make_unique<EngineCall>(id, account.name(), static_cast<EngineCallObserver&>(*this));
  const Status opened = call->OpenRtp(runtime_, rtp_ports_, rtp_address_);
  if (!opened) {
    Log(LogLevel::kError, "incoming call refused: " + opened.error().message);
    return network_call->End(Reason::kBusy);
  }
  incoming.set_call(id);
  incoming.set_account(account.name());
  incoming.set_caller(network_call->remote_user().substr(0, kMaxNameBytes));
  incoming.set_caller_fullname(network_call->remote_fullname().substr(0, kMaxNameBytes));
  *incoming.mutable_engine_rtp() = ToControl(call->rtp());
  const peer::CallProperties properties = network_call->properties();
  incoming.set_topic(properties.topic);
  incoming.set_token(properties.token);
  for (const std::string& language : properties.languages) incoming.add_languages(language);
  incoming.set_forwarded_by(properties.forwarded_by);
  incoming.set_target_identity(properties.target_identity);
  Debug(*call, "comes in from " + incoming.caller());
  const std::string caller = network_call->remote_user();
  call->Take(std::move(network_call));
  calls_.emplace(id, std::move(call));
  arrival.patience = runtime_.NewTimer([this, id] { TellArrival(id, {}); });
  arrival.patience->Start(kProfilePatience);
  arrivals_.emplace(id, std::move(arrival));
  // A telephone has no profile.
  if (peer::IsPhoneNumber(caller)) return TellArrival(id, {});
  AskProfile(account, caller,
             [this, id](const wire::ServiceReply& reply) { TellArrival(id, reply.profile()); });
}

void EngineImpl::AskProfile(Account& account, const std::string& name,
                            peer::Peer::ServiceDone done) {
  wire::ServiceRequest request;
  request.mutable_get_profile()->set_name(name);
  account.Ask(request, std::move(done));
}

void EngineImpl::TellArrival(uint64_t call, const wire::Profile& caller) {
  const auto found = arrivals_.find(call);
  if (found == arrivals_.end()) return;
  control::Event event = std::move(found->second.event);
  arrivals_.erase(found);
  control::IncomingCall& incoming = *event.mutable_incoming_call();
  if (!caller.fullname().empty()) {
    incoming.set_caller_fullname(peer::BoundedText(caller.fullname(), kMaxNameBytes));
  }
  for (const wire::Property& property : caller.properties()) {
    const bool known = peer::FindProperty(property.name()) != nullptr;
    if (known && property.value().size() <= peer::kMaxPropertyBytes) {
      *incoming.add_profile() = property;
    }
  }
  Tell(event);
}

void EngineImpl::OnRingCall(const control::RingCall& ring) {
  EngineCall* call = Find(ring.call());
  if (!call) return;
  const std::optional<media::Codec> codec = FromControl(ring.codec());
  const std::optional<Endpoint> pbx = FromControl(ring.pbx_rtp());
  if (codec && pbx && ring.call() % 2 == 0) return call->Ring(*codec, *pbx);
  Log(LogLevel::kWarning, "call " + std::to_string(ring.call()) +
                              " ended: the PBX names no usable codec or RTP address");
  TellOver(*call, control::END_NO_COMMON_CODEC);
  call->End(Reason::kNoCommonCodec);
}

void EngineImpl::OnProgressCall(const control::ProgressCall& progress) {
  EngineCall* call = Find(progress.call());
  if (!call) return;
  Debug(*call, "hears the PBX before the answer");
  call->Progress();
}

void EngineImpl::OnEndCall(const control::EndCall& end) {
  EngineCall* call = Find(end.call());
  if (!call) return;
  Debug(*call, "ended by the PBX");
  if (verbosity_.debugs(call->account())) LogQuality(*call, false);
  call->End(FromControl(end.reason()));
}

void EngineImpl::OnHoldCall(const control::HoldCall& hold) {
  EngineCall* call = Find(hold.call());
  if (!call) return;
  Debug(*call, hold.held() ? "held by the PBX" : "taken back by the PBX");
  call->Hold(hold.held());
}

void EngineImpl::OnTransferCall(const control::TransferCall& transfer) {
  EngineCall* call = Find(transfer.call());
  const bool possible = call && !call->transferring() && !transfer.to().empty() &&
                        transfer.to().size() <= kMaxNameBytes;
  if (!possible) return TellTransferred(transfer.call(), false, control::END_REJECTED);
  Debug(*call, "the far end shall call " + transfer.to());
  call->Transfer(transfer.to());
}

void EngineImpl::OnCallRinging(EngineCall& call) {
  if (call.ending()) return;
  Debug(call, "rings");
  control::Event event;
  event.mutable_call_ringing()->set_call(call.id());
  Tell(event);
}

void EngineImpl::OnCallMedia(EngineCall& call) {
  if (call.ending()) return;
  control::Event event;
  control::CallMedia& media = *event.mutable_call_media();
  media.set_call(call.id());
  media.set_codec(ToControl(call.pbx_codec()));
  *media.mutable_engine_rtp() = ToControl(call.rtp());
  Tell(event);
}

void EngineImpl::OnCallProgress(EngineCall& call) {
  if (call.ending()) return;
  Debug(call, "early media");
  control::Event event;
  event.mutable_call_progress()->set_call(call.id());
  Tell(event);
}

void EngineImpl::OnCallParty(EngineCall& call, const std::string& name) {
  if (call.ending()) return;
  const uint64_t id = call.id();
  Debug(call, name + " is at the other end");
  TellParty(id, name, "");
  const auto account = accounts_.find(call.account());
  if (peer::IsPhoneNumber(name) || account == accounts_.end()) return;
  AskProfile(*account->second, name, [this, id, name](const wire::ServiceReply& reply) {
    if (!reply.profile().fullname().empty() && Find(id)) {
      TellParty(id, name, peer::BoundedText(reply.profile().fullname(), kMaxNameBytes));
    }
  });
}

void EngineImpl::OnCallHeld(EngineCall& call, bool held) {
  if (call.ending()) return;
  Debug(call, held ? "held by the far end" : "taken back by the far end");
  control::Event event;
  event.mutable_call_held()->set_call(call.id());
  event.mutable_call_held()->set_held(held);
  Tell(event);
}

void EngineImpl::OnCallTransferred(EngineCall& call, bool done, Reason reason) {
  if (call.ending()) return;
  Debug(call, done ? "transferred" : "not transferred");
  TellTransferred(call.id(), done, ToControl(reason));
}

void EngineImpl::OnCallAnswered(EngineCall& call) {
  if (call.ending()) return;
  Debug(call, "answered");
  control::Event event;
  event.mutable_call_answered()->set_call(call.id());
  Tell(event);
}

void EngineImpl::OnCallEnded(EngineCall& call, Reason reason) {
  const uint64_t id = call.id();
  if (!call.ending()) {
    Debug(call, "ended, " + std::to_string(static_cast<int>(reason)));
    if (verbosity_.debugs(call.account())) LogQuality(call, false);
    TellOver(call, ToControl(reason));
  }
  arrivals_.erase(id);
  calls_.erase(id);
}

void EngineImpl::TellOver(const EngineCall& call, control::EndReason reason) {
  // Of a caller who has given up already the driver never hears.
  if (arrivals_.erase(call.id()) > 0) return;
  if (call.transferring()) TellTransferred(call.id(), false, reason);
  TellEnded(call.id(), reason);
}

// The peer of the account ends them at the far end.
void EngineImpl::EndCallsOf(const std::string& account) {
  for (auto& [id, call] : calls_) {
    if (call->account() != account || call->ending()) continue;
    TellOver(*call, control::END_NETWORK);
    call->End(Reason::kNormal);
  }
}

// The peer is gone: its calls are over and say nothing any more.
void EngineImpl::ForgetCallsOf(const std::string& account) {
  EndCallsOf(account);
  for (auto call = calls_.begin(); call != calls_.end();) {
    call = call->second->account() == account ? calls_.erase(call) : std::next(call);
  }
}

void EngineImpl::Refuse(uint64_t call, control::EndReason reason, const std::string& why) {
  Log(LogLevel::kNotice, "call " + std::to_string(call) + " not placed: " + why);
  TellEnded(call, reason);
}

void EngineImpl::TellEnded(uint64_t call, control::EndReason reason) {
  control::Event event;
  event.mutable_call_ended()->set_call(call);
  event.mutable_call_ended()->set_reason(reason);
  Tell(event);
}

void EngineImpl::TellTransferred(uint64_t call, bool done, control::EndReason reason) {
  control::Event event;
  control::CallTransferred& transferred = *event.mutable_call_transferred();
  transferred.set_call(call);
  transferred.set_done(done);
  if (!done) transferred.set_reason(reason);
  Tell(event);
}

void EngineImpl::TellParty(uint64_t call, const std::string& name, const std::string& fullname) {
  control::Event event;
  event.mutable_call_party()->set_call(call);
  event.mutable_call_party()->set_name(name);
  event.mutable_call_party()->set_fullname(fullname);
  Tell(event);
}

// ---- The log --------------------------------------------------------------------------------

void EngineImpl::OnSetDebug(const control::SetDebug& set) {
  verbosity_.Set(set.account(), set.voice(), set.on());
  if (!verbosity_.tells_any_voice()) return voice_log_->Cancel();
  if (!voice_log_->running()) voice_log_->Start(kVoiceLogInterval);
}

void EngineImpl::LogVoices() {
  for (const auto& [id, call] : calls_) {
    if (verbosity_.tells_voice(call->account()) && !call->ending()) LogQuality(*call, true);
  }
  voice_log_->Start(kVoiceLogInterval);
}

void EngineImpl::TellDebug(const std::string& account, bool voice, const std::string& text) {
  Log(LogLevel::kDebug, account + ": " + text);
  control::Event event;
  event.mutable_debug_line()->set_account(account);
  event.mutable_debug_line()->set_voice(voice);
  event.mutable_debug_line()->set_text(text);
  Tell(event);
}

void EngineImpl::LogQuality(const EngineCall& call, bool voice) {
  if (!call.answered()) return;
  const peer::MediaStatistics heard = call.statistics();
  TellDebug(call.account(), voice,
            "call " + std::to_string(call.id()) + ": path " + heard.path.name() + " (" +
                path::ToString(heard.path.local_kind) + " " + heard.path.local.ToString() + ", " +
                path::ToString(heard.path.remote_kind) + " " + heard.path.remote.ToString() +
                "), " + std::to_string(heard.packets_sent) + " packets sent, " +
                std::to_string(heard.packets_received) + " received, " +
                std::to_string(heard.packets_lost) + " lost, " +
                std::to_string(heard.frames_concealed) + " frames concealed, jitter " +
                Milliseconds(heard.jitter) + ", buffer " + Milliseconds(heard.playout_delay) +
                ", round trip " + Milliseconds(heard.round_trip));
}

}  // namespace sfa::engine
