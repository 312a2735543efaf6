// Asterisk's configuration syntax: [sections] with templates, name = value, name => value, ;
// comments, ;-- block comments --;, #include.
#ifndef ASTERISK_HARNESS_SIMULATED_CONFIGURATION_FILE_H_
#define ASTERISK_HARNESS_SIMULATED_CONFIGURATION_FILE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/result.h"

namespace sfa::harness {

struct ConfigurationLine {
  std::string section;
  std::string name;  // "" for the line that opens the section
  std::string value;
  std::string file;
  int line = 0;
};

struct Configuration {
  std::vector<ConfigurationLine> lines;
  std::vector<std::string> warnings;  // as Asterisk logs them

  // The last value of that name in that section; nullopt when there is none.
  std::optional<std::string> Get(const std::string& section, const std::string& name) const;
};

// The text of a file by its name, or nullopt.
using FileLookup = std::function<std::optional<std::string>(const std::string& name)>;

// kNotFound when the file is missing, kInvalid with file and line when it cannot be parsed.
Result<Configuration> ReadConfiguration(const std::string& file, const FileLookup& lookup);

// What Asterisk takes for yes.
bool IsTrueSetting(const std::string& value);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_CONFIGURATION_FILE_H_
