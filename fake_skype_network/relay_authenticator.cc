#include "fake_skype_network/relay_authenticator.h"

#include <charconv>

#include "protocol/stun/digest.h"

namespace sfa::community {
namespace {

using stun::AttributeType;

constexpr size_t kNonceTimeDigits = 8;
constexpr size_t kNonceSumBytes = 12;

void AppendHex(std::string& text, uint64_t value, size_t digits) {
  for (size_t i = digits; i-- > 0;) text += "0123456789abcdef"[value >> 4 * i & 0xF];
}

uint64_t Seconds(MonotonicTime time) {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

RelayAuthenticator::Verdict Refusal(int error, std::string_view reason) {
  return {std::nullopt, error, reason};
}

bool IsRight(const stun::Message& request, stun::Bytes key, bool sha256) {
  return sha256 ? request.CheckIntegritySha256(key) : request.CheckIntegrity(key);
}

}  // namespace

RelayAuthenticator::RelayAuthenticator(Runtime& runtime)
    : runtime_(runtime), nonce_key_(runtime.random().Bytes<32>()) {}

RelayAuthenticator::Verdict RelayAuthenticator::Judge(const stun::Message& request,
                                                      const RelayClient& client,
                                                      const Asker* known) const {
  // The order of RFC 8489 section 9.2.4.
  const bool sha1 = request.Find(AttributeType::kMessageIntegrity).has_value();
  const bool sha256 = request.Find(AttributeType::kMessageIntegritySha256).has_value();
  if (!sha1 && !sha256) return Refusal(stun::kErrorUnauthenticated, "Unauthenticated");
  const auto name = request.FindText(AttributeType::kUsername);
  const auto realm = request.FindText(AttributeType::kRealm);
  const auto nonce = request.FindText(AttributeType::kNonce);
  if (!name || !realm || !nonce) return Refusal(stun::kErrorBadRequest, "Bad Request");
  if (!IsNonce(*nonce, client)) return Refusal(stun::kErrorStaleNonce, "Stale Nonce");
  if (*realm != kRelayRealm) return Refusal(stun::kErrorUnauthenticated, "Unauthenticated");
  if (known != nullptr && known->name == *name) {
    if (!IsRight(request, known->key, !sha1)) {
      return Refusal(stun::kErrorUnauthenticated, "Unauthenticated");
    }
    return {Asker{known->name, known->user, known->key, !sha1}, 0, {}};
  }
  for (const RelaySecrets::Relayer& each : secrets_.KeysOf(*name, runtime_.WallNow())) {
    if (IsRight(request, each.key, !sha1)) {
      return {Asker{std::string(*name), each.user, each.key, !sha1}, 0, {}};
    }
  }
  return Refusal(stun::kErrorUnauthenticated, "Unauthenticated");
}

void RelayAuthenticator::AddChallenge(stun::Builder& answer, const RelayClient& client) const {
  answer.AddText(AttributeType::kRealm, kRelayRealm);
  answer.AddText(AttributeType::kNonce, NonceFor(client, runtime_.Now() + kNonceLifetime));
}

void RelayAuthenticator::AddIntegrity(stun::Builder& answer, const Asker& asker) {
  asker.sha256 ? answer.AddIntegritySha256(asker.key) : answer.AddIntegrity(asker.key);
}

std::string RelayAuthenticator::NonceFor(const RelayClient& client, MonotonicTime ends) const {
  std::string nonce;
  AppendHex(nonce, Seconds(ends), kNonceTimeDigits);
  std::string text = nonce;
  AppendHex(text, client.way.number(), 8);
  AppendHex(text, client.address.address.value, 8);
  AppendHex(text, client.address.port, 4);
  const auto sum =
      stun::HmacSha1(nonce_key_, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  for (size_t i = 0; i < kNonceSumBytes; ++i) AppendHex(nonce, sum[i], 2);
  return nonce;
}

bool RelayAuthenticator::IsNonce(std::string_view nonce, const RelayClient& client) const {
  if (nonce.size() != kNonceTimeDigits + 2 * kNonceSumBytes) return false;
  uint64_t ends = 0;
  const char* const digits_end = nonce.data() + kNonceTimeDigits;
  const auto [rest, error] = std::from_chars(nonce.data(), digits_end, ends, 16);
  if (error != std::errc() || rest != digits_end || ends <= Seconds(runtime_.Now())) return false;
  const std::string right =
      NonceFor(client, MonotonicTime(std::chrono::seconds(static_cast<int64_t>(ends))));
  return stun::EqualInConstantTime({reinterpret_cast<const uint8_t*>(nonce.data()), nonce.size()},
                                   {reinterpret_cast<const uint8_t*>(right.data()), right.size()});
}

}  // namespace sfa::community
