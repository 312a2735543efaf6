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
//  1. After Start(), `ask` runs every 5 s, each time from 0.8 to 1.2 times that (section 5.1). It
//     sends a Binding request and returns its id; it is not repeated (an answer to the next one
//     serves as well).
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

  Runtime& runtime_;
  std::function<stun::TransactionId()> ask_;
  std::function<void(const stun::TransactionId&)> forget_;
  std::function<void()> lost_;
  MonotonicTime expires_;
  std::deque<Question> questions_;  // those of the last 30 s
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CONSENT_H_
