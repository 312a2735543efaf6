// What a supernode knows of the other nodes: who they are, and its links to them.
#ifndef FAKE_SKYPE_NETWORK_NEIGHBOURS_H_
#define FAKE_SKYPE_NETWORK_NEIGHBOURS_H_

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "fake_skype_network/node_link.h"
#include "runtime/runtime.h"

namespace sfa::community {

class NeighboursHandler {
 public:
  virtual void OnLoginServerMessage(const wire::Message& message) = 0;
  // It has been reached (anew); it is out of reach, and does not answer what it was asked.
  virtual void OnLoginServerFound() {}
  virtual void OnLoginServerLost() {}
  virtual void OnNodeMessage(const Endpoint& node, const wire::Message& message) = 0;
  // `message` may not have been heard by the node it was sent to.
  virtual void OnUnheard(const wire::Message& message) = 0;
  // `before` is what nodes() was.
  virtual void OnNodesChanged(const std::vector<Endpoint>& before) = 0;
  // The node may have forgotten what it was told: it was lost, and is among nodes() still.
  virtual void OnNodeWasLost(const Endpoint& node) = 0;

 protected:
  ~NeighboursHandler() = default;
};

// Contract:
//  1. The login server says which nodes there are; this node connects to no others.
//  2. A login server that has just started (or is reached again) learns of the nodes one by one:
//  for
//     kSettle after the link to it has opened its lists add nodes and remove none.
//  3. While there is no login server, the nodes stay what they were.
class Neighbours final : private NodeLinkHandler {
 public:
  static constexpr Duration kSettle = std::chrono::seconds(15);
  // From the loss of a node to OnNodeWasLost().
  static constexpr Duration kAfterLoss = std::chrono::seconds(5);

  // `identity` and `handler` outlive this.
  Neighbours(Runtime& runtime, const Endpoint& self, const Endpoint& login_server,
             const stream::Key& root_key, const stream::NodeIdentity& identity,
             NeighboursHandler& handler);

  // All supernodes, this one included, sorted.
  const std::vector<Endpoint>& nodes() const { return nodes_; }
  void OnNodeList(const wire::NodeList& list);

  // False when there is no such node, or too much is under way to it.
  bool SendToNode(const Endpoint& node, const wire::Message& message);
  bool login_server_open() const { return login_server_.is_open(); }
  bool SendToLoginServer(const wire::Message& message) { return login_server_.Send(message); }

 private:
  void OnLinkOpen(NodeLink& link) override;
  void OnLinkMessage(NodeLink& link, const wire::Message& message) override;
  void OnLinkLost(NodeLink& link, const std::deque<wire::Message>& unheard) override;
  bool IsNode(const Endpoint& node) const;
  void Settle();
  void SetNodes(const std::set<Endpoint>& nodes);
  void TellLosses();

  Runtime& runtime_;
  const Endpoint self_;
  const stream::Key root_key_;
  const stream::NodeIdentity& identity_;
  NeighboursHandler& handler_;
  std::vector<Endpoint> nodes_;
  std::set<Endpoint> listed_;  // by the latest list
  std::unique_ptr<Timer> settle_;
  std::set<Endpoint> lost_;
  std::unique_ptr<Timer> tell_losses_;
  std::map<Endpoint, std::unique_ptr<NodeLink>> links_;
  NodeLink login_server_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_NEIGHBOURS_H_
