#include "fake_skype_network/relay_credentials.h"

#include <sodium.h>

#include <charconv>

#include "protocol/stream/credentials.h"
#include "protocol/stun/digest.h"

namespace sfa::community {
namespace {

std::span<const uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string PasswordOf(const RelaySecret& secret, std::string_view name) {
  const auto mac = stun::HmacSha1(secret, BytesOf(name));
  std::array<char, sodium_base64_ENCODED_LEN(20, sodium_base64_VARIANT_ORIGINAL)> text{};
  sodium_bin2base64(text.data(), text.size(), mac.data(), mac.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return text.data();
}

int64_t UnixSeconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

wire::RelayCredential IssueRelayCredential(const RelaySecret& secret, std::string_view user,
                                           WallTime expires) {
  wire::RelayCredential credential;
  credential.set_name(std::to_string(UnixSeconds(expires)) + ":" + std::string(user));
  credential.set_password(PasswordOf(secret, credential.name()));
  return credential;
}

void RelaySecrets::Learn(const RelaySecret& secret, WallTime now) {
  if (newest_ == secret) return;
  if (newest_) earlier_.insert(earlier_.begin(), {*newest_, now + kValidity});
  newest_ = secret;
  if (earlier_.size() > kMaxEarlier) earlier_.pop_back();
}

std::vector<RelaySecrets::Relayer> RelaySecrets::KeysOf(std::string_view name, WallTime now) const {
  const size_t colon = name.find(':');
  if (colon == std::string_view::npos || !newest_) return {};
  const std::string_view user = name.substr(colon + 1);
  if (user.empty() || user.size() > stream::kMaxNameBytes) return {};
  int64_t expires = 0;
  const char* const end = name.data() + colon;
  const auto [rest, error] = std::from_chars(name.data(), end, expires);
  if (error != std::errc() || rest != end || expires <= UnixSeconds(now)) return {};

  std::vector<Relayer> keys;
  const auto add = [&](const RelaySecret& secret) {
    keys.push_back(
        {std::string(user), stun::LongTermKey(name, kRelayRealm, PasswordOf(secret, name))});
  };
  add(*newest_);
  for (const Earlier& each : earlier_) {
    if (each.until > now) add(each.secret);
  }
  return keys;
}

}  // namespace sfa::community
