// Answer, Hangup, Wait, Ringing, Progress, Busy, Congestion.
#include "asterisk_harness/simulated/applications.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

Duration Seconds(double seconds) {
  return std::chrono::nanoseconds(static_cast<int64_t>(seconds * 1e9));
}

Routine<Outcome> Answer(Call call, std::string data) {
  if (call.channel.hung_up()) co_return Outcome::kHangup;
  const bool was_up = call.channel.state() == ChannelState::kUp;
  call.channel.Answer();
  const int delay_ms = ToInt(data, 0);
  if (delay_ms > 0 && !was_up) {
    const bool alive =
        co_await SleepOnChannel(call.channel, call.wakeup, std::chrono::milliseconds(delay_ms));
    if (!alive) co_return Outcome::kHangup;
  }
  co_return Outcome::kContinue;
}

Routine<Outcome> Hangup(Call call, std::string data) {
  const std::string word(Trim(data));
  if (!word.empty()) {
    const int cause = ToInt(word, -1);
    if (cause < 0 || cause > 127) {
      call.core.Warn("Invalid cause given to Hangup(): \"" + data + "\"");
    } else {
      call.channel.hangup_cause = cause;
    }
  }
  if (call.channel.hangup_cause == 0) call.channel.hangup_cause = PBX_CAUSE_NORMAL_CLEARING;
  co_return Outcome::kHangup;
}

Routine<Outcome> Wait(Call call, std::string data) {
  const double seconds = ToDouble(data, 0);
  if (seconds <= 0) co_return Outcome::kContinue;
  const bool alive = co_await SleepOnChannel(call.channel, call.wakeup, Seconds(seconds));
  co_return alive ? Outcome::kContinue : Outcome::kHangup;
}

Routine<Outcome> Ringing(Call call, std::string) {
  call.channel.tech().Indicate(Control::kRinging);
  co_return Outcome::kContinue;
}

Routine<Outcome> Progress(Call call, std::string) {
  call.channel.tech().Indicate(Control::kProgress);
  co_return Outcome::kContinue;
}

// Tells the caller and waits for it to go, or for the given seconds.
Routine<Outcome> Refuse(Call call, std::string data, Control control, int cause) {
  call.channel.tech().Indicate(control);
  if (call.channel.state() != ChannelState::kUp) {
    call.channel.hangup_cause = cause;
    call.channel.SetState(ChannelState::kBusy);
  }
  const double seconds = ToDouble(data, 0);
  std::optional<MonotonicTime> deadline;
  if (seconds > 0) deadline = call.core.runtime().Now() + Seconds(seconds);
  while (true) {
    const Frame frame = co_await ReadFrame(call.channel, call.wakeup, deadline);
    if (frame.kind == Frame::Kind::kHangup || frame.kind == Frame::Kind::kNone) break;
  }
  co_return Outcome::kHangup;
}

Routine<Outcome> Busy(Call call, std::string data) {
  return Refuse(call, std::move(data), Control::kBusy, PBX_CAUSE_USER_BUSY);
}

Routine<Outcome> Congestion(Call call, std::string data) {
  return Refuse(call, std::move(data), Control::kCongestion, PBX_CAUSE_CONGESTION);
}

}  // namespace

const Application kCallApplications[] = {
    {"Answer", Answer},         {"Hangup", Hangup},     {"Wait", Wait},
    {"Ringing", Ringing},       {"Progress", Progress}, {"Busy", Busy},
    {"Congestion", Congestion}, {nullptr, nullptr},
};

}  // namespace sfa::harness
