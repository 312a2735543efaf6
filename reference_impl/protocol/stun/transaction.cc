#include "protocol/stun/transaction.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sfa::stun {

Transaction::Transaction(Runtime& runtime, Bytes request, Send send,
                         std::function<void()> timed_out, Duration rto)
    : request_(request.begin(), request.end()),
      send_(std::move(send)),
      timed_out_(std::move(timed_out)),
      first_sent_(runtime.Now()),
      rto_(rto),
      wait_(rto),
      timer_(runtime.NewTimer([this] { OnTimer(); })) {
  assert(request.size() >= kHeaderBytes);
  std::copy_n(request.begin() + 8, id_.size(), id_.begin());
  SendOnce();
}

void Transaction::SendOnce() {
  send_(request_);
  ++sent_;
  if (sent_ < kRequestCount) {
    timer_->Start(wait_);
    wait_ *= 2;
  } else {
    timer_->Start(kLastWaitFactor * rto_);
  }
}

void Transaction::OnTimer() {
  if (sent_ < kRequestCount) {
    SendOnce();
    return;
  }
  // Out of the object first: the call may destroy it.
  const auto timed_out = std::move(timed_out_);
  timed_out();
}

}  // namespace sfa::stun
