// The console's commands.
#ifndef ASTERISK_HARNESS_SIMULATED_CONSOLE_H_
#define ASTERISK_HARNESS_SIMULATED_CONSOLE_H_

#include <functional>
#include <string>
#include <vector>

#include "asterisk_harness/simulated/console_help.h"
#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

class Modules;
struct HintSight;

class Console {
 public:
  // `done`: false when the command is unknown, misused or has failed.
  using Answer = std::function<void(const std::string& output, bool done)>;

  // `reload_dialplan` reads extensions.conf again; false when it cannot be read.
  Console(PbxCore& core, Modules& modules, std::function<bool()> reload_dialplan);

  // `answer` runs once, possibly later (module unload waits for the engine).
  void Run(const std::string& command, const Answer& answer);

 private:
  using Words = std::vector<std::string>;
  using Reply = Answer;
  std::string ShowChannels(bool concise);
  std::string ShowModules(const std::string& like);
  std::string ShowDialplan(const Words& words);
  std::string ShowHints();
  std::string ShowHint(const std::string& exten);
  std::string HintLine(const HintSight& hint) const;
  void Redirect(const Words& words, const std::string& command, const Reply& reply);
  std::string RequestHangup(const Words& words);
  void RunModule(const Words& words, const std::string& command, Reply reply);

  PbxCore& core_;
  Modules& modules_;
  ConsoleHelp help_;
  std::function<bool()> reload_dialplan_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_CONSOLE_H_
