// The sending side of a request over UDP: repeats it until it is answered or given up (RFC 8489
// section 6.2.1).
#ifndef REFERENCE_IMPL_PROTOCOL_STUN_TRANSACTION_H_
#define REFERENCE_IMPL_PROTOCOL_STUN_TRANSACTION_H_

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "protocol/stun/attributes.h"
#include "runtime/runtime.h"

namespace sfa::stun {

inline constexpr Duration kInitialRto = std::chrono::milliseconds(500);
inline constexpr int kRequestCount = 7;     // Rc
inline constexpr int kLastWaitFactor = 16;  // Rm: in units of the RTO, after the last request
// Until a transaction with these values is given up: 0.5+1+2+4+8+16+8 s.
inline constexpr Duration kTransactionTimeout = std::chrono::milliseconds(39500);

// Contract:
//  1. Sends at once, inside the constructor, and then after 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s, given
//     the usual RTO.
//  2. `timed_out` runs at 39.5 s, or 79 times the RTO, at most once; it may destroy the
//  transaction.
//  3. Nothing runs after Stop() or destruction. Whoever gets the answer stops the transaction.
class Transaction {
 public:
  using Send = std::function<void(Bytes request)>;

  // `request` is a whole message; it is copied.
  Transaction(Runtime& runtime, Bytes request, Send send, std::function<void()> timed_out,
              Duration rto = kInitialRto);

  const TransactionId& id() const { return id_; }
  // Requests sent so far. The time of an answer tells the round trip when this is 1.
  int sent() const { return sent_; }
  MonotonicTime first_sent() const { return first_sent_; }
  void Stop() { timer_->Cancel(); }

 private:
  void SendOnce();
  void OnTimer();

  std::vector<uint8_t> request_;
  TransactionId id_{};
  Send send_;
  std::function<void()> timed_out_;
  MonotonicTime first_sent_;
  int sent_ = 0;
  const Duration rto_;
  Duration wait_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace sfa::stun

#endif  // REFERENCE_IMPL_PROTOCOL_STUN_TRANSACTION_H_
