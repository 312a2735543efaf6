#include "chan_skype/setvar.h"

#include "chan_skype/property_names.h"
#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

Setvar Malformed(std::string why) {
  Setvar setvar;
  setvar.why = std::move(why);
  return setvar;
}

Setvar CallProperty(std::string_view name, std::string_view value) {
  const CallPropertyName* property = FindCallProperty(name);
  if (!property) {
    return Malformed("a property of a call" + DidYouMean(name, WritableCallProperties()));
  }
  if (!property->writable) return Malformed("topic or token; the other properties are read only");
  const std::string why = WhyNotCallValue(value);
  if (!why.empty()) return Malformed(why);
  Setvar setvar;
  setvar.kind = Setvar::Kind::kCallProperty;
  setvar.name = std::string(property->name);
  setvar.value = std::string(value);
  return setvar;
}

Setvar AccountProperty(std::string_view arguments, std::string_view value,
                       std::string_view account) {
  const size_t comma = arguments.find(',');
  if (comma != std::string_view::npos) {
    if (!EqualsIgnoreCase(Trim(arguments.substr(0, comma)), account)) {
      return Malformed("SKYPE_ACCOUNT_PROPERTY of this section's user");
    }
    arguments.remove_prefix(comma + 1);
  }
  AccountWrite write = CheckAccountWrite(Trim(arguments), value);
  if (!write.why_not.empty()) return Malformed(write.why_not);
  if (write.property == kStatusProperty) return Malformed("another property than status");
  Setvar setvar;
  setvar.kind = Setvar::Kind::kAccountProperty;
  setvar.name = std::move(write.property);
  setvar.value = std::move(write.value);
  return setvar;
}

}  // namespace

Setvar ReadSetvar(std::string_view line, std::string_view account) {
  constexpr const char* kExpected = "NAME=value or FUNCTION(arguments)=value";
  const size_t equals = line.find('=');
  const size_t open = line.find('(');
  if (open < equals) {
    const size_t close = line.find(")=", open);
    if (close == std::string_view::npos) return Malformed(kExpected);
    const std::string_view function = Trim(line.substr(0, open));
    const std::string_view arguments = line.substr(open + 1, close - open - 1);
    const std::string_view value = line.substr(close + 2);
    if (function.empty()) return Malformed(kExpected);
    if (EqualsIgnoreCase(function, "SKYPE_CALL_PROPERTY")) {
      return CallProperty(Trim(arguments), value);
    }
    if (EqualsIgnoreCase(function, "SKYPE_ACCOUNT_PROPERTY")) {
      return AccountProperty(arguments, value, account);
    }
  } else if (equals == std::string_view::npos || Trim(line.substr(0, equals)).empty()) {
    return Malformed(kExpected);
  }
  Setvar setvar;
  setvar.kind = Setvar::Kind::kVariable;
  return setvar;
}

}  // namespace sfa::skype
