#include "fake_skype_network/neighbours.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/network.h"

namespace sfa::community {
namespace {

// More are no network of ours; bounds what a list can make a node keep.
constexpr int kMaxNodes = 10'000;

}  // namespace

Neighbours::Neighbours(Runtime& runtime, const Endpoint& self, const Endpoint& login_server,
                       const stream::Key& root_key, const stream::NodeIdentity& identity,
                       NeighboursHandler& handler)
    : runtime_(runtime),
      self_(self),
      root_key_(root_key),
      identity_(identity),
      handler_(handler),
      nodes_{self},
      listed_{self},
      settle_(runtime.NewTimer([this] { Settle(); })),
      tell_losses_(runtime.NewTimer([this] { TellLosses(); })),
      login_server_(runtime, self, login_server, wire::NODE_LOGIN_SERVER, root_key, identity, true,
                    *this) {}

void Neighbours::OnNodeList(const wire::NodeList& list) {
  listed_ = {self_};
  for (int i = 0; i < std::min(list.supernodes_size(), kMaxNodes); ++i) {
    const Endpoint node = peer::FromWire(list.supernodes(i));
    if (node.is_set()) listed_.insert(node);
  }
  std::set<Endpoint> nodes = listed_;
  if (settle_->running()) nodes.insert(nodes_.begin(), nodes_.end());
  SetNodes(nodes);
}

void Neighbours::Settle() {
  if (login_server_.is_open()) SetNodes(listed_);
}

void Neighbours::SetNodes(const std::set<Endpoint>& nodes) {
  const std::vector<Endpoint> before = std::exchange(nodes_, {nodes.begin(), nodes.end()});
  if (before == nodes_) return;
  for (auto each = links_.begin(); each != links_.end();) {
    each = IsNode(each->first) ? std::next(each) : links_.erase(each);
  }
  handler_.OnNodesChanged(before);
}

bool Neighbours::IsNode(const Endpoint& node) const {
  return std::binary_search(nodes_.begin(), nodes_.end(), node);
}

bool Neighbours::SendToNode(const Endpoint& node, const wire::Message& message) {
  if (node == self_ || !IsNode(node)) return false;
  auto& link = links_[node];
  if (!link) {
    NodeLinkHandler& handler = *this;
    link = std::make_unique<NodeLink>(runtime_, self_, node, wire::NODE_SUPERNODE, root_key_,
                                      identity_, false, handler);
  }
  return link->Send(message);
}

void Neighbours::OnLinkOpen(NodeLink& link) {
  if (&link != &login_server_) return;
  settle_->Start(kSettle);
  handler_.OnLoginServerFound();
}

void Neighbours::OnLinkMessage(NodeLink& link, const wire::Message& message) {
  if (&link == &login_server_) return handler_.OnLoginServerMessage(message);
  handler_.OnNodeMessage(link.node(), message);
}

void Neighbours::OnLinkLost(NodeLink& link, const std::deque<wire::Message>& unheard) {
  if (&link == &login_server_) {
    settle_->Cancel();
    handler_.OnLoginServerLost();
  } else {
    lost_.insert(link.node());
    if (!tell_losses_->running()) tell_losses_->Start(kAfterLoss);
  }
  for (const wire::Message& each : unheard) handler_.OnUnheard(each);
}

void Neighbours::TellLosses() {
  for (const Endpoint& node : std::exchange(lost_, {})) {
    if (IsNode(node)) handler_.OnNodeWasLost(node);
  }
}

}  // namespace sfa::community
