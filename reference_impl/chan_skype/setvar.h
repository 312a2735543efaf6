// One line `setvar` of a user section (manual 3.3.2, 3.3.3): FUNCTION(args)=value or NAME=value.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_SETVAR_H_
#define REFERENCE_IMPL_CHAN_SKYPE_SETVAR_H_

#include <string>
#include <string_view>

namespace sfa::skype {

struct Setvar {
  enum class Kind {
    kMalformed,
    kCallProperty,     // of each new call
    kAccountProperty,  // after each login
    kVariable,         // the PBX's: set on the channel of each call
  };
  Kind kind = Kind::kMalformed;
  std::string name;   // of the property; empty for kVariable
  std::string value;  // likewise
  std::string why;    // of kMalformed: what is expected, for people
};

// `account` is the section's: SKYPE_ACCOUNT_PROPERTY may name it, and no other.
Setvar ReadSetvar(std::string_view line, std::string_view account);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_SETVAR_H_
