// What somebody does with one call after another, at a desktop client or at a telephone: lets it
// ring, answers, speaks, listens, dials digits, holds it, calls another in its place.
#ifndef FAKE_SKYPE_NETWORK_HANDSET_H_
#define FAKE_SKYPE_NETWORK_HANDSET_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/desktop_client.h"
#include "fake_skype_network/headset.h"
#include "protocol/peer/peer.h"
#include "runtime/runtime.h"

namespace sfa::community {

// The codec for a call that offers these: the caller's order, of what this one can do.
std::optional<media::Codec> ChooseCodec(const std::vector<media::Codec>& offered,
                                        const std::vector<media::Codec>& able);

struct HandsetSettings {
  Duration answer_after{-1};
  bool announcement = false;
  uint64_t voice_seed = 1;
  bool record_audio = true;
};

// Contract:
//  1. One call at a time, and besides it one more while that one is to take its place.
//  2. Sights of the call (desktop_client.h) come in order; "ended" is the last one of each call.
//  3. After destruction nothing runs.
class Handset final : private peer::CallObserver {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  class Owner {
   public:
    // May do anything with the handset but destroy it.
    virtual void OnSightOfCall(std::string kind, Fields fields) = 0;
    // Places a call to `user` in place of the present one; null when that cannot be.
    virtual std::unique_ptr<peer::Call> CallInstead(const std::string& user,
                                                    peer::CallObserver& observer) {
      static_cast<void>(user);
      static_cast<void>(observer);
      return nullptr;
    }

   protected:
    ~Owner() = default;
  };

  // The owner outlives it.
  Handset(Runtime& runtime, HandsetSettings settings, Owner& owner);
  ~Handset();

  // To place a call with; then the call is brought here.
  peer::CallObserver& observer() { return *this; }
  void Place(std::unique_ptr<peer::Call> call);
  // An incoming call, which rings from now on.
  void Ring(std::unique_ptr<peer::Call> call, media::Codec codec);

  bool in_call() const { return call_ != nullptr; }
  // This one has placed the call, and it is not answered.
  bool is_calling() const { return call_ && !incoming_ && !answered_; }
  peer::Call* call() { return call_.get(); }
  void Answer();
  void Reject();
  void HangUp();
  // Ends it for another reason.
  void End(peer::EndReason reason);
  // The call that is placed gives way to one that comes in; it ends at once.
  void GiveWay();
  void SendDigits(const std::string& digits, Duration tone, Duration gap);
  // In an answered call; nothing is said and heard while it is held.
  void Hold(bool held);
  void Transfer(const std::string& user);

  const AudioRecord& audio() const { return record_; }
  peer::MediaStatistics statistics() const;
  // Media packets, in this call and in those that have ended.
  uint64_t packets_rejected() const;

 private:
  class Instead;
  struct Digit {
    char digit;
    Duration tone, gap;
  };

  void Report(std::string kind, Fields fields);
  void Speak(media::Codec codec);
  void NextDigitStep();
  void Forget();
  // How the call that is to take the present one's place went.
  void OnInsteadAnswered(media::Codec codec);
  void OnInsteadOver(peer::EndReason reason);

  // CallObserver
  void OnRinging() override { Report("ringing", {}); }
  void OnProgress(media::Codec codec) override;
  void OnParty(const std::string& user, const std::string& fullname) override;
  void OnHold(bool held) override;
  void OnTransfer(const std::string& user) override;
  void OnTransferred(bool done, peer::EndReason reason) override;
  void OnAnswered(media::Codec codec) override;
  void OnPath(const path::PathInfo& path) override;
  void OnEnded(peer::EndReason reason) override;
  void OnAudio(std::span<const uint8_t> encoded_20ms) override;
  void OnDigit(char digit, bool ended, Duration duration) override;

  Runtime& runtime_;
  const HandsetSettings settings_;
  Owner& owner_;
  AudioRecord record_;
  uint64_t rejected_ = 0;             // in calls that have ended
  peer::MediaStatistics statistics_;  // of the latest call, once it has ended
  std::deque<Digit> digits_;          // the first one sounds when `sounding_`
  bool sounding_ = false;
  bool incoming_ = false;
  bool answered_ = false;
  bool held_ = false;  // by this one
  std::unique_ptr<Timer> answer_timer_, digit_timer_;
  std::unique_ptr<Headset> headset_;  // of a call in which something is said or heard
  std::unique_ptr<peer::Call> call_;
  std::unique_ptr<Instead> instead_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_HANDSET_H_
