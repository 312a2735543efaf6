#include "chan_skype/property_names.h"

#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

// Manual 3.3.2, in its order.
constexpr CallPropertyName kCallProperties[] = {
    {"topic", true},         {"token", true},
    {"forwarded_by", false}, {"target_identity", false},
    {"fullname", false},     {"country", false},
    {"province", false},     {"city", false},
    {"phone_home", false},   {"phone_office", false},
    {"phone_mobile", false}, {"email", false},
    {"homepage", false},     {"about", false},
    {"birthday", false},     {"gender", false},
};

// Manual 3.3.1, in its order.
struct Item {
  std::string_view item;
  std::string_view property;
};
constexpr Item kChannelItems[] = {
    {"skype_language", "languages"},
    {"skype_topic", "topic"},
    {"skype_token", "token"},
    {"skype_about", "about"},
    {"skype_birthday", "birthday"},
    {"skype_gender", "gender"},
    {"skype_homepage", "homepage"},
    {"skype_homephone", "phone_home"},
    {"skype_officephone", "phone_office"},
    {"skype_mobilephone", "phone_mobile"},
    {"skype_city", "city"},
    {"skype_province", "province"},
    {"skype_country", "country"},
};

// What the account's owner may set, in the manual's spelling; "" when it is none of them.
std::string Availability(std::string_view value) {
  for (const char* name :
       {"Online", "Away", "Not Available", "Do Not Disturb", "Invisible", "Skype Me", "Offline"}) {
    if (EqualsIgnoreCase(name, value)) return name;
  }
  return "";
}

}  // namespace

const CallPropertyName* FindCallProperty(std::string_view name) {
  for (const CallPropertyName& property : kCallProperties) {
    if (EqualsIgnoreCase(property.name, name)) return &property;
  }
  return nullptr;
}

std::vector<std::string> CallProperties() {
  std::vector<std::string> names;
  for (const CallPropertyName& property : kCallProperties) names.emplace_back(property.name);
  return names;
}

std::vector<std::string> WritableCallProperties() { return {"topic", "token"}; }

std::string WhyNotCallValue(std::string_view value) {
  if (value.size() > peer::kMaxPropertyBytes) return "at most 512 bytes";
  if (!IsUtf8(value)) return "text in UTF-8";
  if (OneLine(value).size() != value.size()) return "text without control characters";
  return "";
}

std::string_view PropertyOfChannelItem(std::string_view item) {
  for (const Item& known : kChannelItems) {
    if (EqualsIgnoreCase(known.item, item)) return known.property;
  }
  return "";
}

std::vector<std::string> ChannelItems() {
  std::vector<std::string> names;
  for (const Item& known : kChannelItems) names.emplace_back(known.item);
  return names;
}

std::string FindAccountProperty(std::string_view name) {
  if (EqualsIgnoreCase(name, "language")) return "languages";
  if (EqualsIgnoreCase(name, kStatusProperty)) return std::string(kStatusProperty);
  if (EqualsIgnoreCase(name, kNameProperty)) return std::string(kNameProperty);
  const std::string lower = Lower(name);
  return peer::FindProperty(lower) ? lower : "";
}

std::vector<std::string> AccountProperties() {
  std::vector<std::string> names;
  for (const peer::PropertyName& property : peer::kProperties) names.emplace_back(property.name);
  names.emplace_back(kStatusProperty);
  return names;
}

AccountWrite CheckAccountWrite(std::string_view name, std::string_view value) {
  AccountWrite write;
  write.property = FindAccountProperty(name);
  write.value = std::string(value);
  if (write.property.empty()) {
    write.why_not = "an account has no property \"" + OneLine(CutText(name, 64)) + "\"" +
                    DidYouMean(name, AccountProperties());
    return write;
  }
  if (write.property == kStatusProperty) {
    if (!EqualsIgnoreCase(value, "Logged In") && !EqualsIgnoreCase(value, "Logged Out")) {
      write.why_not = "status can be set to Logged In or Logged Out only";
    }
    return write;
  }
  const peer::PropertyName* property = peer::FindProperty(write.property);
  if (!property || !property->writable) {
    write.why_not = "the property " + write.property + " is read only";
    return write;
  }
  if (write.property == "availability") {
    const std::string canonical = Availability(value);
    if (!canonical.empty()) write.value = canonical;
  }
  const std::string why(IsUtf8(write.value) ? peer::WhyNotValue(*property, write.value)
                                            : "text in UTF-8");
  if (!why.empty()) {
    write.why_not =
        write.property + " cannot be \"" + OneLine(CutText(value, 64)) + "\"; expected " + why;
  }
  return write;
}

}  // namespace sfa::skype
