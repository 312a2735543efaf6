#include "asterisk_harness/pbx.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {

const std::string& AmiMessage::Get(const std::string& name) const {
  static const std::string kNone;
  for (const auto& [header, value] : headers) {
    if (EqualsIgnoreCase(header, name)) return value;
  }
  return kNone;
}

}  // namespace sfa::harness
