// Watches the open path: is anything heard, is the other end still there?
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_LIVENESS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_LIVENESS_H_

#include <memory>

#include "protocol/path/consent.h"
#include "runtime/runtime.h"

namespace sfa::path {

class LivenessUser {
 public:
  // Sends a request by the path, and returns its id; what Forget() names is not expected any more.
  virtual stun::TransactionId AskConsent() = 0;
  virtual void ForgetConsent(const stun::TransactionId& id) = 0;
  // Media has stopped.
  virtual void OnPathSuspected() = 0;
  // No answer in time: the path does not work.
  virtual void OnPathLost() = 0;
  // After OnPathLost(): it has answered.
  virtual void OnPathBack() = 0;
  // No consent for 30 s.
  virtual void OnConsentLost() = 0;

 protected:
  ~LivenessUser() = default;
};

// Contract:
//  1. Media that was heard and then is not for 400 ms makes the path suspect; so does Doubt(). A
//     suspected path is asked at once and every 100 ms. An answer or media ends the suspicion.
//     Without either for 400 ms, or three round trips if that is longer, the path is lost; it is
//     asked every 200 ms from then on, and only an answer brings it back.
//  2. A path by which no media comes is only asked for consent.
//  3. The user is called from timers, and from OnAnswer() (OnPathBack()) and Lose() (OnPathLost()).
class Liveness {
 public:
  Liveness(Runtime& runtime, LivenessUser& user);

  // Another path, or the same one anew; it is alive.
  void Start();
  void Stop();
  bool started() const { return state_ != State::kStopped; }
  bool suspected() const { return state_ == State::kSuspected; }
  bool lost() const { return state_ == State::kLost; }
  // When the path was last known to live.
  MonotonicTime last_heard() const { return last_heard_; }

  void SetRoundTrip(Duration round_trip) { round_trip_ = round_trip; }

  // Media by this path. Cheap.
  void OnMedia();
  // A genuine request by this path.
  void OnRequest();
  bool Asked(const stun::TransactionId& id) const { return consent_.Asked(id); }
  // A genuine answer to what Asked() knows. Returns how long it took.
  Duration OnAnswer(const stun::TransactionId& id);
  // The path has answered some other check.
  void OnOtherAnswer();
  // The other end behaves as if the path did not work. Counts when no media is heard, at most once
  // a second.
  void Doubt();
  // It cannot work any more.
  void Lose();

 private:
  enum class State { kStopped, kAlive, kSuspected, kLost };
  void OnTimer();
  void Suspect();
  void Answered();

  Runtime& runtime_;
  LivenessUser& user_;
  State state_ = State::kStopped;
  bool media_expected_ = false;  // some has come since the path was last asked
  MonotonicTime last_heard_{}, suspected_at_{};
  MonotonicTime last_doubt_{};
  Duration round_trip_{};
  std::unique_ptr<Timer> timer_;
  Consent consent_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_LIVENESS_H_
