// Whether the other end still wants our media (RFC 7675). The same checks keep the NATs open.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_CONSENT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_CONSENT_H_

#include <deque>
#include <functional>
#include <memory>

#include "protocol/stun/attributes.h"
#include "runtime/runtime.h"

namespace sfa::path {

// Contract:
//  1. `ask` runs 5 s after Start() and after each answer, or 0.8 to 1.2 times that (section 5.1),
//     and 1 s after a question that has not been answered: a relayed path that loses one packet in
//     seven at each step would lose a call every few minutes otherwise. It sends a Binding request
//     and returns its id; the request is not repeated (an answer to the next one serves as well).
//  2. `lost` runs when no answer has been confirmed for 30 s since Start(), once; it may destroy
//     the consent. Nothing runs after it, after Stop() or after destruction.
class Consent {
 public:
  Consent(Runtime& runtime, std::function<stun::TransactionId()> ask,
          std::function<void(const stun::TransactionId&)> forget, std::function<void()> lost);

  // Also anew, for another path: earlier questions are forgotten.
  void Start();
  void Stop();
  // Out of turn.
  void AskNow();
  // Whether `id` is one of those asked and not yet forgotten.
  bool Asked(const stun::TransactionId& id) const;
  // An answer to `id` has come and is genuine. Returns how long it took.
  Duration Confirm(const stun::TransactionId& id);
  // The other end has consented by answering another check.
  void Renew();

 private:
  struct Question {
    stun::TransactionId id;
    MonotonicTime sent;
  };
  void OnTimer();
  void Schedule();
  void Forget(size_t count);  // the oldest questions

  Runtime& runtime_;
  std::function<stun::TransactionId()> ask_;
  std::function<void(const stun::TransactionId&)> forget_;
  std::function<void()> lost_;
  bool answered_ = true;
  MonotonicTime expires_;
  std::deque<Question> questions_;  // those of the last 30 s
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CONSENT_H_
