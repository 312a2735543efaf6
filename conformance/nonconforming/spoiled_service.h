// The res module with a spoiler on the way of each message, and its own licences.
#ifndef CONFORMANCE_NONCONFORMING_SPOILED_SERVICE_H_
#define CONFORMANCE_NONCONFORMING_SPOILED_SERVICE_H_

#include <memory>
#include <string>

#include "conformance/nonconforming/spoiler.h"
#include "res_skypeforasterisk/engine_service.h"

namespace sfa::conformance {

// `service` and `spoiler` outlive it.
std::unique_ptr<res::EngineService> NewSpoiledService(res::EngineService& service,
                                                      Spoiler& spoiler);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_NONCONFORMING_SPOILED_SERVICE_H_
