#include "fake_skype_network/toll.h"

#include <algorithm>
#include <utility>

namespace sfa::community {
namespace {

constexpr size_t kBillIdBytes = 16;

peer::EndReason ToReason(wire::ServiceResult result) {
  switch (result) {
    case wire::SERVICE_NO_CREDIT:
      return peer::EndReason::kNoCredit;
    case wire::SERVICE_UNREACHABLE:
      return peer::EndReason::kNetwork;
    default:
      return peer::EndReason::kInvalidNumber;  // nobody connects it
  }
}

}  // namespace

TollDesk::TollDesk(Runtime& runtime, peer::Peer& peer)
    : runtime_(runtime), peer_(peer), again_(runtime.NewTimer([this] { SendNext(); })) {}

void TollDesk::Authorise(const Toll& toll, std::function<void(const Verdict&)> done) {
  wire::ServiceRequest request;
  request.mutable_authorise_call()->set_account(toll.account);
  request.mutable_authorise_call()->set_number(toll.number);
  peer_.Ask(request, [done = std::move(done)](const wire::ServiceReply& reply) {
    Verdict verdict;
    if (reply.result() != wire::SERVICE_DONE) verdict.refusal = ToReason(reply.result());
    if (reply.grant().longest_seconds() > 0) {
      verdict.longest = std::chrono::seconds(reply.grant().longest_seconds());
    }
    done(verdict);
  });
}

void TollDesk::Settle(const Toll& toll) {
  Duration lasted = runtime_.Now() - *toll.answered;
  if (toll.longest) lasted = std::min(lasted, *toll.longest);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(lasted).count();
  // Not the call's own, which the caller has chosen: two calls of one id would cost as one.
  const auto id = runtime_.random().Bytes<kBillIdBytes>();
  wire::ServiceRequest bill;
  bill.mutable_settle_call()->set_id(std::string(id.begin(), id.end()));
  bill.mutable_settle_call()->set_account(toll.account);
  bill.mutable_settle_call()->set_number(toll.number);
  bill.mutable_settle_call()->set_seconds(
      static_cast<uint32_t>(std::clamp<int64_t>(seconds, 1, UINT32_MAX)));
  if (bills_.size() >= kMostBills) {
    runtime_.log().Write(LogLevel::kError, "gateway", "a bill is lost, too many wait");
    bills_.erase(bills_.begin() + (asking_ ? 1 : 0));
  }
  bills_.push_back(std::move(bill));
  if (!asking_ && !again_->running()) SendNext();
}

void TollDesk::SendNext() {
  if (bills_.empty()) return;
  asking_ = true;
  peer_.Ask(bills_.front(), [this](const wire::ServiceReply& reply) {
    asking_ = false;
    if (reply.result() == wire::SERVICE_UNREACHABLE) return again_->Start(kAgain);
    bills_.pop_front();
    SendNext();
  });
}

}  // namespace sfa::community
