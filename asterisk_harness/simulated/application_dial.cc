// Dial.
#include "asterisk_harness/simulated/applications.h"
#include "asterisk_harness/simulated/bridge.h"
#include "asterisk_harness/simulated/dialling.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

// Options that change nothing here: there is no transfer by digits, no CDR.
constexpr char kHarmlessOptions[] = "tThHkKwWxXmRcCefijIoOpPnNuzZ";

DialOptions ParseOptions(PbxCore& core, const std::string& text) {
  DialOptions options;
  for (size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    std::string argument;
    if (i + 1 < text.size() && text[i + 1] == '(') {
      const size_t close = text.find(')', i);
      const size_t end = close == std::string::npos ? text.size() : close;
      argument = text.substr(i + 2, end - i - 2);
      i = end;
    }
    if (letter == 'g') {
      options.go_on = true;
    } else if (letter == 'r') {
      options.ring = true;
    } else if (letter == 'D') {
      options.digits = Split(argument, ':')[0];
    } else if (std::string_view(kHarmlessOptions).find(letter) == std::string_view::npos) {
      core.Warn(std::string("Dial option '") + letter + "' has no effect on the simulated PBX");
    }
  }
  return options;
}

Routine<void> SendDigits(Call call, Channel& peer, std::string digits) {
  for (const char digit : digits) {
    Duration length = std::chrono::milliseconds(digit == 'w' ? 500 : 100);
    const bool sounds = digit != 'w' && digit != 'W';
    if (sounds) peer.MakeDigitBegin(digit);
    bool alive = co_await SleepOnChannel(call.channel, call.wakeup, length);
    if (sounds) peer.MakeDigitEnd(digit, 100);
    if (!alive || peer.hung_up()) co_return;
    alive = co_await SleepOnChannel(call.channel, call.wakeup, std::chrono::milliseconds(250));
    if (!alive || peer.hung_up()) co_return;
  }
}

// It has been sent elsewhere: it gets a dialplan of its own.
void LetGo(Call call, Channel& peer) {
  peer.SetWaiter(nullptr);
  peer.outgoing = false;
  if (call.core.StartThread(peer) != ThreadStart::kStarted) call.core.HangupChannel(peer);
}

// Dial(technology/resource[&…][,timeout[,options]])
Routine<Outcome> Dial(Call call, std::string data) {
  PbxCore& core = call.core;
  for (const char* name : {"DIALSTATUS", "DIALEDPEERNUMBER", "DIALEDPEERNAME", "ANSWEREDTIME",
                           "ANSWEREDTIME_MS", "DIALEDTIME", "DIALEDTIME_MS", "RINGTIME",
                           "RINGTIME_MS", "PROGRESSTIME", "PROGRESSTIME_MS"}) {
    core.SetVariable(&call.channel, name, "");
  }
  std::vector<std::string> arguments = SplitArguments(data);
  arguments.resize(3);
  if (Trim(arguments[0]).empty()) {
    core.Warn("Dial requires an argument (technology/resource)");
    core.SetVariable(&call.channel, "DIALSTATUS", "INVALIDARGS");
    co_return Outcome::kHangup;
  }
  const MonotonicTime start = core.runtime().Now();
  const double timeout = ToDouble(arguments[1], 0);
  std::optional<MonotonicTime> deadline;
  if (timeout > 0) {
    deadline = start + std::chrono::milliseconds(static_cast<int64_t>(timeout * 1000));
  }
  const DialOptions options = ParseOptions(core, arguments[2]);
  Dialling dialling(call, options);
  if (!dialling.Place(arguments[0])) {
    core.SetVariable(&call.channel, "DIALSTATUS", dialling.status());
    co_return Outcome::kContinue;
  }
  Routine<Channel*> waiting = dialling.WaitForAnswer(deadline);
  Channel* peer = co_await waiting;
  if (peer == nullptr) {
    core.SetVariable(&call.channel, "DIALSTATUS", dialling.status());
    co_return call.channel.hung_up() ? Outcome::kHangup : Outcome::kContinue;
  }
  const MonotonicTime answered = core.runtime().Now();
  call.channel.Answer();
  if (!options.digits.empty()) {
    Routine<void> sending = SendDigits(call, *peer, options.digits);
    co_await sending;
  }
  Routine<BridgeResult> bridge = RunBridge(core, call.channel, *peer, call.wakeup);
  const BridgeResult result = co_await bridge;
  // Not always the one that was dialled: it may have transferred the caller.
  peer = result.peer;
  // Of a call that goes on elsewhere Asterisk tells no times.
  if (!call.channel.transferred()) {
    SetTimes(call, "ANSWEREDTIME", core.runtime().Now() - answered);
    SetTimes(call, "DIALEDTIME", core.runtime().Now() - start);
  }
  core.SetVariable(&call.channel, "DIALSTATUS", "ANSWER");
  if (peer == nullptr) co_return Outcome::kHangup;
  if (peer->hangup_cause == 0) peer->hangup_cause = PBX_CAUSE_NORMAL_CLEARING;
  call.channel.variables.Set("~HANGUPCAUSE~tech~" + peer->name(), peer->tech().hangup_reason());
  call.channel.variables.Set("~HANGUPCAUSE~ast~" + peer->name(),
                             HangupCauseText(peer->hangup_cause));
  if (call.channel.hangup_cause == 0) call.channel.hangup_cause = peer->hangup_cause;
  if (peer->TakeRedirect()) {
    LetGo(call, *peer);
  } else if (!peer->HandOver()) {
    core.HangupChannel(*peer);
  }
  const bool go_on = result.end == BridgeEnd::kPeerGone && options.go_on && !call.channel.hung_up();
  co_return go_on ? Outcome::kContinue : Outcome::kHangup;
}

}  // namespace

const Application kDialApplications[] = {{"Dial", Dial}, {nullptr, nullptr}};

}  // namespace sfa::harness
