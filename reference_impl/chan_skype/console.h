// The console commands `skype …` (manual 4.2).
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CONSOLE_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CONSOLE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chan_skype/core.h"

namespace sfa::skype {

using Print = std::function<void(const std::string& line)>;

// All commands, for the host to register.
const skype_console_command* ConsoleCommands(size_t* count);

// `words` begins with "skype". False when they are not a command of ours; a command with too few or
// too many words prints its usage.
bool RunConsole(Core& core, const std::vector<std::string>& words, const Print& print);

// The `number`th word that begins with `partial` and may follow `words`.
std::optional<std::string> CompleteConsole(Core& core, const std::vector<std::string>& words,
                                           const std::string& partial, size_t number);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_CONSOLE_H_
