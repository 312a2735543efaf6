// The harness's shell scripts, run to their end.
#ifndef ASTERISK_HARNESS_REAL_SCRIPTS_H_
#define ASTERISK_HARNESS_REAL_SCRIPTS_H_

#include <string>
#include <vector>

#include "runtime/result.h"

namespace sfa::harness {

// Runs `argv` and returns the last line of its standard output; its standard error goes to ours,
// and its last line is the error's message. Exit status 3 is kNotFound: it cannot be had on this
// machine.
Result<std::string> RunScript(const std::vector<std::string>& argv);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_SCRIPTS_H_
