// What a buddy's status is for hints: Asterisk's device states and presence states (manual 3.4; the
// table is in README.md).
#ifndef REFERENCE_IMPL_CHAN_SKYPE_PRESENCE_H_
#define REFERENCE_IMPL_CHAN_SKYPE_PRESENCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "chan_skype/pbx_port.h"
#include "protocol/signalling.pb.h"

namespace sfa::skype {

pbx_device_state DeviceStateOf(wire::BuddyStatus status);
pbx_presence PresenceOf(wire::BuddyStatus status, const std::string& mood);

struct PresenceAddress {
  std::string account;
  std::string buddy;
};
// `<account>@<buddy>`; nothing when it is anything else.
std::optional<PresenceAddress> ParsePresenceAddress(std::string_view text);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_PRESENCE_H_
