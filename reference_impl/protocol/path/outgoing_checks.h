// Sends the checks of a list, one after another, and takes in their answers (RFC 8445 section 7.2).
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_OUTGOING_CHECKS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_OUTGOING_CHECKS_H_

#include <memory>

#include "protocol/path/check_identity.h"
#include "protocol/path/check_list.h"
#include "protocol/path/check_port.h"
#include "runtime/runtime.h"

namespace sfa::path {

class CheckResults {
 public:
  // The pair is valid, for the first time or again. `moved`: the other end sees us elsewhere than
  // when it was valid before.
  virtual void OnPairValid(Pair& pair, bool moved) = 0;
  // It has come out as failed.
  virtual void OnPairFailed(Pair& pair) = 0;
  // The other end has refused our role, which has been changed.
  virtual void OnRoleChanged() = 0;

 protected:
  ~CheckResults() = default;
};

// Contract:
//  1. A check leaves at most every 20 ms, but for CheckNow(). By UDP and relay it is repeated as
//  RFC 8489 section 6.2.1
//     says, by TCP it is not (section 6.2.2); without an answer it fails after 39.5 s.
//  2. Results are told from packets and timers only.
class OutgoingChecks {
 public:
  OutgoingChecks(Runtime& runtime, CheckPort& port, CheckUser& user, CheckIdentity& identity,
                 CheckList& list, CheckResults& results);

  // Something waits or has been triggered.
  void Schedule();
  void Trigger(Pair& pair);
  // Out of turn.
  void CheckNow(Pair& pair);
  // Ends the checks of a pair and takes it out of the queue.
  void Stop(Pair& pair);
  void StopAll();

  // Checks of this pair nominate it from now on; 0: no pair is nominated.
  void Nominate(const Pair* pair, uint32_t nomination);

  // A request by itself, neither repeated nor timed. Its answer is expected.
  stun::TransactionId Ask(const Pair& pair);

  // A genuine answer; false when it belongs to no check.
  bool OnAnswer(const Route& from, const stun::Message& answer);

  static void LearnRoundTrip(Pair& pair, Duration sample);

 private:
  void OnPace();
  void Send(Pair& pair);
  void ForgetChecks(Pair& pair);
  void OnTimedOut(Pair& pair);
  uint32_t NominationOf(const Pair& pair) const { return &pair == nominated_ ? nomination_ : 0; }

  Runtime& runtime_;
  CheckPort& port_;
  CheckUser& user_;
  CheckIdentity& identity_;
  CheckList& list_;
  CheckResults& results_;
  const Pair* nominated_ = nullptr;
  uint32_t nomination_ = 0;
  MonotonicTime next_;
  std::unique_ptr<Timer> pace_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_OUTGOING_CHECKS_H_
