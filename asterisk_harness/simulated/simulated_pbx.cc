#include "asterisk_harness/simulated/simulated_pbx.h"

#include "asterisk_harness/simulated/pbx_process.h"
#include "res_skypeforasterisk/engine_service.h"

namespace sfa::harness {

std::unique_ptr<Pbx> NewSimulatedPbx(Runtime& runtime, SimulatedPbxSettings settings,
                                     PbxObserver& observer) {
  const std::span<const uint8_t> image = settings.engine_image;
  auto services = [&runtime, image] {
    return res::NewEngineService(
        runtime, {.image = image, .licenses_directory = ModuleDirectories{}.var_lib + "/licenses"});
  };
  auto pbx = std::make_unique<PbxProcess>(runtime, std::move(settings.files), settings.driver,
                                          std::move(services), observer);
  if (settings.g729) pbx->InstallG729();
  return pbx;
}

}  // namespace sfa::harness
