// A channel of the PBX: identity, state, queue of frames, variables.
#ifndef ASTERISK_HARNESS_SIMULATED_CHANNEL_H_
#define ASTERISK_HARNESS_SIMULATED_CHANNEL_H_

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asterisk_harness/simulated/channel_tech.h"
#include "asterisk_harness/simulated/frame.h"
#include "asterisk_harness/simulated/routine.h"
#include "asterisk_harness/simulated/wakeup.h"
#include "runtime/runtime.h"

namespace sfa::harness {

class Bridge;
class PbxCore;
struct TextMessage;

// Numbered as AMI's ChannelState.
enum class ChannelState {
  kDown = 0,
  kReserved = 1,
  kOffHook = 2,
  kDialing = 3,
  kRing = 4,
  kRinging = 5,
  kUp = 6,
  kBusy = 7
};
const char* ChannelStateText(ChannelState state);

// Who asks a channel to end, numbered as SoftHangupRequest does it in its `Cause`.
enum class HangupAsker { kShutdown = 4, kDialplan = 16, kAdministrator = 32 };

struct Party {
  std::string number, name;
};

// Variables in the order in which they were first set. One or two underscores before a name ask for
// inheritance by dialled channels and do not belong to the name.
class VariableList {
 public:
  static std::string_view Bare(std::string_view name);
  const std::string* Find(const std::string& name) const;
  void Set(const std::string& name, const std::string& value);
  void Erase(const std::string& name);
  const std::vector<std::pair<std::string, std::string>>& all() const { return variables_; }

 private:
  std::vector<std::pair<std::string, std::string>> variables_;
};

// Of the digits that a channel hears AMI tells as they come. Whoever reads them gets short ones
// stretched, and one that comes too soon after another in its turn.
class Channel {
 public:
  Channel(PbxCore& core, uint64_t number, std::string name, std::string unique_id);
  ~Channel();

  uint64_t number() const { return number_; }
  const std::string& name() const { return name_; }
  const std::string& unique_id() const { return unique_id_; }
  ChannelState state() const { return state_; }
  // Changes the state and tells AMI.
  void SetState(ChannelState state);
  // For the state that it is made in.
  void BeginIn(ChannelState state) { state_ = state; }
  PbxCore& core() { return core_; }

  void SetTech(std::unique_ptr<ChannelTech> tech) { tech_ = std::move(tech); }
  ChannelTech& tech() { return *tech_; }
  bool has_tech() const { return tech_ != nullptr; }

  // From the driver.
  void QueueControl(Control control, std::string text = "", std::string name = "");
  // The far end holds or takes back; AMI is told.
  void QueueHold(const std::string& music_class);
  void QueueUnhold();
  void QueueText(std::string text);
  // The far end is gone; 0 is an unknown cause. AMI is told of the cause, if there is one.
  void QueueHangup(std::optional<int> cause);
  void ReceiveVoice(const VoiceFrame& frame);
  void ReceiveDigitBegin(char digit);
  void ReceiveDigitEnd(char digit, int duration_ms);

  // To the driver. Digits are paired: an end without its begin is ignored. AMI is told of digits
  // that are passed on, not of those that the PBX makes itself.
  void SendVoice(const VoiceFrame& frame) { tech_->WriteVoice(frame); }
  void PassDigitBegin(char digit);
  void PassDigitEnd(char digit, int duration_ms);
  void MakeDigitBegin(char digit);
  void MakeDigitEnd(char digit, int duration_ms);
  // Answers when it is not up yet.
  void Answer();
  // The technology is told; who is at the other end is noted, too.
  void Indicate(const Frame& frame);
  void Indicate(Control control) {
    Frame frame;
    frame.kind = Frame::Kind::kControl;
    frame.control = control;
    Indicate(frame);
  }
  // Told to hold, and not yet to go on.
  bool held() const { return held_; }

