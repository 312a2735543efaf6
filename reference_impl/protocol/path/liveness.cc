#include "protocol/path/liveness.h"

#include <algorithm>

namespace sfa::path {
namespace {

// Twenty packets of speech in a row are hardly ever lost by chance.
constexpr Duration kSilence = std::chrono::milliseconds(400);
constexpr Duration kSuspectedPace = std::chrono::milliseconds(100);
constexpr Duration kLeastPatience = std::chrono::milliseconds(400);
constexpr int kPatienceRoundTrips = 3;
constexpr Duration kLostPace = std::chrono::milliseconds(200);
constexpr Duration kDoubtPace = std::chrono::seconds(1);

}  // namespace

Liveness::Liveness(Runtime& runtime, LivenessUser& user)
    : runtime_(runtime),
      user_(user),
      timer_(runtime.NewTimer([this] { OnTimer(); })),
      consent_(
          runtime, [this] { return user_.AskConsent(); },
          [this](const stun::TransactionId& id) { user_.ForgetConsent(id); },
          [this] {
            timer_->Cancel();
            user_.OnConsentLost();
          }) {}

void Liveness::Start() {
  timer_->Cancel();
  consent_.Start();
  state_ = State::kAlive;
  media_expected_ = false;
  last_heard_ = last_doubt_ = runtime_.Now();
}

void Liveness::Stop() {
  timer_->Cancel();
  consent_.Stop();
  state_ = State::kStopped;
}

void Liveness::OnMedia() {
  if (state_ == State::kStopped || state_ == State::kLost) return;
  last_heard_ = runtime_.Now();
  if (state_ == State::kSuspected) {
    state_ = State::kAlive;
    media_expected_ = false;
  }
  if (media_expected_) return;
  // The timer is not moved with every packet: when it runs it looks how long ago the last one was.
  media_expected_ = true;
  timer_->Start(kSilence);
}

void Liveness::OnRequest() {
  if (state_ == State::kAlive || state_ == State::kSuspected) last_heard_ = runtime_.Now();
}

void Liveness::OnTimer() {
  const MonotonicTime now = runtime_.Now();
  switch (state_) {
    case State::kStopped:
      return;
    case State::kAlive:
      if (now - last_heard_ < kSilence) {
        timer_->StartAt(last_heard_ + kSilence);
      } else {
        Suspect();
        user_.OnPathSuspected();
      }
      return;
    case State::kSuspected:
      if (now - suspected_at_ >= std::max(kLeastPatience, kPatienceRoundTrips * round_trip_)) {
        Lose();
        return;
      }
      timer_->Start(kSuspectedPace);
      consent_.AskNow();
      return;
    case State::kLost:
      timer_->Start(kLostPace);
      consent_.AskNow();
      return;
  }
}

void Liveness::Suspect() {
  state_ = State::kSuspected;
  suspected_at_ = runtime_.Now();
  timer_->Start(kSuspectedPace);
  consent_.AskNow();
}

void Liveness::Doubt() {
  const MonotonicTime now = runtime_.Now();
  if (state_ != State::kAlive || now - last_doubt_ < kDoubtPace) return;
  if (media_expected_ && now - last_heard_ < kSilence) return;
  last_doubt_ = now;
  Suspect();
}

void Liveness::Lose() {
  if (state_ != State::kAlive && state_ != State::kSuspected) return;
  state_ = State::kLost;
  timer_->Start(kLostPace);
  consent_.AskNow();
  user_.OnPathLost();
}

Duration Liveness::OnAnswer(const stun::TransactionId& id) {
  const Duration taken = consent_.Confirm(id);
  Answered();
  return taken;
}

void Liveness::OnOtherAnswer() {
  if (state_ == State::kStopped) return;
  consent_.Renew();
  Answered();
}

void Liveness::Answered() {
  last_heard_ = runtime_.Now();
  const bool back = state_ == State::kLost;
  if (state_ == State::kSuspected || back) {
    timer_->Cancel();
    state_ = State::kAlive;
    media_expected_ = false;
  }
  if (back) user_.OnPathBack();
}

}  // namespace sfa::path
