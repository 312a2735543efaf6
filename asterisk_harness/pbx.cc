#include "asterisk_harness/pbx.h"

#include <strings.h>

namespace sfa::harness {

const std::string& AmiMessage::Get(const std::string& name) const {
  static const std::string kNone;
  for (const auto& [header, value] : headers) {
    if (strcasecmp(header.c_str(), name.c_str()) == 0) return value;
  }
  return kNone;
}

}  // namespace sfa::harness
