#include "asterisk_harness/simulated/dial.h"

#include "asterisk_harness/simulated/hangup_cause.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {

std::optional<DialTarget> ParseDialTarget(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  const size_t slash = trimmed.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == trimmed.size()) {
    return std::nullopt;
  }
  return DialTarget{std::string(trimmed.substr(0, slash)), std::string(trimmed.substr(slash + 1))};
}

void DialFailures::Count(int cause) {
  switch (cause) {
    case PBX_CAUSE_USER_BUSY:
      ++busy;
      return;
    case PBX_CAUSE_CONGESTION:
      ++congestion;
      return;
    case PBX_CAUSE_NO_ANSWER:
    case PBX_CAUSE_NORMAL_CLEARING:
      return;  // nobody's fault
    default:
      ++unavailable;
  }
}

void InheritVariables(const Channel& from, Channel* to, PbxCore& core) {
  for (const auto& [name, value] : from.variables.all()) {
    if (name.size() < 2 || name[0] != '_') continue;
    // "__name" stays inheritable, "_name" goes one step.
    core.SetVariable(to, name[1] == '_' ? name : name.substr(1), value);
  }
}

}  // namespace sfa::harness
