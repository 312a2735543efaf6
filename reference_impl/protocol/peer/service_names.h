// Words and bounds of the community's services, for everybody who speaks with them: the login
// server, the driver, desktop clients.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_SERVICE_NAMES_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_SERVICE_NAMES_H_

#include <cstddef>
#include <string_view>

#include "protocol/signalling.pb.h"

namespace sfa::peer {

// Who may read a property: its owner always, besides that everybody, those whom the owner has
// authorised, or nobody. What a property has at first; an account may have its own.
enum class Visibility { kEverybody, kBuddies, kNobody };

struct PropertyName {
  std::string_view name;  // manual 3.3.3
  bool writable;          // by its owner
  Visibility visibility;
};

// Bytes of UTF-8. A longer value is SERVICE_BAD_VALUE, and so is one with control characters.
inline constexpr size_t kMaxPropertyBytes = 512;
inline constexpr size_t kMaxChatBytes = 8000;
inline constexpr size_t kMaxRequestTextBytes = 500;  // of AddBuddy
inline constexpr size_t kMaxBuddies = 5000;

// "birthday" is YYYYMMDD of a day that exists, "gender" 1 or 2, "country" two letters (ISO 3166),
// "languages" codes separated by blanks, "availability" one of AvailabilityNames().
// "skypeout_balance" is in cents, rounded down. Empty erases.
inline constexpr PropertyName kProperties[] = {
    {"fullname", true, Visibility::kEverybody},
    {"country", true, Visibility::kEverybody},
    {"province", true, Visibility::kEverybody},
    {"city", true, Visibility::kEverybody},
    {"phone_home", true, Visibility::kBuddies},
    {"phone_office", true, Visibility::kBuddies},
    {"phone_mobile", true, Visibility::kBuddies},
    {"email", true, Visibility::kNobody},
    {"homepage", true, Visibility::kEverybody},
    {"about", true, Visibility::kEverybody},
    {"birthday", true, Visibility::kBuddies},
    {"gender", true, Visibility::kEverybody},
    {"mood_text", true, Visibility::kBuddies},
    {"languages", true, Visibility::kEverybody},
    {"timezone", true, Visibility::kBuddies},
    {"availability", true, Visibility::kNobody},
    {"skypeout_currency", false, Visibility::kNobody},
    {"skypeout_balance", false, Visibility::kNobody},
};
// Null when there is none of that name.
const PropertyName* FindProperty(std::string_view name);
// "" when `value` can be that property's, else what is expected, for people.
std::string_view WhyNotValue(const PropertyName& property, std::string_view value);
// The first value of that name, "" when there is none.
const std::string& ValueOf(const google::protobuf::RepeatedPtrField<wire::Property>& properties,
                           std::string_view name);

// Manual 4.1.2: "Do Not Disturb".
std::string_view BuddyStatusName(wire::BuddyStatus status);
// What an account can set: Online, Away, Not Available, Do Not Disturb, Invisible, Skype Me,
// Offline. Null-terminated list of the manual's names; "Unknown" and "Connecting" are not settable.
bool IsAvailability(std::string_view name);

// "+" and 3 to 20 digits, or an emergency number: a telephone's, not a user's.
bool IsPhoneNumber(std::string_view name);
// 112, 911 and 999, with and without + (reading 45).
bool IsEmergencyNumber(std::string_view name);

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_SERVICE_NAMES_H_
