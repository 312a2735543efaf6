#include "protocol/peer/questions.h"

#include <utility>
#include <vector>

namespace sfa::peer {
namespace {

wire::ServiceReply NobodyThere() {
  wire::ServiceReply reply;
  reply.set_result(wire::SERVICE_UNREACHABLE);
  reply.set_text("the network's services cannot be reached");
  return reply;
}

}  // namespace

Questions::Questions(Runtime& runtime, Send send)
    : runtime_(runtime), send_(std::move(send)), timer_(runtime.NewTimer([this] { OnTimer(); })) {}

Questions::~Questions() { *self_ = nullptr; }

void Questions::Ask(const wire::ServiceRequest& request, Peer::ServiceDone done) {
  if (asked_.size() >= kMax) return Unreachable(std::move(done));
  while (next_ == 0 || asked_.count(next_) > 0) ++next_;
  wire::Message message;
  message.set_request(next_);
  *message.mutable_service_request() = request;
  if (!send_(message)) return Unreachable(std::move(done));
  deadlines_.push_back({runtime_.Now() + kServicePatience, next_});
  asked_[next_++] = std::move(done);
  if (!timer_->running()) timer_->StartAt(deadlines_.front().at);
}

bool Questions::OnReply(uint32_t request, const wire::ServiceReply& reply) {
  const auto found = asked_.find(request);
  if (found == asked_.end()) return false;
  const Peer::ServiceDone done = std::move(found->second);
  asked_.erase(found);
  done(reply);
  return true;
}

void Questions::Fail() {
  timer_->Cancel();
  deadlines_.clear();
  const auto asked = std::exchange(asked_, {});
  for (const auto& [request, done] : asked) Unreachable(done);
}

void Questions::Unreachable(Peer::ServiceDone done) {
  runtime_.Post([self = self_, done = std::move(done)] {
    if (*self != nullptr) done(NobodyThere());
  });
}

void Questions::OnTimer() {
  const MonotonicTime now = runtime_.Now();
  while (!deadlines_.empty() && deadlines_.front().at <= now) {
    const auto found = asked_.find(deadlines_.front().request);
    deadlines_.pop_front();
    if (found == asked_.end()) continue;
    Unreachable(std::move(found->second));
    asked_.erase(found);
  }
  if (!deadlines_.empty()) timer_->StartAt(deadlines_.front().at);
}

}  // namespace sfa::peer
