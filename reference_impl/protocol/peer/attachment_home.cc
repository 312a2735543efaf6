// What comes after the login: the home, its loss, the way back.
#include <algorithm>
#include <utility>

#include "protocol/peer/attachment.h"
#include "protocol/stream/credentials.h"

namespace sfa::peer {

void Attachment::Register() {
  SetState(LoginState::kInitializing);
  if (state_ != LoginState::kInitializing || !supernode_) return;
  wire::Message message;
  message.set_request(2);
  wire::RegisterRequest* request = message.mutable_register_request();
  *request->mutable_credential() = credential_;
  request->set_proof(stream::ProveUser(signing_key_, supernode_->handshake_hash()));
  Send(message);
  asked_ = runtime_.Now();
  WaitFor(Wait::kReply, quickly_ ? kWaitForQuick : kWaitForReply);
}

void Attachment::OnRegistered() {
  StopWaiting();
  registered_ = true;
  quickly_ = false;
  pause_ = kFirstPause;
  round_trip_ = runtime_.Now() - asked_;
  cache_.Add(node_);
  keepalive_due_ = false;
  keepalive_->Start(kKeepaliveInterval);
  share_.SetHome(this, node_);
  if (share_.surveyed()) return OnSurveyed();
  share_.Survey(cache_.Shuffled(runtime_.random()), [self = self_] {
    if (*self != nullptr && (*self)->registered_ && (*self)->state_ == LoginState::kInitializing) {
      (*self)->OnSurveyed();
    }
  });
}

void Attachment::OnSurveyed() {
  ShareRelays();
  SetState(LoginState::kLoggedIn);
}

void Attachment::ShareRelays() {
  share_.SetRelays(cache_.Shuffled(runtime_.random()), node_, relay_.name(), relay_.password());
}

void Attachment::OnHomeLost(const std::string& why) {
  registered_ = false;
  SetState(LoginState::kConnectingToP2p, why);
  observer_.OnSupernodeLost();
  if (state_ == LoginState::kConnectingToP2p) Return();
}

void Attachment::Return() {
  round_ = 0;
  node_reached_ = false;
  tried_.clear();
  BeginWith(node_);  // where it was is where others look for it
  quick_left_ = kQuickAttempts;
  quickly_ = true;
  TryQuickly();
}

void Attachment::TryQuickly() {
  if (quick_left_ == 0 || nodes_.empty()) {
    quickly_ = false;
    return NextRound();
  }
  --quick_left_;
  node_ = NextNode();
  tried_.insert(node_);
  // Where only the web's ports are open, they are so for every node.
  const bool by_web =
      std::find(std::begin(kWebPorts), std::end(kWebPorts), way_in_) != std::end(kWebPorts);
  ConnectSupernode({by_web ? way_in_ : node_.port}, kWaitForQuick);
}

void Attachment::OnKeepaliveDue() {
  if (keepalive_due_) return GiveUpNode("the supernode does not answer");
  wire::Message message;
  message.mutable_keepalive();
  Send(message);
  keepalive_due_ = true;
  asked_ = runtime_.Now();
  keepalive_->Start(kWaitForKeepalive);
}

void Attachment::Suspect() {
  if (!registered_) return;
  if (!keepalive_due_) {
    OnKeepaliveDue();
  } else if (keepalive_->running() && runtime_.Now() - asked_ < kLongestSuspect) {
    return;  // asked a moment ago
  }
  keepalive_->Start(std::clamp<Duration>(3 * round_trip_, kWaitForSuspect, kLongestSuspect));
}

void Attachment::Renew() {
  if (login_ && registered_) return OnRenewalFailed("no reply");
  // Not registered: the way back or the login will see to it.
  if (!registered_ || !login_server_.is_set()) return renewal_->Start(kRenewalPause);
  ConnectLoginServer();
}

void Attachment::OnRenewalFailed(const std::string& why) {
  runtime_.log().Write(LogLevel::kNotice, "peer",
                       settings_.user + ": the login could not be renewed: " + why);
  login_ = nullptr;
  renewal_->Start(kRenewalPause);
}

}  // namespace sfa::peer
