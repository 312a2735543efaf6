// What happens in a call besides its beginning and its end: early media, hold, transfer, parties.
#include <utility>

#include "chan_skype/core.h"
#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {

void Core::OnProgress(uint64_t engine_id) {
  pbx_channel* channel = nullptr;
  {
    MutexLock lock(mutex_);
    const Call* call = calls_.FindByEngineId(engine_id);
    if (call && call->phase == CallPhase::kPlaced && call->has_media) channel = call->channel;
  }
  if (channel) host_.channel_control(pbx_, channel, PBX_CONTROL_PROGRESS);
}

void Core::Progress(skype_call_id id) {
  control::Command command;
  {
    MutexLock lock(mutex_);
    const Call* call = calls_.Find(id);
    if (!call || call->phase != CallPhase::kRinging || call->far_ended) return;
    command.mutable_progress_call()->set_call(call->engine_id);
  }
  engine_->Send(command);
}

void Core::OnHeld(const control::CallHeld& held) {
  pbx_channel* channel = nullptr;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.FindByEngineId(held.call());
    if (!call || call->phase != CallPhase::kAnswered || call->held_by_far_end == held.held()) {
      return;
    }
    call->held_by_far_end = held.held();
    channel = call->channel;
  }
  if (channel) {
    host_.channel_control(pbx_, channel, held.held() ? PBX_CONTROL_HOLD : PBX_CONTROL_UNHOLD);
  }
}

void Core::Hold(skype_call_id id, bool held) {
  control::Command command;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.Find(id);
    if (!call || call->far_ended || call->phase != CallPhase::kAnswered || call->held == held) {
      return;
    }
    call->held = held;
    command.mutable_hold_call()->set_call(call->engine_id);
    command.mutable_hold_call()->set_held(held);
  }
  engine_->Send(command);
}

void Core::Transfer(skype_call_id id, const std::string& to) {
  // As in a dial string; whose call it is, is known.
  std::string_view target = Trim(to);
  constexpr std::string_view kTechnology = "skype/";
  if (EqualsIgnoreCase(target.substr(0, kTechnology.size()), kTechnology)) {
    target.remove_prefix(kTechnology.size());
  }
  if (const size_t at = target.find('@'); at != std::string_view::npos) {
    target.remove_prefix(at + 1);
  }
  control::Command command;
  pbx_channel* channel = nullptr;
  std::string why;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.Find(id);
    if (!call || !call->channel) return;
    channel = call->channel;
    if (!IsName(target)) {
      why = "\"" + OneLine(CutText(to, 64)) + "\" is not a Skype name or number";
    } else if (call->far_ended || call->phase != CallPhase::kAnswered) {
      why = "the call is not answered";
    } else if (call->transferring) {
      why = "another transfer of this call is under way";
    } else {
      call->transferring = true;
      command.mutable_transfer_call()->set_call(call->engine_id);
      command.mutable_transfer_call()->set_to(std::string(target));
    }
  }
  if (command.has_transfer_call()) {
    engine_->Send(command);
    return;
  }
  Log(PBX_LOG_WARNING, "call not transferred: " + why);
  host_.channel_transferred(pbx_, channel, 0);
}

void Core::OnTransferred(const control::CallTransferred& transferred) {
  pbx_channel* channel = nullptr;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.FindByEngineId(transferred.call());
    if (!call || !std::exchange(call->transferring, false)) return;
    channel = call->channel;
  }
  if (channel) host_.channel_transferred(pbx_, channel, transferred.done() ? 1 : 0);
}

void Core::OnParty(const control::CallParty& party) {
  if (!IsName(party.name())) return;
  pbx_channel* channel = nullptr;
  {
    MutexLock lock(mutex_);
    Call* call = calls_.FindByEngineId(party.call());
    if (!call) return;
    call->far_end = party.name();
    channel = call->channel;
  }
  const std::string fullname(CutText(OneLine(party.fullname()), peer::kMaxPropertyBytes));
  if (channel && host_.channel_party) {
    host_.channel_party(pbx_, channel, party.name().c_str(), fullname.c_str());
  }
}

}  // namespace sfa::skype
