// The modules, loaded and unloaded as Asterisk does it: reference counts, requirements.
#ifndef ASTERISK_HARNESS_SIMULATED_MODULES_H_
#define ASTERISK_HARNESS_SIMULATED_MODULES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "asterisk_harness/simulated/configuration_file.h"
#include "asterisk_harness/simulated/g729_codec.h"
#include "asterisk_harness/simulated/pbx_core.h"
#include "asterisk_harness/simulated/skype_channel.h"
#include "chan_skype/pbx_port.h"
#include "res_skypeforasterisk/engine_service.h"

namespace sfa::harness {

inline constexpr char kResModule[] = "res_skypeforasterisk.so";
inline constexpr char kChanModule[] = "chan_skype.so";
inline constexpr char kG729Module[] = "codec_g729a.so";

struct ModuleDirectories {
  std::string etc = "/etc/asterisk", spool = "/var/spool/asterisk", var_lib = "/var/lib/asterisk";
};

struct ModuleSight {
  std::string name, description;
  int use_count = 0;
  bool running = false;
};

class Modules {
 public:
  // nullptr when there is no engine service (tests with a driver that needs none).
  using ServiceFactory = std::function<std::unique_ptr<res::EngineService>()>;

  Modules(PbxCore& core, const skype_driver* driver, ServiceFactory services, FileLookup files,
          const ModuleDirectories& directories);
  ~Modules();
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  // Puts codec_g729a.so where the others are, before they are loaded; without it there is none.
  void InstallG729() { g729_installed_ = true; }
  // res first, then the codec, then chan. A module that declines leaves the PBX running.
  void Autoload();
  bool Load(const std::string& module);
  // `done` gets whether it is out; false at once when it is refused.
  void Unload(const std::string& module, std::function<void(bool)> done);
  bool Reload(const std::string& module);
  // Takes both out, as soon as the driver has let go of its last call; for a stop, when no channel
  // is left.
  void UnloadAll(std::function<void()> done);
  // What the modules have asked for at the end of a process that does not unload them: the engine
  // is ended.
  void RunAtExit(std::function<void()> done);
  std::vector<ModuleSight> List() const;
  bool IsKnown(const std::string& module) const;
  bool IsRunning(const std::string& module) const;

  // The driver's console commands, none while it is not loaded, and the words that may follow.
  std::vector<skype_console_command> ConsoleCommands() const;
  std::vector<std::string> Complete(const std::vector<std::string>& words,
                                    const std::string& partial);
  // False when the words are not one of them.
  bool RunCli(const std::vector<std::string>& words, std::string* output);

 private:
  friend struct HostTable;
  static void OnGone(void* context);
  bool LoadChan();
  bool LoadG729();
  void UnloadG729(const std::function<void(bool)>& done);
  void OnUnreferenced();

  PbxCore& core_;
  ServiceFactory services_;
  FileLookup files_;
  const ModuleDirectories& directories_;  // settled before a module is loaded
  bool res_loaded_ = false, g729_installed_ = false;
  std::unique_ptr<G729Codec> g729_;
  std::unique_ptr<res::EngineService> service_;
  DriverInUse driver_;
  int chan_references_ = 0;
  bool unloading_ = false;
  std::function<void(bool)> unloaded_;
  std::function<void()> stopped_;
  std::unique_ptr<Timer> stop_timer_;
  pbx_host host_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MODULES_H_
