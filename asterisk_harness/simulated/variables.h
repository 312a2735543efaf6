// ${variables}, ${FUNCTIONS()} and $[expressions] in the text of a dialplan.
#ifndef ASTERISK_HARNESS_SIMULATED_VARIABLES_H_
#define ASTERISK_HARNESS_SIMULATED_VARIABLES_H_

#include <string>
#include <string_view>

namespace sfa::harness {

class Channel;
class PbxCore;

// `channel` may be nullptr: then only globals and functions without a channel are there.
std::string Substitute(PbxCore& core, Channel* channel, std::string_view text);

// The value of NAME, NAME:offset, NAME:offset:length or FUNC(args), already substituted inside.
std::string ReadVariable(PbxCore& core, Channel* channel, std::string_view name);

// NAME or FUNC(args) on the left of Set(). False when the function refused.
bool WriteVariable(PbxCore& core, Channel* channel, const std::string& name,
                   const std::string& value);

// "NAME=value" or "FUNC(a=b)=value", as Set(), a setvar line or an AMI header has it. False when
// there is no '='.
bool AssignVariable(PbxCore& core, Channel& channel, const std::string& assignment);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_VARIABLES_H_
