#include "asterisk_harness/simulated/pbx_thread.h"

#include "asterisk_harness/simulated/applications.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/text.h"
#include "asterisk_harness/simulated/variables.h"

namespace sfa::harness {
namespace {

// A dialplan that goes in circles without ever waiting must let time pass.
constexpr int kStepsWithoutTime = 100;
constexpr Duration kTimeOfThoseSteps = std::chrono::milliseconds(20);

std::string PlaceOf(const Channel& channel) {
  return "[" + channel.exten + "@" + channel.context + ":" + std::to_string(channel.priority) + "]";
}

Routine<Outcome> RunStep(Call call, const std::string& name, const std::string& raw_data) {
  const std::string data = Substitute(call.core, &call.channel, raw_data);
  const Application* const application = FindApplication(name);
  if (application == nullptr) {
    call.core.Warn("No application '" + name + "' for extension (" + call.channel.context + ", " +
                   call.channel.exten + ", " + std::to_string(call.channel.priority) + ")");
    co_return Outcome::kHangup;
  }
  call.core.Verbose("Executing " + PlaceOf(call.channel) + " " + application->name + "(\"" +
                    call.channel.name() + "\", \"" + data + "\")");
  call.channel.Enter(application->name, data);
  Routine<Outcome> routine = application->main(call, data);
  const Outcome outcome = co_await routine;
  co_return outcome;
}

struct Pace {
  int steps = 0;
  MonotonicTime since{};
};

Routine<void> KeepPace(Call call, Pace* pace) {
  const MonotonicTime now = call.core.runtime().Now();
  if (pace->since != now) *pace = {0, now};
  if (++pace->steps < kStepsWithoutTime) co_return;
  const MonotonicTime until = now + kTimeOfThoseSteps;
  while (call.core.runtime().Now() < until && !call.channel.hung_up()) {
    co_await call.wakeup.Wait(until);
  }
}

// From the channel's place on. `alive`: stop when the channel is hung up.
Routine<Outcome> RunSteps(Call call, bool alive) {
  Channel& channel = call.channel;
  Pace pace;
  while (true) {
    const DialplanStep* const step = call.core.dialplan.Find(
        channel.context, channel.exten, channel.priority, channel.caller.number);
    if (step == nullptr) co_return Outcome::kContinue;
    if (alive && channel.gone()) co_return Outcome::kHangup;
    if (alive && channel.TakeRedirect()) continue;
    // A reload may take the step away while it runs.
    const std::string application = step->application, data = step->data;
    const Outcome outcome = co_await RunStep(call, application, data);
    if (alive && outcome == Outcome::kContinue && channel.TakeRedirect()) continue;
    if (outcome == Outcome::kHangup) {
      call.core.Verbose("Spawn extension (" + channel.context + ", " + channel.exten + ", " +
                        std::to_string(channel.priority) + ") exited non-zero on '" +
                        channel.name() + "'");
      if (alive && channel.TakeRedirect()) continue;
      co_return Outcome::kHangup;
    }
    ++channel.priority;
    co_await KeepPace(call, &pace);
    // Nothing can wait after a hang-up: an endless h extension would hold the whole PBX.
    if (!alive && pace.steps >= kStepsWithoutTime) co_return Outcome::kHangup;
  }
}

Routine<void> FallThrough(Call call) {
  const std::string* const status = call.channel.variables.Find("DIALSTATUS");
  const std::string word = status == nullptr ? "UNKNOWN" : *status;
  call.core.Verbose("Auto fallthrough, channel '" + call.channel.name() + "' status is '" + word +
                    "'");
  const char* application = nullptr;
  if (word == "CONGESTION" || word == "CHANUNAVAIL") application = "Congestion";
  if (word == "BUSY") application = "Busy";
  if (application == nullptr) co_return;
  Routine<Outcome> routine = FindApplication(application)->main(call, "10");
  co_await routine;
}

}  // namespace

PbxThread::PbxThread(PbxCore& core, std::function<Routine<void>(Wakeup&)> body)
    : core_(core),
      body_(std::move(body)),
      wakeup_(core.runtime()),
      starter_(core.runtime().NewTimer([this] { root_.Start(); })),
      root_(Run()) {
  starter_->Start(Duration::zero());
}

Routine<void> PbxThread::Run() {
  Routine<void> body = body_(wakeup_);
  co_await body;
  finished_ = true;
  core_.OnThreadFinished();
}

Routine<void> FollowDialplan(PbxCore& core, Channel& channel, Wakeup& wakeup) {
  const Call call{core, channel, wakeup};
  channel.SetWaiter(&wakeup);
  if (core.dialplan.Find(channel.context, channel.exten, channel.priority, channel.caller.number) ==
          nullptr &&
      core.dialplan.Find(channel.context, "s", 1, channel.caller.number) != nullptr) {
    channel.exten = "s";
    channel.priority = 1;
  }
  do {
    Routine<Outcome> steps = RunSteps(call, true);
    const Outcome outcome = co_await steps;
    if (outcome == Outcome::kHangup || channel.hung_up()) continue;
    if (core.dialplan.Find(channel.context, "i", 1, channel.caller.number) != nullptr &&
        channel.priority == 1) {
      core.SetVariable(&channel, "INVALID_EXTEN", channel.exten);
      channel.exten = "i";
      Routine<Outcome> invalid = RunSteps(call, true);
      co_await invalid;
    } else {
      Routine<void> fall = FallThrough(call);
      co_await fall;
    }
  } while (channel.TakeRedirect());
}

Routine<void> RunDialplan(PbxCore& core, Channel& channel, Wakeup& wakeup) {
  Routine<void> alive = FollowDialplan(core, channel, wakeup);
  co_await alive;
  if (channel.HandOver()) co_return;
  channel.TellDialplanEnd();
  if (core.dialplan.Find(channel.context, "h", 1, channel.caller.number) != nullptr) {
    channel.exten = "h";
    channel.priority = 1;
    Routine<Outcome> last = RunSteps({core, channel, wakeup}, false);
    co_await last;
  }
  core.HangupChannel(channel);
}

Routine<void> RunApplication(PbxCore& core, Channel& channel, Wakeup& wakeup,
                             std::string application, std::string data) {
  channel.SetWaiter(&wakeup);
  const Call call{core, channel, wakeup};
  Routine<Outcome> step = RunStep(call, application, data);
  co_await step;
  if (channel.HandOver()) co_return;
  if (channel.TakeRedirect()) {
    Routine<void> dialplan = RunDialplan(core, channel, wakeup);
    co_await dialplan;
    co_return;
  }
  core.HangupChannel(channel);
}

}  // namespace sfa::harness
