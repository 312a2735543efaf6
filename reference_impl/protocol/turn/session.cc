#include "protocol/turn/session.h"

#include <algorithm>
#include <utility>

#include "protocol/stun/digest.h"

namespace sfa::turn {

using stun::AttributeType;

Session::Session(Runtime& runtime, Transport& transport, Credential credential,
                 std::optional<Challenge> challenge)
    : runtime_(runtime), transport_(transport), credential_(std::move(credential)) {
  if (challenge) SetChallenge(std::move(*challenge));
}

void Session::SetChallenge(Challenge challenge) {
  key_ = stun::LongTermKey(credential_.name, challenge.realm, credential_.password);
  challenge_ = std::move(challenge);
}

void Session::Ask(uint16_t method, Patience patience, Add add, Done done) {
  Request request;
  request.method = method;
  request.patience = patience;
  request.add = std::move(add);
  request.done = std::move(done);
  request.deadline = runtime_.Now() + patience.limit;
  Send(std::move(request));
}

void Session::Send(Request request) {
  const auto id = stun::NewTransactionId(runtime_.random());
  stun::Builder builder(stun::MessageClass::kRequest, request.method, id);
  request.add(builder);
  request.has_credentials = challenge_.has_value();
  if (challenge_) {
    builder.AddText(AttributeType::kUsername, credential_.name)
        .AddText(AttributeType::kRealm, challenge_->realm)
        .AddText(AttributeType::kNonce, challenge_->nonce)
        .AddIntegrity(key_);
  }
  builder.AddFingerprint();
  const bool full = requests_.size() >= kMaxRequests;
  request.bytes.assign(builder.bytes().begin(), builder.bytes().end());
  request.wait = request.patience.first_repeat;
  request.timer = runtime_.NewTimer([this, id] { OnTimer(id); });
  Request& kept = requests_.emplace(id, std::move(request)).first->second;
  if (full || kept.bytes.empty()) {
    kept.deadline = runtime_.Now();
    kept.timer->Start(Duration{});
    return;
  }
  ArmTimer(kept);
  transport_.Send(kept.bytes, {}, true);
}

void Session::ArmTimer(Request& request) {
  const MonotonicTime repeat = runtime_.Now() + request.wait;
  const bool repeats = !transport_.reliable() && repeat < request.deadline;
  request.timer->StartAt(repeats ? repeat : request.deadline);
  request.wait *= 2;
}

void Session::OnTimer(const stun::TransactionId& id) {
  const auto found = requests_.find(id);
  if (runtime_.Now() >= found->second.deadline) {
    End(found, {});
    return;
  }
  ArmTimer(found->second);
  transport_.Send(found->second.bytes, {}, true);
}

void Session::End(Requests::iterator request, const Answer& answer) {
  // Out of the session first: the call may destroy it.
  const Request ended = std::move(request->second);
  requests_.erase(request);
  ended.done(answer);
}

bool Session::Retry(Requests::iterator request, const stun::Message& response, int error) {
  const bool unauthenticated =
      error == stun::kErrorUnauthenticated && !request->second.has_credentials;
  const bool stale =
      error == stun::kErrorStaleNonce && request->second.stale_nonces < kMaxStaleNonces;
  const auto realm = response.FindText(AttributeType::kRealm);
  const auto nonce = response.FindText(AttributeType::kNonce);
  if ((!unauthenticated && !stale) || !realm || !nonce || realm->size() > kMaxRealmBytes ||
      nonce->size() > kMaxNonceBytes) {
    return false;
  }
  SetChallenge({std::string(*realm), std::string(*nonce)});
  Request again = std::move(request->second);
  requests_.erase(request);
  if (stale) ++again.stale_nonces;
  Send(std::move(again));
  return true;
}

bool Session::OnResponse(const stun::Message& response) {
  const auto found = requests_.find(response.id());
  if (found == requests_.end() || found->second.method != response.method()) return false;
  if (response.Find(AttributeType::kFingerprint) && !response.CheckFingerprint()) return false;
  if (response.message_class() == stun::MessageClass::kSuccess) {
    if (!response.CheckIntegrity(key_) || !response.UnknownRequired().empty()) return false;
    End(found, {&response, 0});
    return true;
  }
  if (response.message_class() != stun::MessageClass::kError) return false;
  const auto error = response.ErrorCode();
  if (!error) return false;
  if (response.Find(AttributeType::kMessageIntegrity) && !response.CheckIntegrity(key_)) {
    return false;
  }
  if (Retry(found, response, error->code)) return true;
  End(found, {nullptr, error->code});
  return true;
}

}  // namespace sfa::turn
