#include "asterisk_harness/simulated/channel.h"

#include <algorithm>

#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/messages.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/states.h"

namespace sfa::harness {
namespace {

// Asterisk's defaults: `mindtmfduration`, and the least gap between two digits.
constexpr Duration kShortestDigit = std::chrono::milliseconds(80);
constexpr Duration kDigitGap = std::chrono::milliseconds(45);
// A peer that sends digits faster than they can be heard is not allowed to fill the memory.
constexpr size_t kMostWaitingDigits = 64;
constexpr size_t kMostFrames = 512;

int Milliseconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

const char* ChannelStateText(ChannelState state) {
  static constexpr const char* kNames[] = {"Down", "Rsrvd",   "OffHook", "Dialing",
                                           "Ring", "Ringing", "Up",      "Busy"};
  return kNames[static_cast<int>(state)];
}

std::string_view VariableList::Bare(std::string_view name) {
  const size_t letters = name.find_first_not_of('_');
  return letters == std::string_view::npos ? name : name.substr(std::min<size_t>(letters, 2));
}

const std::string* VariableList::Find(const std::string& name) const {
  for (const auto& variable : variables_) {
    if (Bare(variable.first) == Bare(name)) return &variable.second;
  }
  return nullptr;
}

void VariableList::Set(const std::string& name, const std::string& value) {
  for (auto& variable : variables_) {
    if (Bare(variable.first) == Bare(name)) {
      variable = {name, value};
      return;
    }
  }
  variables_.emplace_back(name, value);
}

void VariableList::Erase(const std::string& name) {
  variables_.erase(
      std::remove_if(variables_.begin(), variables_.end(),
                     [&](const auto& variable) { return Bare(variable.first) == Bare(name); }),
      variables_.end());
}

Channel::Channel(PbxCore& core, uint64_t number, std::string name, std::string unique_id)
    : core_(core),
      number_(number),
      name_(std::move(name)),
      unique_id_(std::move(unique_id)),
      digit_timer_(core.runtime().NewTimer([this] { OnDigitTimer(); })) {}

Channel::~Channel() = default;

void Channel::Emit(const char* event, unsigned classes, Headers more) const {
  Headers headers = ChannelHeaders(*this);
  Append(&headers, std::move(more));
  core_.manager().Emit(event, classes, std::move(headers));
}

void Channel::SetState(ChannelState state) {
  if (state == state_) return;
  state_ = state;
  if (state == ChannelState::kUp && answered == MonotonicTime{}) answered = core_.runtime().Now();
  Emit("Newstate", kClassCall);
  TellNotedCaller();
  core_.states().ChannelChanged(name_);
}

void Channel::Push(Frame frame) {
  if (frames_.size() < kMostFrames) frames_.push_back(std::move(frame));
  if (waiter_ != nullptr) waiter_->Signal();
}

void Channel::QueueControl(Control control, std::string text, std::string name) {
  if (!gone_) Push({Frame::Kind::kControl, control, 0, 0, std::move(text), std::move(name)});
}

void Channel::TellHold(const char* event, const std::string& music_class) {
  Headers more;
  if (!music_class.empty()) more.emplace_back("MusicClass", music_class);
  Emit(event, kClassCall, std::move(more));
}

void Channel::QueueHold(const std::string& the_class) {
  if (gone_) return;
  TellHold("Hold", the_class);
  QueueControl(Control::kHold, the_class);
}

void Channel::QueueUnhold() {
  if (gone_) return;
  TellHold("Unhold", "");
  QueueControl(Control::kUnhold);
}

void Channel::QueueText(std::string text) {
  if (!gone_) Push({Frame::Kind::kText, {}, 0, 0, std::move(text), ""});
}

void Channel::Indicate(const Frame& frame) {
  if (frame.control == Control::kConnectedLine) {
    if (connected.number == frame.text && connected.name == frame.name) return;
    connected = {frame.text, frame.name};
    TellConnected();
  }
  if (frame.control == Control::kHold) held_ = true;
  if (frame.control == Control::kUnhold) held_ = false;
  tech_->Indicate(frame.control, frame.text, frame.name);
}

void Channel::Redirect(const std::string& the_context, const std::string& the_exten,
                       int the_priority) {
  if (gone_) return;
  context = the_context;
  exten = the_exten;
  priority = the_priority;
  redirect_ = true;
  // One without a dialplan of its own is told to AMI at its new place at once.
  if (!has_thread && !application.empty()) Enter(application, application_data);
  if (waiter_ != nullptr) waiter_->Signal();
}

void Channel::Transfer(const std::string& the_context, const std::string& the_exten) {
  Redirect(the_context, the_exten, 1);
  transferred_ = redirect_;
}

void Channel::TellTransfer() {
  if (transferred_) Enter(application, application_data);
}

void Channel::SetAccountCode(const std::string& code) {
  const std::string old = std::exchange(account_code, code);
  Emit("NewAccountCode", kClassCall, {{"OldAccountCode", old}});
}

bool Channel::Fetch(std::function<void()> taker) {
  if (gone_ || redirect_ || taker_) return false;
  taker_ = std::move(taker);
  if (waiter_ != nullptr) waiter_->Signal();
  return true;
}

bool Channel::HandOver() {
  if (!taker_) return false;
  SetWaiter(nullptr);
  SetVoiceTarget(nullptr);
  has_thread = false;
  // Of nobody's dialplan, but somebody's.
  outgoing = true;
  const std::function<void()> taker = std::exchange(taker_, nullptr);
  taker();
  return true;
}

bool Channel::TakeRedirect() {
  transferred_ = false;
  return std::exchange(redirect_, false) && !gone_;
}

void Channel::QueueHangup(std::optional<int> cause) {
  if (gone_) return;
  gone_ = true;
  if (cause && *cause != 0) hangup_cause = *cause;
  Headers more;
  if (cause) more.emplace_back("Cause", std::to_string(*cause));
  Emit("HangupRequest", kClassCall, std::move(more));
  if (waiter_ != nullptr) waiter_->Signal();
}

void Channel::SoftHangup(HangupAsker asker, int cause) {
  if (gone_) return;
  if (cause != 0) hangup_cause = cause;
  TellSoftHangup(asker);
  gone_ = true;
  if (waiter_ != nullptr) waiter_->Signal();
}

void Channel::Refuse(int cause) {
  if (gone_) return;
  gone_ = true;
  hangup_cause = cause;
  if (waiter_ != nullptr) waiter_->Signal();
}

void Channel::TellSoftHangup(HangupAsker asker) {
  Emit("SoftHangupRequest", kClassCall, {{"Cause", std::to_string(static_cast<int>(asker))}});
}

void Channel::TellCaller() {
  caller_noted_ = false;
  Emit("NewCallerid", kClassCall, {{"CID-CallingPres", "0 (Presentation Allowed, Not Screened)"}});
}

void Channel::TellConnected() {
  TellNotedCaller();
  Emit("NewConnectedLine", kClassCall);
}

void Channel::NoteCaller(const Party& party) {
  if (caller.number == party.number && caller.name == party.name) return;
  caller = party;
  caller_noted_ = true;
}

// Asterisk compares what a channel was with what it is, and tells the state's change first.
void Channel::TellNotedCaller() {
  if (caller_noted_) TellCaller();
}

void Channel::TellHangup() {
  Emit("Hangup", kClassCall,
       {{"Cause", std::to_string(hangup_cause)}, {"Cause-txt", HangupCauseText(hangup_cause)}});
  TellNotedCaller();
}

void Channel::Enter(const std::string& the_application, const std::string& data) {
  application = the_application;
  application_data = data;
  // Asterisk tells of places, not of applications: a second one at the same place goes untold.
  const std::string place = context + "," + exten + "," + std::to_string(priority);
  if (place == std::exchange(told_place_, place)) return;
  Emit("Newexten", kClassDialplan,
       {{"Extension", exten}, {"Application", application}, {"AppData", application_data}});
  TellNotedCaller();
}

void Channel::ReceiveVoice(const VoiceFrame& frame) {
  if (voice_target_ != nullptr) voice_target_->SendVoice(frame);
}

void Channel::TellDigitEnd(char digit, int duration_ms, const char* direction) {
  Emit("DTMFEnd", kClassDtmf,
       {{"Digit", std::string(1, digit)},
        {"DurationMs", std::to_string(duration_ms)},
        {"Direction", direction}});
}

void Channel::ReceiveDigitBegin(char digit) {
  if (gone_) return;
  Emit("DTMFBegin", kClassDtmf, {{"Digit", std::string(1, digit)}, {"Direction", "Received"}});
  if (heard_ != 0 || !waiting_.empty()) return;
  if (any_digit_ended_ && core_.runtime().Now() - last_digit_end_ < kDigitGap) return;
  DeliverBegin(digit);
}

void Channel::ReceiveDigitEnd(char digit, int duration_ms) {
  if (gone_) return;
  TellDigitEnd(digit, duration_ms, "Received");
  const MonotonicTime now = core_.runtime().Now();
  if (heard_ == digit && !stretching_ && waiting_.empty()) {
    const Duration length = std::max<Duration>(std::chrono::milliseconds(duration_ms),
                                               duration_ms == 0 ? now - heard_since_ : Duration{});
    if (length >= kShortestDigit) {
      DeliverEnd(digit, Milliseconds(length));
      return;
    }
    stretching_ = true;
    digit_timer_->StartAt(heard_since_ + kShortestDigit);
    return;
  }
  // Its begin never came, or while another digit was heard or right after it.
  if (waiting_.size() >= kMostWaitingDigits) return;
  waiting_.emplace_back(digit, std::max(duration_ms, Milliseconds(kShortestDigit)));
  if (heard_ == 0) digit_timer_->StartAt(std::max(now, last_digit_end_ + kDigitGap));
}

void Channel::OnDigitTimer() {
  if (gone_) return;
  if (heard_ != 0 && stretching_) {
    DeliverEnd(heard_, Milliseconds(core_.runtime().Now() - heard_since_));
    if (!waiting_.empty()) digit_timer_->Start(kDigitGap);
    return;
  }
  if (waiting_.empty()) return;
  const auto [digit, duration_ms] = waiting_.front();
  waiting_.pop_front();
  DeliverBegin(digit);
  stretching_ = true;
  digit_timer_->Start(std::chrono::milliseconds(duration_ms));
}

void Channel::DeliverBegin(char digit) {
  heard_ = digit;
  heard_since_ = core_.runtime().Now();
  Push({Frame::Kind::kDigitBegin, {}, digit, 0, "", ""});
}

void Channel::DeliverEnd(char digit, int duration_ms) {
  last_digit_end_ = core_.runtime().Now();
  any_digit_ended_ = true;
  heard_ = 0;
  stretching_ = false;
  Push({Frame::Kind::kDigitEnd, {}, digit, duration_ms, "", ""});
}

void Channel::PassDigitBegin(char digit) {
  Emit("DTMFBegin", kClassDtmf, {{"Digit", std::string(1, digit)}, {"Direction", "Sent"}});
  MakeDigitBegin(digit);
}

void Channel::PassDigitEnd(char digit, int duration_ms) { EndSentDigit(digit, duration_ms, true); }

void Channel::MakeDigitBegin(char digit) {
  sent_digit_ = digit;
  sent_since_ = core_.runtime().Now();
  tech_->DigitBegin(digit);
}

void Channel::MakeDigitEnd(char digit, int duration_ms) { EndSentDigit(digit, duration_ms, false); }

void Channel::EndSentDigit(char digit, int duration_ms, bool tell) {
  if (sent_digit_ != digit) return;
  sent_digit_ = 0;
  if (duration_ms <= 0) duration_ms = Milliseconds(core_.runtime().Now() - sent_since_);
  if (tell) TellDigitEnd(digit, duration_ms, "Sent");
  tech_->DigitEnd(digit, duration_ms);
}

void Channel::Answer() {
  if (state_ == ChannelState::kUp || gone_) return;
  tech_->Answer();
  SetState(ChannelState::kUp);
}

bool Channel::PopFrame(Frame* frame) {
  if (frames_.empty()) return false;
  *frame = std::move(frames_.front());
  frames_.pop_front();
  return true;
}

void Channel::SetWaiter(Wakeup* waiter) {
  waiter_ = waiter;
  if (waiter_ != nullptr && (!frames_.empty() || hung_up())) waiter_->Signal();
}

Routine<Frame> ReadFrame(Channel& channel, Wakeup& wakeup, std::optional<MonotonicTime> deadline) {
  Frame frame;
  while (true) {
    if (channel.PopFrame(&frame)) co_return frame;
    if (channel.hung_up()) {
      frame.kind = Frame::Kind::kHangup;
      co_return frame;
    }
    if (deadline && wakeup.runtime().Now() >= *deadline) co_return frame;
    co_await wakeup.Wait(deadline);
  }
}

Routine<bool> SleepOnChannel(Channel& channel, Wakeup& wakeup, Duration length) {
  const MonotonicTime deadline = wakeup.runtime().Now() + length;
  while (true) {
    const Frame frame = co_await ReadFrame(channel, wakeup, deadline);
    if (frame.kind == Frame::Kind::kHangup) co_return false;
    if (frame.kind == Frame::Kind::kNone) co_return true;
  }
}

}  // namespace sfa::harness
