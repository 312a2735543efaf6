// What the console says about its commands: lists, usages, the words that may follow.
#ifndef ASTERISK_HARNESS_SIMULATED_CONSOLE_HELP_H_
#define ASTERISK_HARNESS_SIMULATED_CONSOLE_HELP_H_

#include <optional>
#include <string>
#include <vector>

namespace sfa::harness {

class Modules;

struct CommandHelp {
  std::string words;  // an alternative is "{on|off}"
  std::string summary, usage;
};

class ConsoleHelp {
 public:
  explicit ConsoleHelp(Modules& modules) : modules_(modules) {}

  // core show help [words]
  std::string Help(const std::vector<std::string>& words) const;
  // The usage of the command that the words begin with; nullopt when there is none.
  std::optional<std::string> Usage(const std::vector<std::string>& words) const;
  // As `_command matchesarray "<line>" <word>` prints it: what the matches have in common, then
  // each of them.
  std::string Matches(const std::string& line, const std::string& word) const;

 private:
  std::vector<CommandHelp> Commands() const;  // in alphabetical order

  Modules& modules_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_CONSOLE_HELP_H_
