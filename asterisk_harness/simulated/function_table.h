// How a dialplan function looks, and the families that functions.cc looks through.
#ifndef ASTERISK_HARNESS_SIMULATED_FUNCTION_TABLE_H_
#define ASTERISK_HARNESS_SIMULATED_FUNCTION_TABLE_H_

#include <string>

namespace sfa::harness {

class Channel;
class PbxCore;

struct FunctionCall {
  PbxCore& core;
  Channel* channel;  // may be nullptr
  const std::string& arguments;
};

struct Function {
  const char* name;
  std::string (*read)(const FunctionCall&);                // nullptr: cannot be read
  bool (*write)(const FunctionCall&, const std::string&);  // false: refused, the log says why
};

// Ended by a nullptr for the name.
extern const Function kChannelFunctions[];  // CHANNEL, CALLERID, HANGUPCAUSE …
extern const Function kTextFunctions[];     // LEN, CUT, IF, ARRAY, BASE64_ENCODE …
extern const Function kStateFunctions[];    // DEVICE_STATE, HINT, PRESENCE_STATE, MESSAGE …

// Warns when there is none.
bool NeedsChannel(const FunctionCall& call, const char* function);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_FUNCTION_TABLE_H_
