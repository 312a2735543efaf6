// The engine `skyhost`, which runs as the process `skypeforasterisk`: it joins the accounts to the
// network and carries the calls' audio between the network and the PBX.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_H_

#include <functional>
#include <memory>

#include "runtime/runtime.h"

namespace sfa::engine {

class Engine {
 public:
  virtual ~Engine() = default;
};

// Speaks protocol/engine_control.proto over `control`, Hello first. `exit` is called once, from the
// runtime's thread: status 0 after Shutdown or when the control stream ends, 1 when the driver
// breaks the protocol. It may destroy the engine. `pid` is what Hello says; 0 is unknown.
std::unique_ptr<Engine> NewEngine(Runtime& runtime, std::unique_ptr<ByteStream> control,
                                  std::function<void(int status)> exit, int pid = 0);

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_ENGINE_H_
