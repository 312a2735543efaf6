// The engine's calls; accounts and the control stream are in engine.cc.
#include <iterator>

#include "skypeforasterisk/engine_impl.h"
#include "skypeforasterisk/vocabulary.h"

namespace sfa::engine {
namespace {

// Names come from the network and from the driver; more than this is nobody's.
constexpr size_t kMaxNameBytes = 256;

std::string Milliseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
         " ms";
}

}  // namespace

EngineCall* EngineImpl::Find(uint64_t id) {
  const auto found = calls_.find(id);
  return found == calls_.end() || found->second->ending() ? nullptr : found->second.get();
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
  call->Place(*account->second->peer(), place.destination(), codecs, *pbx);
  calls_.emplace(id, std::move(call));
}

void EngineImpl::OnIncomingCall(Account& account, std::unique_ptr<peer::Call> network_call) {
  if (leaving_) return network_call->End(Reason::kOffline);
  control::Event event;
  control::IncomingCall& incoming = *event.mutable_incoming_call();
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
  call->Take(std::move(network_call));
  calls_.emplace(id, std::move(call));
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
  call->End(Reason::kNoCommonCodec);
  TellEnded(ring.call(), control::END_NO_COMMON_CODEC);
}

void EngineImpl::OnEndCall(const control::EndCall& end) {
  EngineCall* call = Find(end.call());
  if (!call) return;
  LogQuality(*call);
  call->End(FromControl(end.reason()));
}

void EngineImpl::OnCallRinging(EngineCall& call) {
  if (call.ending()) return;
  control::Event event;
  event.mutable_call_ringing()->set_call(call.id());
  Tell(event);
}

void EngineImpl::OnCallAnswered(EngineCall& call) {
  if (call.ending()) return;
  control::Event event;
  control::CallMedia& media = *event.mutable_call_media();
  media.set_call(call.id());
  media.set_codec(ToControl(call.pbx_codec()));
  *media.mutable_engine_rtp() = ToControl(call.rtp());
  Tell(event);
  event.mutable_call_answered()->set_call(call.id());
  Tell(event);
}

void EngineImpl::OnCallEnded(EngineCall& call, Reason reason) {
  const uint64_t id = call.id();
  if (!call.ending()) {
    LogQuality(call);
    TellEnded(id, ToControl(reason));
  }
  calls_.erase(id);
}

// The peer of the account ends them at the far end.
void EngineImpl::EndCallsOf(const std::string& account) {
  for (auto& [id, call] : calls_) {
    if (call->account() != account || call->ending()) continue;
    call->End(Reason::kNormal);
    TellEnded(id, control::END_NETWORK);
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

void EngineImpl::LogQuality(const EngineCall& call) {
  if (!debug_ || !call.answered()) return;
  const peer::MediaStatistics heard = call.statistics();
  Log(LogLevel::kDebug,
      "call " + std::to_string(call.id()) + ": path " + heard.path.name() + " (" +
          path::ToString(heard.path.local_kind) + " " + heard.path.local.ToString() + ", " +
          path::ToString(heard.path.remote_kind) + " " + heard.path.remote.ToString() + "), " +
          std::to_string(heard.packets_sent) + " packets sent, " +
          std::to_string(heard.packets_received) + " received, " +
          std::to_string(heard.packets_lost) + " lost, " + std::to_string(heard.frames_concealed) +
          " frames concealed, jitter " + Milliseconds(heard.jitter) + ", buffer " +
          Milliseconds(heard.playout_delay) + ", round trip " + Milliseconds(heard.round_trip));
}

}  // namespace sfa::engine
