// Where the engine gets its half of the network from: the real one, or a test's.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_NETWORK_FACTORY_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_NETWORK_FACTORY_H_

#include <functional>
#include <memory>

#include "protocol/path/media_port.h"
#include "protocol/peer/peer.h"
#include "skypeforasterisk/engine.h"

namespace sfa::engine {

struct NetworkFactory {
  std::function<Result<std::unique_ptr<path::MediaPort>>(Runtime&, const path::PortSettings&)>
      new_port;
  std::function<std::unique_ptr<peer::Peer>(Runtime&, path::MediaPort&, peer::PeerSettings,
                                            peer::PeerObserver&)>
      new_peer;
};

std::unique_ptr<Engine> NewEngineOn(NetworkFactory network, Runtime& runtime,
                                    std::unique_ptr<ByteStream> control,
                                    std::function<void(int status)> exit, int pid);

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_NETWORK_FACTORY_H_
