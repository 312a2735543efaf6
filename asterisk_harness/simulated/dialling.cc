#include "asterisk_harness/simulated/dialling.h"

#include <algorithm>

#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// What a dialled channel is said to run.
constexpr char kApplication[] = "AppDial";
constexpr char kApplicationData[] = "(Outgoing Line)";
constexpr char kUsage[] = "Dial argument takes format (technology/resource)";

Frame PartyFrame(const Party& party) {
  Frame frame;
  frame.kind = Frame::Kind::kControl;
  frame.control = Control::kConnectedLine;
  frame.text = party.number;
  frame.name = party.name;
  return frame;
}

}  // namespace

void SetTimes(const Call& call, const std::string& name, Duration length) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
  call.core.SetVariable(&call.channel, name, std::to_string(ms / 1000));
  call.core.SetVariable(&call.channel, name + "_MS", std::to_string(ms));
}

void Dialling::Emit(const char* event, const Channel& peer, const char* status) {
  Headers headers = DialHeaders(&call_.channel, peer);
  headers.emplace_back("DialStatus", status);
  call_.core.manager().Emit(event, kClassCall, std::move(headers));
}

bool Dialling::Place(const std::string& destinations) {
  std::vector<DialTarget> targets;
  for (const std::string& piece : Split(destinations, '&')) {
    const std::optional<DialTarget> target = ParseDialTarget(piece);
    if (!target) {
      call_.core.Warn(kUsage);
      status_ = "INVALIDARGS";
      return false;
    }
    targets.push_back(*target);
  }
  destinations_ = static_cast<int>(targets.size());
  single_ = destinations_ == 1;
  for (const DialTarget& target : targets) PlaceOne(target);
  if (!peers_.empty()) status_ = "NOANSWER";
  if (options_.ring) TellRinging();
  return true;
}

void Dialling::PlaceOne(const DialTarget& target) {
  int cause = 0;
  Channel& caller = call_.channel;
  Channel* const peer = call_.core.RequestChannel(target.technology, target.address, &caller,
                                                  caller.tech().codec(), &cause);
  if (peer == nullptr) {
    call_.core.Warn("Unable to create channel of type '" + target.technology + "' (cause " +
                    std::to_string(cause) + " - " + HangupCauseText(cause) + ")");
    caller.hangup_cause = cause;
    failures_.Count(cause);
    return;
  }
  peer->outgoing = true;
  call_.core.SetVariable(peer, "DIALEDPEERNUMBER", target.address);
  InheritVariables(caller, peer, call_.core);
  peer->exten = caller.exten;
  const bool named = !peer->caller.number.empty();
  if (!named) peer->caller.number = caller.exten;
  peer->connected = caller.caller;
  peer->Enter(kApplication, kApplicationData);
  if (!named) peer->TellCaller();
  if (!peer->connected.number.empty() || !peer->connected.name.empty()) peer->TellConnected();
  peer->SetWaiter(&call_.wakeup);
  if (!peer->tech().Call()) {
    failures_.Count(peer->hangup_cause);
    caller.hangup_cause = peer->hangup_cause;
    call_.core.HangupChannel(*peer);
    return;
  }
  call_.core.Verbose("Called " + target.technology + "/" + target.address);
  Headers headers = DialHeaders(&caller, *peer);
  headers.emplace_back("DialString", target.address);
  call_.core.manager().Emit("DialBegin", kClassCall, std::move(headers));
  peers_.push_back(peer);
  if (named) parties_[peer] = PartyFrame(peer->caller);
  if (!single_) return;
  caller.SetVoiceTarget(peer);
  if (!options_.ring) peer->SetVoiceTarget(&caller);
  if (const auto party = parties_.extract(peer)) caller.Indicate(party.mapped());
}

void Dialling::TellRinging() {
  if (ringing_told_) return;
  ringing_told_ = true;
  call_.channel.Indicate(Control::kRinging);
}

// What HANGUPCAUSE() reads later.
void Dialling::NoteCause(Channel* peer) {
  const std::string key = "~HANGUPCAUSE~";
  const std::string reason = peer->tech().hangup_reason();
  call_.channel.variables.Set(key + "tech~" + peer->name(), reason);
  call_.channel.variables.Set(key + "ast~" + peer->name(), HangupCauseText(peer->hangup_cause));
}

void Dialling::End(Channel* peer, const char* status, int cause) {
  if (call_.channel.voice_target() == peer) call_.channel.SetVoiceTarget(nullptr);
  parties_.erase(peer);
  peers_.erase(std::find(peers_.begin(), peers_.end(), peer));
  Emit("DialEnd", *peer, status);
  // Who was given up has said nothing.
  if (peer->hangup_cause != 0) NoteCause(peer);
  if (peer->hangup_cause == 0) peer->hangup_cause = cause;
  call_.core.HangupChannel(*peer);
}

void Dialling::EndAll(const char* status, int cause, const Channel* but) {
  const std::vector<Channel*> peers = peers_;
  for (Channel* peer : peers) {
    if (peer != but) End(peer, status, cause);
  }
}

void Dialling::OnGone(Channel* peer) {
  const int cause = peer->hangup_cause;
  call_.channel.hangup_cause = cause;
  failures_.Count(cause);
  End(peer, DialStatusOfCause(cause), cause);
}

