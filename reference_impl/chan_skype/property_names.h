// The properties of calls and accounts, and the items of CHANNEL() (manual 3.3.1 to 3.3.3).
#ifndef REFERENCE_IMPL_CHAN_SKYPE_PROPERTY_NAMES_H_
#define REFERENCE_IMPL_CHAN_SKYPE_PROPERTY_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

namespace sfa::skype {

// Names compare without regard to case everywhere here.

struct CallPropertyName {
  std::string_view name;
  bool writable;
};
// Manual 3.3.2. Null when there is none of that name.
const CallPropertyName* FindCallProperty(std::string_view name);
std::vector<std::string> CallProperties();
std::vector<std::string> WritableCallProperties();
// "" when a topic or a token can be that; else what is expected.
std::string WhyNotCallValue(std::string_view value);

// The property behind an item of CHANNEL(), "languages" among them; "" when there is none.
std::string_view PropertyOfChannelItem(std::string_view item);
std::vector<std::string> ChannelItems();

// Not the network's, but the driver's own: the state of the login.
inline constexpr std::string_view kStatusProperty = "status";
// Likewise: the account's own name.
inline constexpr std::string_view kNameProperty = "skypename";

// The canonical name of an account's property: manual 3.3.3, besides skypename, timezone and
// language(s); "" when there is none.
std::string FindAccountProperty(std::string_view name);
std::vector<std::string> AccountProperties();

// A property that is to be written, with its value as the network wants it.
struct AccountWrite {
  std::string property;
  std::string value;
  std::string why_not;  // "" when it can be written
};
AccountWrite CheckAccountWrite(std::string_view property, std::string_view value);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_PROPERTY_NAMES_H_
