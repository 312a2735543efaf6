// The Asterisk's configuration in a lab: the scenario's files, those of a folder over them, and a
// manager user for whoever drives the lab.
#ifndef CONFORMANCE_LAB_CONFIGURATION_H_
#define CONFORMANCE_LAB_CONFIGURATION_H_

#include <string>
#include <vector>

#include "conformance/scenario/input_error.h"
#include "conformance/scenario/scenario.h"
#include "runtime/random.h"

namespace sfa::conformance {

inline constexpr char kManagerUser[] = "sfalab";

// 128 bits in hexadecimal: nobody guesses it.
std::string NewSecret(Random& random);

// Each file of `directory` replaces the one of its name in `files`, or is added. Hidden files are
// left out. Mistakes go to `errors`: a folder in it, more than 4 MiB in a file, a manager user that
// bears the lab's name.
void LayOver(const std::string& directory, Fields& files, std::vector<InputError>& errors);

// `given`, which may be empty, with what the lab's own user needs to log in on 127.0.0.1:5038.
std::string ManagerConf(const std::string& given, const std::string& secret);

// Puts ManagerConf() into `files`.
void AddManagerUser(const std::string& secret, Fields& files);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_LAB_CONFIGURATION_H_
