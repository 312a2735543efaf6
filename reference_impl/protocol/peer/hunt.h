// Who is called in the course of one call: the one who was named, whoever has his calls after that,
// and his voicemail in the end. Knows nothing of devices.
//
// Rules (docs/community-services.md):
//  1. A target is looked up, and rings at all its devices at once. It is over when none of them is
//     left, or when it is not answered in time.
//  2. A target that is not there, is busy or does not answer is forwarded to all of its forward_to,
//     at once: nobody twice, at most kMaxHops from the one who was named, at most kMaxTargets.
//  3. When all are over, the voicemail of the one who was named is called, if he is one of 2.
//  4. Then the call is over: for the reason of the last forwarding that has rung, else his.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_HUNT_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_HUNT_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "protocol/peer/peer.h"
#include "protocol/signalling.pb.h"
#include "runtime/runtime.h"

namespace sfa::peer {

struct Target {
  std::string name;       // as it is called: a user, a number
  std::string addressee;  // whom messages are for: the user, or the service that connects a number
  int hops = 0;           // from the one who was named
  bool voicemail = false;
  enum class State { kLookingUp, kRinging, kOver } state = State::kLookingUp;
  bool rang = false;
  EndReason reason = EndReason::kNormal;  // when over
  std::vector<std::string> forward_to;
  std::string its_voicemail;
  std::unique_ptr<Timer> timer;
};

class HuntOwner {
 public:
  virtual void LookUp(const std::string& name) = 0;
  // Rings at the devices of that target; false when there is none.
  virtual bool RingAt(size_t target, const wire::LookupReply& found) = 0;
  virtual void StopRinging(size_t target, EndReason reason) = 0;
  // Everybody is over. The last call.
  virtual void OnHuntOver(EndReason reason) = 0;

 protected:
  ~HuntOwner() = default;
};

class Hunt {
 public:
  static constexpr int kMaxHops = 3;
  static constexpr size_t kMaxTargets = 16;

  Hunt(Runtime& runtime, HuntOwner& owner) : runtime_(runtime), owner_(owner) {}

  void Start(const std::string& name);
  void OnLookup(const wire::LookupReply& reply);
  // The last device of a target takes no part any more.
  void OnTargetOver(size_t target, EndReason reason);
  // What has been asked may have been lost.
  void AskAgain();
  void Stop();

  const Target& operator[](size_t target) const { return targets_[target]; }
  size_t size() const { return targets_.size(); }

 private:
  bool Add(const std::string& name, int hops, bool voicemail);
  void OnFound(size_t target, const wire::LookupReply& reply);
  void OnTimer(size_t target);
  void Over(size_t target, EndReason reason);
  void Conclude();

  Runtime& runtime_;
  HuntOwner& owner_;
  std::deque<Target> targets_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_HUNT_H_
