#include "asterisk_harness/simulated/console_help.h"

#include <algorithm>
#include <set>

#include "asterisk_harness/simulated/modules.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {
namespace {

using Words = std::vector<std::string>;

// The commands of the PBX itself.
struct BuiltIn {
  const char* words;
  const char* summary;
  const char* usage;
};
constexpr BuiltIn kBuiltIns[] = {
    {"channel redirect", "Redirect a call",
     "Usage: channel redirect <channel> <[[context,]exten,]priority>\n"
     "    Redirect an active channel to a specified extension.\n"},
    {"channel request hangup", "Request a hangup on a given channel",
     "Usage: channel request hangup <all>|<channel> [<channel> ...]\n"
     "       Request that one or more channels be hung up. The hangup takes\n"
     "       effect the next time the driver reads or writes from the channel.\n"},
    {"core show calls", "Display information on calls",
     "Usage: core show calls\n       Counts the calls.\n"},
    {"core show channels", "Display information on channels",
     "Usage: core show channels [concise]\n       Lists the channels.\n"},
    {"core show help", "Display help list, or specific help on a command",
     "Usage: core show help [topic]\n"
     "       When called with a topic as an argument, displays usage\n"
     "       information on the given command. If called without a\n"
     "       topic, it provides a list of commands.\n"},
    {"core show hint", "Show dialplan hint",
     "Usage: core show hint <exten>\n       List registered hint.\n"},
    {"core show hints", "Show dialplan hints",
     "Usage: core show hints\n       List registered hints.\n"},
    {"core show version", "Display version info",
     "Usage: core show version\n       Shows Asterisk version information.\n"},
    {"dialplan reload", "Reload extensions and *only* extensions",
     "Usage: dialplan reload\n       Reload extensions.conf without reloading any other\n"
     "       modules.\n"},
    {"dialplan show", "Show dialplan", "Usage: dialplan show [context]\n       Show dialplan\n"},
    {"module load", "Load a module by name",
     "Usage: module load <module name>\n       Loads the specified module into Asterisk.\n"},
    {"module reload", "Reload configuration for a module",
     "Usage: module reload <module name>\n"
     "       Reloads configuration files for the listed module.\n"},
    {"module show", "List modules and info",
     "Usage: module show [like keyword]\n"
     "       Shows Asterisk modules currently in use, and usage statistics.\n"},
    {"module unload", "Unload a module by name",
     "Usage: module unload <module name>\n       Unloads the specified module from Asterisk.\n"},
};

// Whether a command's word, perhaps of alternatives, is `word`.
bool IsWord(const std::string& of_command, const std::string& word) {
  if (of_command.size() < 2 || of_command.front() != '{') return EqualsIgnoreCase(of_command, word);
  for (const std::string& each : Split(of_command.substr(1, of_command.size() - 2), '|')) {
    if (EqualsIgnoreCase(each, word)) return true;
  }
  return false;
}

// Whether the first `count` words of both are the same.
bool Agree(const Words& command, const Words& words, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!IsWord(command[i], words[i])) return false;
  }
  return true;
}

std::string Joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string Common(const std::set<std::string>& words) {
  if (words.empty()) return "";
  const std::string& first = *words.begin();
  const std::string& last = *words.rbegin();
  const auto end = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
  return std::string(first.begin(), end.first);
}

}  // namespace

std::vector<CommandHelp> ConsoleHelp::Commands() const {
  std::vector<CommandHelp> commands;
  for (const BuiltIn& command : kBuiltIns) {
    commands.push_back({command.words, command.summary, command.usage});
  }
  for (const skype_console_command& command : modules_.ConsoleCommands()) {
    commands.push_back({command.words, command.summary, command.usage});
  }
  std::stable_sort(commands.begin(), commands.end(),
                   [](const CommandHelp& a, const CommandHelp& b) { return a.words < b.words; });
  return commands;
}

std::optional<std::string> ConsoleHelp::Usage(const Words& words) const {
  std::optional<std::string> usage;
  // In this order a longer command comes after the one that it begins with.
  for (const CommandHelp& command : Commands()) {
    const Words its_words = SplitWords(command.words);
    if (its_words.size() <= words.size() && Agree(its_words, words, its_words.size())) {
      usage = command.usage;
    }
  }
  return usage;
}

std::string ConsoleHelp::Help(const Words& words) const {
  if (const auto usage = Usage(words)) return *usage;
  std::string output;
  for (const CommandHelp& command : Commands()) {
    const Words its_words = SplitWords(command.words);
    if (words.size() > its_words.size()) continue;
    if (!words.empty()) {
      const size_t last = words.size() - 1;
      if (!Agree(its_words, words, last) ||
          ToLower(its_words[last]).compare(0, words[last].size(), ToLower(words[last])) != 0) {
        continue;
      }
    }
    std::string left = command.words;
    left.resize(std::max<size_t>(left.size(), 30), ' ');
    output += left + " -- " + command.summary + "\n";
  }
  return output.empty() ? "No such command '" + Joined(words) + "'.\n" : output;
}

std::string ConsoleHelp::Matches(const std::string& line, const std::string& word) const {
  Words before = SplitWords(line);
  if (!word.empty() && !before.empty()) before.pop_back();
  std::set<std::string> found;
  const auto offer = [&](const std::string& candidate) {
    if (ToLower(candidate).compare(0, word.size(), ToLower(word)) == 0) found.insert(candidate);
  };
  for (const CommandHelp& command : Commands()) {
    const Words its_words = SplitWords(command.words);
    if (before.size() >= its_words.size() || !Agree(its_words, before, before.size())) continue;
    const std::string& next = its_words[before.size()];
    if (next.size() < 2 || next.front() != '{') {
      offer(next);
      continue;
    }
    for (const std::string& each : Split(next.substr(1, next.size() - 2), '|')) offer(each);
  }
  for (const std::string& argument : modules_.Complete(before, word)) offer(argument);
  std::string output;
  if (!found.empty()) output = Common(found) + " ";
  for (const std::string& each : found) output += each + " ";
  return output + "_EOF_";
}

}  // namespace sfa::harness
