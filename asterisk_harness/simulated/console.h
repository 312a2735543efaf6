// The console's commands.
#ifndef ASTERISK_HARNESS_SIMULATED_CONSOLE_H_
#define ASTERISK_HARNESS_SIMULATED_CONSOLE_H_

#include <functional>
#include <string>
#include <vector>

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

class Modules;

class Console {
 public:
  using Reply = std::function<void(const std::string& output)>;

  // `reload_dialplan` reads extensions.conf again; false when it cannot be read.
  Console(PbxCore& core, Modules& modules, std::function<bool()> reload_dialplan);

  // `reply` runs once, possibly later (module unload waits for the engine).
  void Run(const std::string& command, Reply reply);

 private:
  using Words = std::vector<std::string>;
  std::string ShowChannels(bool concise);
  std::string ShowModules(const std::string& like);
  std::string ShowDialplan(const Words& words);
  std::string ShowHints();
  std::string RequestHangup(const Words& words);
  void RunModule(const Words& words, const std::string& command, Reply reply);

  PbxCore& core_;
  Modules& modules_;
  std::function<bool()> reload_dialplan_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_CONSOLE_H_
