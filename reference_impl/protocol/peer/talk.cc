// What is said within an answered call: holds and transfers.
#include <utility>

#include "protocol/peer/call_base.h"
#include "protocol/peer/network.h"
#include "protocol/peer/properties.h"

namespace sfa::peer {

void CallBase::OnTalkMessage(const wire::CallMessage& message) {
  if (!answered_ || over_) return host_->CountDropped();
  switch (message.body_case()) {
    case wire::CallMessage::kHold: {
      const bool held = message.hold().held();
      if (held == std::exchange(held_, held)) return;
      if (observer_ != nullptr) observer_->OnHold(held);
      return;
    }
    case wire::CallMessage::kTransfer:
      return OnTransferRequest(message.transfer());
    case wire::CallMessage::kTransferResult:
      if (!transfer_) return host_->CountDropped();
      return TellTransferred(message.transfer_result().done(),
                             FromWire(message.transfer_result().reason()));
    default:
      return host_->CountDropped();
  }
}

void CallBase::SayTalkAgain() {
  FarEnd* const other = far_end();
  if (other == nullptr || over_ || !answered_) return;
  if (hold_said_) Hold(holding_);
  if (transfer_) other->Say(*transfer_, false);
  if (transfer_answer_) other->Say(*transfer_answer_, false);
}

void CallBase::Hold(bool held) {
  FarEnd* const other = far_end();
  if (other == nullptr || over_ || !answered_) return;
  holding_ = held;
  hold_said_ = true;
  wire::CallMessage message = other->NewMessage();
  message.mutable_hold()->set_held(held);
  other->Say(message, false);
}

// ---- This end asks ---------------------------------------------------------------------------

void CallBase::Transfer(const std::string& user) {
  FarEnd* const other = far_end();
  const bool possible = other != nullptr && !over_ && answered_ && !transfer_ && !user.empty() &&
                        BoundedText(user, kMaxCallNameBytes) == user;
  if (!possible) {
    if (host_ == nullptr) return;
    host_->runtime().Post([self = self_] {
      if (*self == nullptr || (*self)->observer_ == nullptr) return;
      (*self)->observer_->OnTransferred(false, EndReason::kRejected);
    });
    return;
  }
  transfer_ = other->TransferTo(user, media_leg_->description().ufrag);
  other->Say(*transfer_, false);
  transfer_timer_->Start(kWaitForTransfer);
}

void CallBase::TellTransferred(bool done, EndReason reason) {
  transfer_.reset();
  if (transfer_timer_) transfer_timer_->Cancel();
  if (observer_ != nullptr) observer_->OnTransferred(done, reason);
}

// ---- The far end asks ------------------------------------------------------------------------

void CallBase::OnTransferRequest(const wire::CallTransfer& transfer) {
  const std::string& to = transfer.to();
  const bool good = !to.empty() && BoundedText(to, kMaxCallNameBytes) == to;
  if (!good || !far_end()->IsGenuine(transfer)) return host_->CountDropped();
  if (transferee_ == to) {
    // Said again: so is our answer, if there is one.
    if (transfer_answer_) far_end()->Say(*transfer_answer_, false);
    return;
  }
  // One at a time.
  if (!transferee_.empty() && !transfer_answer_) return host_->CountDropped();
  transferee_ = to;
  transfer_answer_.reset();
  if (observer_ != nullptr) observer_->OnTransfer(to);
}

void CallBase::AnswerTransfer(bool done, EndReason reason) {
  FarEnd* const other = far_end();
  if (other == nullptr || over_ || transferee_.empty() || transfer_answer_) return;
  wire::CallMessage message = other->NewMessage();
  message.mutable_transfer_result()->set_done(done);
  if (!done) message.mutable_transfer_result()->set_reason(ToWire(reason));
  other->Say(message, false);
  transfer_answer_ = std::move(message);
}

}  // namespace sfa::peer