  // From the PBX's side: AMI, console, shutting down. `cause` 0: as it is.
  void SoftHangup(HangupAsker asker, int cause);
  // From the driver, when the PBX has told it to refuse; AMI is not told.
  void Refuse(int cause);
  // The dialplan is at its end; told even when the far end is gone already.
  void TellDialplanEnd() { TellSoftHangup(HangupAsker::kDialplan); }
  // AMI learns of a new `caller` or `connected`.
  void TellCaller();
  void TellConnected();
  // A new `caller` of which AMI learns with whatever changes next.
  void NoteCaller(const Party& party);
  // Its last words.
  void TellHangup();
  // An event about this channel: what describes it, then `more`.
  void Emit(const char* event, unsigned classes,
            std::vector<std::pair<std::string, std::string>> more = {}) const;
  // Tells AMI, too.
  void SetAccountCode(const std::string& code);
  // Tells AMI which application has the channel.
  void Enter(const std::string& application, const std::string& data);
  // Gone, or wanted elsewhere: whoever has the channel lets go of it.
  bool hung_up() const { return gone_ || redirect_ || taker_; }
  bool gone() const { return gone_; }
  // Asks the one that has the channel to go on at another place of the dialplan.
  void Redirect(const std::string& context, const std::string& exten, int priority);
  // Likewise by whom it speaks to: AMI is told of the new place as it leaves the bridge.
  void Transfer(const std::string& context, const std::string& exten);
  void TellTransfer();
  bool transferred() const { return transferred_; }
  // True when it was redirected, and is so no longer.
  bool TakeRedirect();
  bool redirected() const { return redirect_ && !gone_; }
  // Asks the one that has the channel to let go of it: `taker`, whose it is from then on, be it
  // gone or not, runs when that has happened. False: somebody has asked already.
  bool Fetch(std::function<void()> taker);
  bool fetched() const { return static_cast<bool>(taker_); }
  // By the one that has it. False when nobody has asked.
  bool HandOver();

  bool PopFrame(Frame* frame);
  // Who is woken by a frame or a hang-up. nullptr: nobody.
  void SetWaiter(Wakeup* waiter);
  // Where its voice goes, nullptr for nowhere. Not owned; cleared before that one ends.
  void SetVoiceTarget(Channel* target) { voice_target_ = target; }
  Channel* voice_target() const { return voice_target_; }

  std::string linked_id;
  Party caller, connected;
  std::string context, exten;
  int priority = 1;
  std::string language = "en", account_code, music_class;
  std::string application, application_data;
  std::string bridge_id;
  Bridge* bridge = nullptr;  // while it is in one
  std::string music;         // the class that plays, "" for none
  std::unique_ptr<TextMessage> message;
  // What the driver's functions keep here, with the driver's way to free it.
  std::shared_ptr<skype_channel_state> driver_state;
  VariableList variables;
  int hangup_cause = 0;
  MonotonicTime created{}, answered{};
  bool has_thread = false;
  bool outgoing = false;

 private:
  void Push(Frame frame);
  void TellHold(const char* event, const std::string& music_class);
  void TellSoftHangup(HangupAsker asker);
  void TellDigitEnd(char digit, int duration_ms, const char* direction);
  void TellNotedCaller();
  void EndSentDigit(char digit, int duration_ms, bool tell);
  void DeliverBegin(char digit);
  void DeliverEnd(char digit, int duration_ms);
  void OnDigitTimer();

  PbxCore& core_;
  const uint64_t number_;
  const std::string name_, unique_id_;
  ChannelState state_ = ChannelState::kDown;
  std::unique_ptr<ChannelTech> tech_;
  std::deque<Frame> frames_;
  Wakeup* waiter_ = nullptr;
  Channel* voice_target_ = nullptr;
  bool gone_ = false;
  bool redirect_ = false;
  bool transferred_ = false;  // by the redirection that is under way
  std::function<void()> taker_;
  bool held_ = false;
  bool caller_noted_ = false;
  std::string told_place_;

  // Digits heard.
  char heard_ = 0;           // begun, its end not yet passed on
  bool stretching_ = false;  // its end has come, too early
  MonotonicTime heard_since_{}, last_digit_end_{};
  bool any_digit_ended_ = false;
  std::deque<std::pair<char, int>> waiting_;  // digits that came too soon, with their lengths
  std::unique_ptr<Timer> digit_timer_;

  // The digit that is being sent, 0 for none.
  char sent_digit_ = 0;
  MonotonicTime sent_since_{};
};

// The next frame; kind kNone at the deadline, kHangup when the channel is hung up and its queue is
// empty.
Routine<Frame> ReadFrame(Channel& channel, Wakeup& wakeup, std::optional<MonotonicTime> deadline);
// Waits, dropping frames. False when the channel was hung up meanwhile.
Routine<bool> SleepOnChannel(Channel& channel, Wakeup& wakeup, Duration length);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_CHANNEL_H_
