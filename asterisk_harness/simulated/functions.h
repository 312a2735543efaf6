// Dialplan functions.
#ifndef ASTERISK_HARNESS_SIMULATED_FUNCTIONS_H_
#define ASTERISK_HARNESS_SIMULATED_FUNCTIONS_H_

#include <string>

namespace sfa::harness {

class Channel;
class PbxCore;

bool HasFunction(const PbxCore& core, const std::string& name);
// "" and a log line for what cannot be read. `channel` may be nullptr.
std::string ReadFunction(PbxCore& core, Channel* channel, const std::string& name,
                         const std::string& arguments);
// False when it was refused; the log says why.
bool WriteFunction(PbxCore& core, Channel* channel, const std::string& name,
                   const std::string& arguments, const std::string& value);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_FUNCTIONS_H_
