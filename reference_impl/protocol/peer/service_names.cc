#include "protocol/peer/service_names.h"

#include <algorithm>
#include <string>

namespace sfa::peer {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

int ToNumber(std::string_view digits) {
  int number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

bool IsDay(std::string_view text) {
  if (text.size() != 8 || !AllDigits(text)) return false;
  const int year = ToNumber(text.substr(0, 4));
  const int month = ToNumber(text.substr(4, 2));
  const int day = ToNumber(text.substr(6, 2));
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1800 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

// Codes such as "en" or "pt-br", one blank between them.
bool AreLanguages(std::string_view text) {
  size_t letters = 0;
  for (const char c : text) {
    if (IsLetter(c) || IsDigit(c) || c == '-' || c == '_') {
      if (++letters > 16) return false;
    } else if (c == ' ' && letters > 0) {
      letters = 0;
    } else {
      return false;
    }
  }
  return letters > 0;
}

}  // namespace

const PropertyName* FindProperty(std::string_view name) {
  for (const PropertyName& property : kProperties) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

std::string_view WhyNotValue(const PropertyName& property, std::string_view value) {
  if (value.size() > kMaxPropertyBytes) return "at most 512 bytes";
  const auto is_control = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  };
  if (std::any_of(value.begin(), value.end(), is_control)) return "text without control characters";
  if (property.name == "availability") {
    return IsAvailability(value) ? ""
                                 : "Online, Away, Not Available, Do Not Disturb, Invisible, "
                                   "Skype Me or Offline";
  }
  if (value.empty()) return "";
  if (property.name == "birthday") return IsDay(value) ? "" : "a day as YYYYMMDD";
  if (property.name == "gender")
    return value == "1" || value == "2" ? "" : "1 (male) or 2 (female)";
  if (property.name == "country") {
    return value.size() == 2 && IsLetter(value[0]) && IsLetter(value[1])
               ? ""
               : "the two letters of a country";
  }
  if (property.name == "languages") return AreLanguages(value) ? "" : "language codes";
  return "";
}

const std::string& ValueOf(const google::protobuf::RepeatedPtrField<wire::Property>& properties,
                           std::string_view name) {
  static const std::string kNone;
  for (const wire::Property& property : properties) {
    if (property.name() == name) return property.value();
  }
  return kNone;
}

std::string_view BuddyStatusName(wire::BuddyStatus status) {
  switch (status) {
    case wire::BUDDY_WAITING_FOR_AUTHORIZATION:
      return "Waiting for Authorization";
    case wire::BUDDY_BLOCKED:
      return "Blocked";
    case wire::BUDDY_BLOCKED_SKYPEOUT:
      return "Blocked Skypeout";
    case wire::BUDDY_SKYPEOUT:
      return "Skypeout";
    case wire::BUDDY_OFFLINE:
      return "Offline";
    case wire::BUDDY_ONLINE:
      return "Online";
    case wire::BUDDY_AWAY:
      return "Away";
    case wire::BUDDY_NOT_AVAILABLE:
      return "Not Available";
    case wire::BUDDY_DO_NOT_DISTURB:
      return "Do Not Disturb";
    case wire::BUDDY_SKYPE_ME:
      return "Skype Me";
    case wire::BUDDY_OFFLINE_VOICEMAIL:
      return "Offline (Voicemail Enabled)";
    case wire::BUDDY_OFFLINE_FORWARDING:
      return "Offline (Call Forwarding Enabled)";
    default:
      return "Unknown";
  }
}

bool IsAvailability(std::string_view name) {
  constexpr std::string_view kNames[] = {"Online",    "Away",     "Not Available", "Do Not Disturb",
                                         "Invisible", "Skype Me", "Offline"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

bool IsPhoneNumber(std::string_view name) {
  if (IsEmergencyNumber(name)) return true;
  return name.size() >= 4 && name.size() <= 21 && name[0] == '+' && AllDigits(name.substr(1));
}

bool IsEmergencyNumber(std::string_view name) {
  if (!name.empty() && name[0] == '+') name.remove_prefix(1);
  return name == "112" || name == "911" || name == "999";
}

}  // namespace sfa::peer
