#include "skypeforasterisk/engine.h"
#include "skypeforasterisk/network_factory.h"

namespace sfa::engine {

std::unique_ptr<Engine> NewEngine(Runtime& runtime, std::unique_ptr<ByteStream> control,
                                  std::function<void(int status)> exit, int pid) {
  return NewEngineOn({&path::NewMediaPort, &peer::NewPeer}, runtime, std::move(control),
                     std::move(exit), pid);
}

}  // namespace sfa::engine
