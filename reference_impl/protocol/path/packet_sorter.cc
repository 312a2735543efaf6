#include "protocol/path/packet_sorter.h"

#include <string_view>

namespace sfa::path {
namespace {

// RFC 7983 section 7: the first byte tells the protocols apart.
constexpr uint8_t kLastStun = 3;
constexpr uint8_t kFirstMedia = 128;
constexpr uint8_t kLastMedia = 191;

}  // namespace

bool PacketSorter::RemoveUser(const std::string& ufrag) {
  const auto found = users_.find(ufrag);
  if (found == users_.end()) return false;
  for (auto it = expected_.begin(); it != expected_.end();) {
    it = it->second == found->second ? expected_.erase(it) : std::next(it);
  }
  users_.erase(found);
  return true;
}

void PacketSorter::OnPacket(const Route& from, std::span<const uint8_t> bytes) {
  if (bytes.empty()) {
    ++dropped_;
  } else if (bytes[0] >= kFirstMedia && bytes[0] <= kLastMedia) {
    OnMedia(from, bytes);
  } else if (bytes[0] <= kLastStun) {
    OnStun(from, bytes);
  } else {
    ++dropped_;
  }
}

void PacketSorter::OnMedia(const Route& from, std::span<const uint8_t> bytes) {
  // The sender's SSRC, clear in SRTP as in RTP.
  constexpr size_t kSsrc = 8;  // RFC 3550 section 5.1
  if (bytes.size() < kSsrc + 4) {
    ++dropped_;
    return;
  }
  const uint32_t ssrc = static_cast<uint32_t>(bytes[kSsrc]) << 24 |
                        static_cast<uint32_t>(bytes[kSsrc + 1]) << 16 |
                        static_cast<uint32_t>(bytes[kSsrc + 2]) << 8 | bytes[kSsrc + 3];
  const auto found = receivers_.find(ssrc);
  if (found == receivers_.end()) {
    ++dropped_;
    return;
  }
  found->second->OnMedia(from, bytes);
}

void PacketSorter::OnStun(const Route& from, std::span<const uint8_t> bytes) {
  const auto message = stun::Message::Parse(bytes);
  if (!message || message->method() != stun::kBinding) {
    ++dropped_;
    return;
  }
  switch (message->message_class()) {
    case stun::MessageClass::kRequest: {
      const auto name = message->FindText(stun::AttributeType::kUsername);
      const size_t colon = name ? name->find(':') : std::string_view::npos;
      const auto user =
          colon == std::string_view::npos ? users_.end() : users_.find(name->substr(0, colon));
      if (user == users_.end() || !message->CheckFingerprint()) break;
      user->second->OnRequest(from, *message);
      return;
    }
    case stun::MessageClass::kIndication:  // a keepalive (RFC 8445 section 11): nothing to do
      return;
    case stun::MessageClass::kSuccess:
    case stun::MessageClass::kError: {
      const auto expected = expected_.find(message->id());
      if (expected == expected_.end()) {
        if (own_answer_(from, *message)) return;
        break;
      }
      expected->second->OnAnswer(from, *message);
      return;
    }
  }
  ++dropped_;
}

void PacketSorter::TellUsers(const std::function<void(CheckUser&)>& tell) {
  std::vector<std::string> ufrags;
  for (const auto& [ufrag, user] : users_) ufrags.push_back(ufrag);
  TellUsers(ufrags, tell);
}

void PacketSorter::TellUsers(const std::vector<std::string>& ufrags,
                             const std::function<void(CheckUser&)>& tell) {
  for (const std::string& ufrag : ufrags) {
    const auto user = users_.find(ufrag);
    if (user != users_.end()) tell(*user->second);
  }
}

}  // namespace sfa::path
