#include "protocol/proxy/socks5_handshake.h"

#include <algorithm>
#include <string>

namespace sfa::proxy {
namespace {

constexpr uint8_t kVersion = 5;
// RFC 1928 section 3: methods.
constexpr uint8_t kNoAuthentication = 0;
constexpr uint8_t kUserAndPassword = 2;
constexpr uint8_t kNoMethod = 0xFF;
// Sections 4 and 5: a command, kinds of addresses.
constexpr uint8_t kConnect = 1;
constexpr uint8_t kIpv4 = 1;
constexpr uint8_t kName = 3;
constexpr uint8_t kIpv6 = 4;
// RFC 1929 section 2.
constexpr uint8_t kAuthenticationVersion = 1;
constexpr size_t kMaxText = 255;

// Of a reply, before its address: version, reply, reserved, kind of address, and one byte more,
// which is a name's length.
constexpr size_t kReplyHead = 5;
constexpr size_t kPortBytes = 2;

Progress Refused(ErrorCode code, const std::string& why) {
  Progress progress;
  progress.refused = Error{code, why};
  return progress;
}

void AddText(std::vector<uint8_t>& message, const std::string& text) {
  const size_t size = std::min(text.size(), kMaxText);
  message.push_back(static_cast<uint8_t>(size));
  message.insert(message.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
}

// RFC 1928 section 6.
Progress RefusedWith(uint8_t reply) {
  const std::string said = "it answered CONNECT with reply " + std::to_string(reply);
  switch (reply) {
    case 2:
      return Refused(ErrorCode::kPermissionDenied, said + ", not allowed");
    case 3:
    case 4:
      return Refused(ErrorCode::kUnreachable, said + ", unreachable");
    case 5:
      return Refused(ErrorCode::kRefused, said + ", refused");
    case 6:
      return Refused(ErrorCode::kTimedOut, said + ", no answer");
    default:
      return Refused(ErrorCode::kRefused, said);
  }
}

}  // namespace

Socks5Handshake::Socks5Handshake(const Proxy& proxy, const Endpoint& target)
    : proxy_(proxy), target_(target) {}

std::vector<uint8_t> Socks5Handshake::Begin() {
  if (proxy_.user.empty()) return {kVersion, 1, kNoAuthentication};
  return {kVersion, 2, kNoAuthentication, kUserAndPassword};
}

Progress Socks5Handshake::Take(std::span<const uint8_t>& bytes) {
  Progress all;
  while (!bytes.empty()) {
    message_.push_back(bytes.front());
    bytes = bytes.subspan(1);
    if (message_.size() < Wanted()) continue;
    Progress progress = OnMessage();
    message_.clear();
    all.answer.insert(all.answer.end(), progress.answer.begin(), progress.answer.end());
    all.open = progress.open;
    all.refused = progress.refused;
    if (all.open || all.refused) break;
  }
  return all;
}

size_t Socks5Handshake::Wanted() const {
  if (awaits_ != Awaits::kReply) return 2;
  if (message_.size() < kReplyHead) return kReplyHead;
  switch (message_[3]) {
    case kIpv4:
      return 4 + 4 + kPortBytes;
    case kIpv6:
      return 4 + 16 + kPortBytes;
    case kName:
      return kReplyHead + message_[4] + kPortBytes;
    default:
      return kReplyHead;  // OnReply() refuses it
  }
}

Progress Socks5Handshake::OnMessage() {
  switch (awaits_) {
    case Awaits::kMethod:
      return OnMethod();
    case Awaits::kAuthentication: {
      // RFC 1929: any status but zero is a refusal.
      if (message_[1] != 0) {
        return Refused(ErrorCode::kPermissionDenied, "it refuses the user or the password");
      }
      awaits_ = Awaits::kReply;
      Progress progress;
      progress.answer = Request();
      return progress;
    }
    case Awaits::kReply:
      return OnReply();
  }
  return {};
}

Progress Socks5Handshake::OnMethod() {
  if (message_[0] != kVersion) return Refused(ErrorCode::kInvalid, "it does not speak SOCKS 5");
  Progress progress;
  if (message_[1] == kNoAuthentication) {
    awaits_ = Awaits::kReply;
    progress.answer = Request();
  } else if (message_[1] == kUserAndPassword && !proxy_.user.empty()) {
    awaits_ = Awaits::kAuthentication;
    progress.answer = {kAuthenticationVersion};
    AddText(progress.answer, proxy_.user);
    AddText(progress.answer, proxy_.password);
  } else {
    return message_[1] == kNoMethod && proxy_.user.empty()
               ? Refused(ErrorCode::kPermissionDenied, "it wants a user")
               : Refused(ErrorCode::kPermissionDenied, "it takes no way of authentication of ours");
  }
  return progress;
}

Progress Socks5Handshake::OnReply() {
  if (message_[0] != kVersion) return Refused(ErrorCode::kInvalid, "it does not speak SOCKS 5");
  if (message_[1] != 0) return RefusedWith(message_[1]);
  if (message_[3] != kIpv4 && message_[3] != kIpv6 && message_[3] != kName) {
    return Refused(ErrorCode::kInvalid, "its reply has an address of no known kind");
  }
  Progress progress;
  progress.open = true;
  return progress;
}

std::vector<uint8_t> Socks5Handshake::Request() const {
  std::vector<uint8_t> request = {kVersion, kConnect, 0, kIpv4};
  for (int shift = 24; shift >= 0; shift -= 8) {
    request.push_back(static_cast<uint8_t>(target_.address.value >> shift));
  }
  request.push_back(static_cast<uint8_t>(target_.port >> 8));
  request.push_back(static_cast<uint8_t>(target_.port));
  return request;
}

}  // namespace sfa::proxy
