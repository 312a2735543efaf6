#include "protocol/peer/port_share.h"

#include <algorithm>

namespace sfa::peer {

void PortShare::Survey(std::vector<Endpoint> nodes, std::function<void()> done) {
  if (surveyed_) return runtime_.Post(std::move(done));
  waiting_.push_back(std::move(done));
  if (survey_) return;
  survey_ = std::make_unique<path::Survey>(runtime_, port_, std::move(nodes),
                                           [this](const path::Surroundings& surroundings) {
                                             surveyed_ = true;
                                             port_.SetSurroundings(surroundings);
                                             const auto waiting = std::move(waiting_);
                                             waiting_.clear();
                                             survey_ = nullptr;
                                             // One of them may end this share.
                                             for (const auto& each : waiting) each();
                                           });
}

void PortShare::SetHome(const void* peer, const Endpoint& home) {
  const auto found = std::find_if(homes_.begin(), homes_.end(),
                                  [peer](const auto& each) { return each.first == peer; });
  if (found != homes_.end() && found->second == home) return;
  // Who moves has a home for the shortest time.
  if (found != homes_.end()) homes_.erase(found);
  if (home.is_set()) homes_.emplace_back(peer, home);
  if (homes_.empty() || homes_.front().second == stun_server_) return;
  stun_server_ = homes_.front().second;
  port_.UseStunServer(stun_server_);
}

void PortShare::LoggedOut(const void* peer) {
  SetHome(peer, {});
  if (homes_.empty()) surveyed_ = false;
}

void PortShare::SetRelays(const std::vector<Endpoint>& known, const Endpoint& home,
                          const std::string& name, const std::string& password) {
  path::RelaySettings relays;
  relays.name = name;
  relays.password = password;
  const auto add = [&relays](const Endpoint& node) {
    const auto end = relays.nodes.end();
    if (std::find(relays.nodes.begin(), end, node) == end) relays.nodes.push_back(node);
  };
  for (const path::SeenNode& seen : port_.surroundings().nodes) {
    if (seen.node != home) add(seen.node);
  }
  for (const Endpoint& node : known) {
    if (node != home) add(node);
  }
  if (relays.nodes.empty() && home.is_set()) add(home);
  port_.SetRelays(relays);
}

}  // namespace sfa::peer
