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
};

// A user section while it is being read: `disallow` and `allow` work in the order of the file.
struct UserDraft {
  UserSettings settings;
  bool codecs_named = false;
};

const std::vector<Option<GeneralSettings>>& GeneralOptions();
const std::vector<Option<UserDraft>>& UserOptions();

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_OPTIONS_H_