void Dialling::OnFrame(Channel* peer, const Frame& frame, Channel** winner) {
  if (frame.kind == Frame::Kind::kText && single_) call_.channel.tech().SendText(frame.text);
  if (frame.kind != Frame::Kind::kControl) return;
  switch (frame.control) {
    case Control::kAnswer:
      *winner = peer;
      peer->SetState(ChannelState::kUp);
      call_.core.Verbose(peer->name() + " answered " + call_.channel.name());
      peer->exten.clear();
      if (const auto party = parties_.find(peer); party != parties_.end()) {
        call_.channel.Indicate(party->second);
      }
      return;
    case Control::kRinging:
      call_.core.Verbose(peer->name() + " is ringing");
      peer->SetState(ChannelState::kRinging);
      if (!rang_) SetTimes(call_, "RINGTIME", call_.core.runtime().Now() - start_);
      rang_ = true;
      Emit("DialState", *peer, "RINGING");
      TellRinging();
      return;
    case Control::kProgress:
      call_.core.Verbose(peer->name() + " is making progress passing it to " +
                         call_.channel.name());
      if (!progressed_) SetTimes(call_, "PROGRESSTIME", call_.core.runtime().Now() - start_);
      progressed_ = true;
      Emit("DialState", *peer, "PROGRESS");
      call_.channel.Indicate(Control::kProgress);
      return;
    case Control::kHold:
    case Control::kUnhold:
      call_.core.Verbose("Call on " + peer->name() +
                         (frame.control == Control::kHold ? " placed on hold" : " left from hold"));
      call_.channel.Indicate(frame);
      return;
    case Control::kConnectedLine:
      if (single_) {
        call_.channel.Indicate(frame);
      } else {
        parties_[peer] = frame;
      }
      return;
    case Control::kTransferred:
    case Control::kTransferFailed:
      return;
    case Control::kBusy:
    case Control::kCongestion: {
      const bool busy = frame.control == Control::kBusy;
      call_.core.Verbose(peer->name() + (busy ? " is busy" : " is circuit-busy"));
      const int cause =
          busy ? static_cast<int>(PBX_CAUSE_USER_BUSY) : static_cast<int>(PBX_CAUSE_CONGESTION);
      call_.channel.hangup_cause = peer->hangup_cause != 0 ? peer->hangup_cause : cause;
      failures_.Count(cause);
      End(peer, busy ? "BUSY" : "CONGESTION", cause);
      return;
    }
  }
}

// Digits go to everybody who is called, as does the news that the caller holds or is somebody else.
void Dialling::OnCallersFrame(const Frame& frame) {
  if (frame.kind == Frame::Kind::kDigitBegin) {
    for (Channel* peer : peers_) peer->PassDigitBegin(frame.digit);
  }
  if (frame.kind == Frame::Kind::kDigitEnd) {
    for (Channel* peer : peers_) peer->PassDigitEnd(frame.digit, frame.duration_ms);
  }
  if (frame.kind != Frame::Kind::kControl) return;
  if (frame.control != Control::kHold && frame.control != Control::kUnhold &&
      frame.control != Control::kConnectedLine) {
    return;
  }
  for (Channel* peer : peers_) peer->Indicate(frame);
}

Routine<Channel*> Dialling::WaitForAnswer(std::optional<MonotonicTime> deadline) {
  Channel* winner = nullptr;
  while (winner == nullptr) {
    if (peers_.empty()) {
      if (failures_.total() == destinations_) {
        status_ = failures_.busy > 0         ? "BUSY"
                  : failures_.congestion > 0 ? "CONGESTION"
                                             : "CHANUNAVAIL";
        call_.core.Verbose("Everyone is busy/congested at this time (" +
                           std::to_string(destinations_) + ":" + std::to_string(failures_.busy) +
                           "/" + std::to_string(failures_.congestion) + "/" +
                           std::to_string(failures_.unavailable) + ")");
      } else {
        call_.core.Verbose("No one is available to answer at this time (" +
                           std::to_string(destinations_) + ":" + std::to_string(failures_.busy) +
                           "/" + std::to_string(failures_.congestion) + "/" +
                           std::to_string(failures_.unavailable) + ")");
      }
      co_return nullptr;
    }
    if (call_.channel.hung_up()) {
      status_ = "CANCEL";
      EndAll("CANCEL", 0, nullptr);
      co_return nullptr;
    }
    if (deadline && call_.core.runtime().Now() >= *deadline) {
      status_ = "NOANSWER";
      call_.core.Verbose("Nobody picked up in time");
      EndAll("NOANSWER", 0, nullptr);
      co_return nullptr;
    }
    Frame frame;
    while (call_.channel.PopFrame(&frame)) OnCallersFrame(frame);
    bool busy = false;
    const std::vector<Channel*> peers = peers_;
    for (Channel* peer : peers) {
      if (winner != nullptr) break;
      if (peer->PopFrame(&frame)) {
        busy = true;
        OnFrame(peer, frame, &winner);
      } else if (peer->hung_up()) {
        busy = true;
        OnGone(peer);
      }
    }
    if (!busy && winner == nullptr) co_await call_.wakeup.Wait(deadline);
  }
  status_ = "ANSWER";
  winner->SetVoiceTarget(nullptr);
  call_.channel.SetVoiceTarget(nullptr);
  EndAll("CANCEL", PBX_CAUSE_ANSWERED_ELSEWHERE, winner);
  const std::string* const number = winner->variables.Find("DIALEDPEERNUMBER");
  call_.core.SetVariable(&call_.channel, "DIALSTATUS", status_);
  call_.core.SetVariable(&call_.channel, "DIALEDPEERNAME", winner->name());
  call_.core.SetVariable(&call_.channel, "DIALEDPEERNUMBER", number == nullptr ? "" : *number);
  Emit("DialEnd", *winner, "ANSWER");
  winner->Enter(kApplication, kApplicationData);
  co_return winner;
}

}  // namespace sfa::harness
