#include "protocol/path/consent.h"

#include <algorithm>
#include <utility>

namespace sfa::path {
namespace {

// RFC 7675 section 5.1: 5 s, randomised from 0.8 to 1.2 times.
constexpr Duration kLeastInterval = std::chrono::seconds(4);
constexpr Duration kIntervalSpread = std::chrono::seconds(2);
constexpr Duration kAgain = std::chrono::seconds(1);
constexpr Duration kExpiry = std::chrono::seconds(30);

}  // namespace

Consent::Consent(Runtime& runtime, std::function<stun::TransactionId()> ask,
                 std::function<void(const stun::TransactionId&)> forget, std::function<void()> lost)
    : runtime_(runtime),
      ask_(std::move(ask)),
      forget_(std::move(forget)),
      lost_(std::move(lost)),
      timer_(runtime.NewTimer([this] { OnTimer(); })) {}

void Consent::Start() {
  Stop();
  Renew();
}

void Consent::Stop() {
  timer_->Cancel();
  Forget(questions_.size());
}

void Consent::Renew() {
  expires_ = runtime_.Now() + kExpiry;
  answered_ = true;
  Schedule();
}

void Consent::Forget(size_t count) {
  for (; count > 0; --count) {
    forget_(questions_.front().id);
    questions_.pop_front();
  }
}

void Consent::Schedule() {
  Duration interval = kAgain;
  if (answered_) {
    const auto spread = static_cast<uint64_t>(kIntervalSpread.count());
    interval = kLeastInterval + Duration(static_cast<int64_t>(runtime_.random().Below(spread)));
  }
  timer_->StartAt(std::min(runtime_.Now() + interval, expires_));
}

void Consent::OnTimer() {
  if (runtime_.Now() >= expires_) {
    const auto lost = std::move(lost_);
    lost();
    return;
  }
  AskNow();
  Schedule();
}

void Consent::AskNow() {
  const MonotonicTime now = runtime_.Now();
  while (!questions_.empty() && now - questions_.front().sent >= kExpiry) Forget(1);
  questions_.push_back({ask_(), now});
  answered_ = false;
}

bool Consent::Asked(const stun::TransactionId& id) const {
  return std::any_of(questions_.begin(), questions_.end(),
                     [&](const Question& question) { return question.id == id; });
}

Duration Consent::Confirm(const stun::TransactionId& id) {
  const auto question = std::find_if(questions_.begin(), questions_.end(),
                                     [&](const Question& candidate) { return candidate.id == id; });
  if (question == questions_.end()) return {};
  const Duration taken = runtime_.Now() - question->sent;
  // Earlier ones do not matter any more.
  Forget(static_cast<size_t>(question - questions_.begin()) + 1);
  Renew();
  return taken;
}

}  // namespace sfa::path
