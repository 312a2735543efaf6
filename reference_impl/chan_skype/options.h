// The options of chan_skype.conf as tables: a name, and how its value is understood.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_OPTIONS_H_
#define REFERENCE_IMPL_CHAN_SKYPE_OPTIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "chan_skype/settings.h"

namespace sfa::skype {

template <typename Target>
struct Option {
  const char* name;
  // What a value looks like, for the complaint about one that does not.
  const char* expected;
  // False when `value` is impossible; `target` is then unchanged.
  bool (*set)(Target& target, std::string_view value);
  bool secret = false;  // the value is not for the log
};

// A user section while it is being read: `disallow` and `allow` work in the order of the file.
struct UserDraft {
  UserSettings settings;
  bool codecs_named = false;
  bool policy_named = false;
  std::vector<std::string> setvar_places;  // file:line of each of settings.setvar
};

const std::vector<Option<GeneralSettings>>& GeneralOptions();
const std::vector<Option<UserDraft>>& UserOptions();

// How often people write an option otherwise than the manual does, when what they mean is certain:
// underscores and hyphens do not matter, and a few words are known. "" when it is not certain.
std::string CanonicalOptionName(std::string_view written, const std::vector<std::string>& names);

// Null when there is none of that name, taken so.
template <typename Target>
const Option<Target>* FindOption(const std::vector<Option<Target>>& options,
                                 const std::string& written) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const Option<Target>& option : options) names.emplace_back(option.name);
  const std::string canonical = CanonicalOptionName(written, names);
  for (const Option<Target>& option : options) {
    if (canonical == option.name) return &option;
  }
  return nullptr;
}

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_OPTIONS_H_
