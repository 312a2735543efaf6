// The console commands `skype …` (manual 4.2).
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CONSOLE_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CONSOLE_H_

#include <string>
#include <vector>

#include "chan_skype/core.h"

namespace sfa::skype {

// `words` begins with "skype". False when they are not a command of ours.
bool RunConsole(Core& core, const std::vector<std::string>& words, const Print& print);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_CONSOLE_H_
