// A supernode: STUN and TURN server (UDP and TCP), home of users (TCP), a share of the directory,
// and the way for signalling between users.
#ifndef FAKE_SKYPE_NETWORK_SUPERNODE_H_
#define FAKE_SKYPE_NETWORK_SUPERNODE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "fake_skype_network/relay_allocation.h"
#include "runtime/runtime.h"

namespace sfa::community {

struct SupernodeSettings {
  std::string name;
  Endpoint listen;  // UDP and TCP; 80 and 443 of the same address too, where they can be had
  Endpoint login_server;
  std::array<uint8_t, 32> root_seed{};  // to have its own certificate signed
  // Relays to private addresses, too: for networks of one's own.
  bool relay_to_private = false;
};

// May be destroyed at any time, and made again with the same settings: it keeps nothing.
class Supernode {
 public:
  virtual ~Supernode() = default;
  virtual size_t users_here() const = 0;
  // Whether this is the home of a login of that user.
  virtual bool HasUser(const std::string& user) const = 0;
  virtual size_t relays_now() const = 0;  // allocations
  virtual const RelayStatistics& relay_statistics() const = 0;
};

Result<std::unique_ptr<Supernode>> NewSupernode(Runtime& runtime, SupernodeSettings settings);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_SUPERNODE_H_
