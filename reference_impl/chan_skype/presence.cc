#include "chan_skype/presence.h"

#include <cstdio>

#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

pbx_presence_state PresenceStateOf(wire::BuddyStatus status) {
  switch (status) {
    case wire::BUDDY_ONLINE:
      return PBX_PRESENCE_AVAILABLE;
    case wire::BUDDY_SKYPE_ME:
      return PBX_PRESENCE_CHAT;
    case wire::BUDDY_AWAY:
      return PBX_PRESENCE_AWAY;
    case wire::BUDDY_NOT_AVAILABLE:
      return PBX_PRESENCE_XA;
    case wire::BUDDY_DO_NOT_DISTURB:
      return PBX_PRESENCE_DND;
    case wire::BUDDY_OFFLINE:
    case wire::BUDDY_OFFLINE_VOICEMAIL:
    case wire::BUDDY_OFFLINE_FORWARDING:
    case wire::BUDDY_BLOCKED:
    case wire::BUDDY_BLOCKED_SKYPEOUT:
      return PBX_PRESENCE_UNAVAILABLE;
    default:
      return PBX_PRESENCE_NOT_SET;
  }
}

}  // namespace

pbx_device_state DeviceStateOf(wire::BuddyStatus status) {
  switch (status) {
    case wire::BUDDY_ONLINE:
    case wire::BUDDY_SKYPE_ME:
      return PBX_DEVICE_NOT_INUSE;
    case wire::BUDDY_AWAY:
    case wire::BUDDY_NOT_AVAILABLE:
      return PBX_DEVICE_INUSE;
    case wire::BUDDY_DO_NOT_DISTURB:
      return PBX_DEVICE_BUSY;
    case wire::BUDDY_OFFLINE:
    case wire::BUDDY_OFFLINE_VOICEMAIL:
    case wire::BUDDY_OFFLINE_FORWARDING:
    case wire::BUDDY_BLOCKED:
    case wire::BUDDY_BLOCKED_SKYPEOUT:
      return PBX_DEVICE_UNAVAILABLE;
    default:  // Unknown, Waiting for Authorization, and a telephone, which tells nothing
      return PBX_DEVICE_UNKNOWN;
  }
}

pbx_presence PresenceOf(wire::BuddyStatus status, const std::string& mood) {
  pbx_presence presence{};
  presence.state = PresenceStateOf(status);
  const std::string subtype(peer::BuddyStatusName(status));
  std::snprintf(presence.subtype, sizeof presence.subtype, "%s", subtype.c_str());
  const std::string message(CutText(OneLine(mood), sizeof presence.message - 1));
  std::snprintf(presence.message, sizeof presence.message, "%s", message.c_str());
  return presence;
}

std::optional<PresenceAddress> ParsePresenceAddress(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view account = Trim(text.substr(0, at));
  const std::string_view buddy = Trim(text.substr(at + 1));
  if (!IsName(account) || !IsName(buddy)) return std::nullopt;
  return PresenceAddress{std::string(account), std::string(buddy)};
}

}  // namespace sfa::skype
