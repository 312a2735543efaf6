#include "protocol/peer/host_cache.h"

#include <algorithm>

namespace sfa::peer {

void HostCache::Add(const Endpoint& host) {
  if (!host.is_set()) return;
  Remove(host);
  if (hosts_.size() == kMaxHosts) hosts_.erase(hosts_.begin());
  hosts_.push_back(host);
}

void HostCache::Remove(const Endpoint& host) {
  hosts_.erase(std::remove(hosts_.begin(), hosts_.end(), host), hosts_.end());
}

std::vector<Endpoint> HostCache::Shuffled(Random& random) const {
  const auto shuffle = [&random](std::vector<Endpoint> some) {
    for (size_t i = some.size(); i > 1; --i) std::swap(some[i - 1], some[random.Below(i)]);
    return some;
  };
  std::vector<Endpoint> all = shuffle(hosts_);
  for (const Endpoint& node : shuffle(bootstrap_)) {
    if (std::find(all.begin(), all.end(), node) == all.end()) all.push_back(node);
  }
  return all;
}

}  // namespace sfa::peer
