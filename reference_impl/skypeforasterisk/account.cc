#include "skypeforasterisk/account.h"

#include <utility>

namespace sfa::engine {
namespace {

using peer::LoginState;

// A supernode that does not hear us say goodbye notices by itself.
constexpr std::chrono::milliseconds kLogoutDeadline{1500};

wire::ServiceReply NotLoggedIn() {
  wire::ServiceReply reply;
  reply.set_result(wire::SERVICE_UNREACHABLE);
  reply.set_text("the account is not logged in");
  return reply;
}

}  // namespace

Account::Account(Runtime& runtime, peer::PeerSettings settings, PeerMaker make_peer,
                 AccountObserver& observer)
    : runtime_(runtime),
      settings_(std::move(settings)),
      make_peer_(std::move(make_peer)),
      observer_(observer),
      discard_(runtime.NewTimer([this] { Discard(); })) {}

bool Account::logged_in() const {
  return peer_ && !leaving_ && peer_->state() == LoginState::kLoggedIn;
}

void Account::LogIn(const std::string& secret) {
  if (peer_) {
    if (!leaving_ && secret == settings_.password && peer_->state() != LoginState::kLoggedOut) {
      observer_.OnAccountState(*this, peer_->state(), "");
      return;
    }
    // Another secret, or a logout under way: first out, then in again.
    LogOut();
    relogin_ = secret;
    return;
  }
  settings_.password = secret;
  leaving_ = false;
  peer_ = make_peer_(settings_, *this);
  peer_->LogIn();
}

void Account::LogOut() {
  relogin_.reset();
  if (!peer_ || leaving_) return;
  leaving_ = true;
  if (peer_->state() == LoginState::kLoggedOut) {
    discard_->Start(Duration::zero());
    return;
  }
  discard_->Start(kLogoutDeadline);
  peer_->LogOut();
}

void Account::OnLoginState(LoginState state, const std::string& reason) {
  const bool out = state == LoginState::kLoggedOut || state == LoginState::kLoggedOutPasswordSaved;
  if (leaving_ && out) {
    // Discard() tells, so that it is told once.
    discard_->Start(Duration::zero());
    return;
  }
  observer_.OnAccountState(*this, state, reason);
}

void Account::OnIncomingCall(std::unique_ptr<peer::Call> call) {
  if (leaving_) return;  // destroying it refuses it
  observer_.OnIncomingCall(*this, std::move(call));
}

void Account::OnNews(const wire::ServiceNews& news) {
  if (!leaving_) observer_.OnNews(*this, news);
}

void Account::Ask(const wire::ServiceRequest& request, peer::Peer::ServiceDone done) {
  if (!logged_in()) return done(NotLoggedIn());
  const uint64_t number = next_question_++;
  asked_[number] = std::move(done);
  peer_->Ask(request, [this, number](const wire::ServiceReply& reply) {
    const auto asked = asked_.find(number);
    const peer::Peer::ServiceDone answered = std::move(asked->second);
    asked_.erase(asked);
    answered(reply);
  });
}

void Account::Discard() {
  peer_.reset();
  for (const auto& [number, done] : std::exchange(asked_, {})) done(NotLoggedIn());
  leaving_ = false;
  if (!relogin_) return observer_.OnAccountState(*this, LoginState::kLoggedOut, "");
  observer_.OnAccountState(*this, LoginState::kLoggedOut, "");
  const std::string secret = *relogin_;
  relogin_.reset();
  LogIn(secret);
}

}  // namespace sfa::engine
