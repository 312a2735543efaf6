// A supernode: STUN server (UDP), home of users (TCP), a share of the directory, and the way for
// signalling between users.
#ifndef FAKE_SKYPE_NETWORK_SUPERNODE_H_
#define FAKE_SKYPE_NETWORK_SUPERNODE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/runtime.h"

namespace sfa::community {

struct SupernodeSettings {
  std::string name;
  Endpoint listen;  // UDP and TCP
  Endpoint login_server;
  std::array<uint8_t, 32> root_seed{};  // to have its own certificate signed
};

class Supernode {
 public:
  virtual ~Supernode() = default;
  virtual size_t users_here() const = 0;
};

Result<std::unique_ptr<Supernode>> NewSupernode(Runtime& runtime, SupernodeSettings settings);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_SUPERNODE_H_
