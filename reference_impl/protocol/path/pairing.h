// Puts our ways and the other end's candidates together (RFC 8445 section 6.1.2.2), and again
// whenever some have come or gone (RFC 8838 sections 10 and 12).
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_PAIRING_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_PAIRING_H_

#include <vector>

#include "protocol/path/check_list.h"
#include "protocol/path/check_port.h"
#include "protocol/path/outgoing_checks.h"

namespace sfa::path {

// Contract:
//  1. The UDP socket is paired with every UDP candidate, a relay with the public ones (with one of
//     each kind and address: what it admits is an address), a listener with a connection to be
//     made.
//  2. Of what the other end names, the first 16 usable candidates count.
//  3. A pair whose candidate is no longer named goes, unless it works, is being checked or is kept.
class Pairing {
 public:
  static constexpr size_t kMaxSignalled = 16;

  Pairing(const CheckPort& port, CheckList& list, OutgoingChecks& checks)
      : port_(port), list_(list), checks_(checks) {}

  // All there are now. `udp`: we have a UDP socket.
  void SetLocal(const std::vector<LocalCandidate>& candidates, bool udp);
  void SetRemote(const std::vector<Candidate>& candidates);
  const std::vector<Candidate>& remote() const { return remote_; }

  // A check has come by a route that is nobody's (section 7.3.1.3). Nothing when there are too
  // many.
  Pair* Learn(const Route& from, uint32_t priority);
  // Makes the pairs that are missing; SetPriorities() is due then.
  void Complete();

 private:
  // Whence packets leave.
  struct Base {
    WayId way = kUdpWay;
    WayKind kind = WayKind::kUdp;
    uint32_t priority = 0;
  };
  void PairUdp(const Base& base, const Candidate& remote);
  void PairListener(const Candidate& remote);
  bool RelayReaches(const Base& relay, const Candidate& remote) const;
  void DropUnnamed();
  uint32_t PriorityOf(WayId way) const;

  const CheckPort& port_;
  CheckList& list_;
  OutgoingChecks& checks_;
  bool loopback_allowed_ = false;
  std::vector<Base> bases_;
  std::vector<Candidate> remote_;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_PAIRING_H_
