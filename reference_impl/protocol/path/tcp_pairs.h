// Connections to the other end's listeners, where UDP does not get through.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_TCP_PAIRS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_TCP_PAIRS_H_

#include <memory>
#include <vector>

#include "protocol/path/check_list.h"
#include "protocol/path/check_port.h"
#include "protocol/path/outgoing_checks.h"
#include "runtime/runtime.h"

namespace sfa::path {

// Contract:
//  1. Before Begin() nothing is connected. BeginSoon() begins after 500 ms, unless there is a valid
//     pair by UDP then.
//  2. At most four connections at a time; a listener is tried again after 2 s at the earliest, and
//     only while the path is lost.
//  3. 2 s after a path has been taken, the connections that it does not use are closed.
class TcpPairs {
 public:
  TcpPairs(Runtime& runtime, CheckPort& port, CheckList& list, OutgoingChecks& checks);

  void Begin();
  void BeginSoon();
  // Connects to the listeners that have not been tried, once begun.
  void Connect();
  // The path is lost: what has not answered for 2 s is given up and tried again.
  void Renew();
  void OnSelected(const Pair& pair);
  void OnWayClosed(WayId way);
  // The path agent fails or goes: closes what was opened here.
  void CloseAll();

 private:
  struct Connection {
    WayId way;
    Endpoint remote;
    MonotonicTime since;
  };
  void ConnectTo(Pair& pair);
  void CloseUnused();
  bool TriedLately(const Endpoint& remote) const;

  Runtime& runtime_;
  CheckPort& port_;
  CheckList& list_;
  OutgoingChecks& checks_;
  bool begun_ = false;
  const Pair* selected_ = nullptr;
  std::vector<Connection> open_;
  std::vector<Connection> tried_;  // the last attempt for each listener
  std::unique_ptr<Timer> begin_, close_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_TCP_PAIRS_H_
