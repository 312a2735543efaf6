// An engine of another version than the module that launches it, as after half an upgrade.
#ifndef CONFORMANCE_WORLD_OTHER_ENGINE_H_
#define CONFORMANCE_WORLD_OTHER_ENGINE_H_

#include <functional>
#include <memory>
#include <string>

#include "asterisk_harness/operating_system/machine.h"

namespace sfa::conformance {

// Says Hello with its version, and nothing else to whatever it is told. Ends with the stream.
std::unique_ptr<harness::Program> NewOtherEngine(const std::string& version,
                                                 std::unique_ptr<ByteStream> control,
                                                 std::function<void(int status)> exit);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_OTHER_ENGINE_H_
