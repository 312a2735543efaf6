// The dialplan functions (manual 3.3).
#ifndef REFERENCE_IMPL_CHAN_SKYPE_FUNCTIONS_H_
#define REFERENCE_IMPL_CHAN_SKYPE_FUNCTIONS_H_

#include <string>

#include "chan_skype/core.h"

namespace sfa::skype {

// SKYPE_CALL_PROPERTY …; null at the end.
const char* const* FunctionNames();

// As skype_driver.function_read and function_write; any thread. False: told why in the log.
bool ReadFunction(Core& core, const skype_function_place& place, const std::string& function,
                  const std::string& arguments, std::string* value);
bool WriteFunction(Core& core, const skype_function_place& place, const std::string& function,
                   const std::string& arguments, const std::string& value);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_FUNCTIONS_H_
