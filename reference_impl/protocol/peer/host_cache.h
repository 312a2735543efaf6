// The supernodes that a user knows of.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_HOST_CACHE_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_HOST_CACHE_H_

#include <vector>

#include "runtime/address.h"
#include "runtime/random.h"

namespace sfa::peer {

class HostCache {
 public:
  // As in Skype's client (Baset and Schulzrinne 2006).
  static constexpr size_t kMaxHosts = 200;

  explicit HostCache(std::vector<Endpoint> bootstrap) : bootstrap_(std::move(bootstrap)) {}

  // The latest are kept; who is known already moves to the front.
  void Add(const Endpoint& host);
  // Did not answer; the bootstrap nodes stay.
  void Remove(const Endpoint& host);
  size_t size() const { return hosts_.size(); }
  // Oldest first.
  const std::vector<Endpoint>& hosts() const { return hosts_; }

  // All that can be asked, each once: the cached ones in random order, then the bootstrap nodes in
  // random order.
  std::vector<Endpoint> Shuffled(Random& random) const;

 private:
  std::vector<Endpoint> bootstrap_;
  std::vector<Endpoint> hosts_;  // oldest first
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_HOST_CACHE_H_
