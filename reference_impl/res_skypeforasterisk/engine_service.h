// What res_skypeforasterisk offers to chan_skype: the engine's life, and messages to and from it.
//
// One per loaded res module. It holds the embedded engine `skyhost`, extracts it into
// engine_directory, launches it as the process `skypeforasterisk` and removes the file (manual
// 2.4). The two modules are separate shared objects: only bytes, plain structs and these abstract
// classes cross between them.
#ifndef REFERENCE_IMPL_RES_SKYPEFORASTERISK_ENGINE_SERVICE_H_
#define REFERENCE_IMPL_RES_SKYPEFORASTERISK_ENGINE_SERVICE_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/license/license_file.h"
#include "res_skypeforasterisk/license_pool.h"
#include "res_skypeforasterisk/license_report.h"
#include "runtime/runtime.h"

namespace sfa::res {

inline constexpr uint32_t kControlProtocolVersion = 1;

class EngineListener {
 public:
  // The engine runs and speaks our version; commands may be sent. `event` is its Hello.
  virtual void OnEngineReady(std::string_view version) = 0;
  // One serialised control::Event. Valid during the call.
  virtual void OnEngineEvent(std::string_view event) = 0;
  // It could not be started, or it has died; `reason` is for people and says what to change.
  virtual void OnEngineGone(const std::string& reason) = 0;

 protected:
  ~EngineListener() = default;
};

// Thread: the runtime's, except runtime().Post(), the pools and FoundLicenses().
class EngineService {
 public:
  virtual ~EngineService() = default;

  virtual Runtime& runtime() = 0;
  // For calls.
  virtual LicensePool& licenses() = 0;
  // For codec_g729a's translations: as many (manual 3), counted apart.
  virtual LicensePool& g729_licenses() = 0;
  // Reads the licence files anew; both pools have their channels afterwards. Licences are read when
  // the service is made, and counted by then.
  virtual void ReadLicenses() = 0;
  // What was found when they were read last.
  virtual LicenseReport FoundLicenses() const = 0;
  // Extracts and launches. The listener's calls come later, never from inside.
  virtual void Start(const std::string& engine_directory, EngineListener& listener) = 0;
  // One serialised control::Command. Ignored while the engine is not ready.
  virtual void Send(std::string_view command) = 0;
  // Asks the engine to shut down and kills it if it has not after 3 s; `stopped` runs when no
  // process is left. The listener is not called any more.
  virtual void Stop(Task stopped) = 0;
  virtual std::string version() const = 0;
};

struct EngineServiceSettings {
  std::span<const uint8_t> image;  // the engine's executable; outlives the service
  std::string licenses_directory;  // <astvarlibdir>/licenses
  // Whose signature makes a licence.
  stream::Key license_authority = license::SimulatedAuthority();
};

std::unique_ptr<EngineService> NewEngineService(Runtime& runtime,
                                                const EngineServiceSettings& settings);

}  // namespace sfa::res

#endif  // REFERENCE_IMPL_RES_SKYPEFORASTERISK_ENGINE_SERVICE_H_
