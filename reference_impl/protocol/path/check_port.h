// What a path agent needs of the media port: its ways out, STUN out, STUN in.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_CHECK_PORT_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_CHECK_PORT_H_

#include <string>
#include <vector>

#include "protocol/path/description.h"
#include "protocol/path/route.h"
#include "protocol/stun/message.h"

namespace sfa::path {

// Who sends checks and answers them. Calls come from packets and timers, never from inside a
// CheckPort's method; the user may remove and destroy itself in any of them.
class CheckUser {
 public:
  // A Binding request whose USERNAME begins with this user's fragment. Its FINGERPRINT is right;
  // its integrity has not been looked at.
  virtual void OnRequest(const Route& from, const stun::Message& request) = 0;
  // A success or an error with an expected transaction id. Neither its integrity nor where it came
  // from has been looked at.
  virtual void OnAnswer(const Route& from, const stun::Message& answer) = 0;
  // What LocalCandidates() returns has changed: a mapping learnt or changed, a relay gained or
  // lost.
  virtual void OnLocalCandidates() = 0;
  // The connection was refused, has died, or the relay is gone. Said to every user; a way that a
  // user has never met is none of its business.
  virtual void OnWayClosed(WayId way) = 0;

 protected:
  ~CheckUser() = default;
};

// A candidate of ours and the way from which packets leave for it. TCP listeners have none: who
// connects to them arrives by a way of its own.
struct LocalCandidate {
  Candidate candidate;  // priority and foundation filled in
  WayId way = kUdpWay;
};

class CheckPort {
 public:
  // False when the fragment is taken. `wants_relay`: the port gets itself an allocation, now and
  // for as long as some user wants it, and again when it is lost.
  virtual bool AddUser(const std::string& ufrag, CheckUser* user, bool wants_relay) = 0;
  // Also forgets what the user still expects.
  virtual void RemoveUser(const std::string& ufrag) = 0;
  virtual void Expect(const stun::TransactionId& id, CheckUser* user) = 0;
  virtual void Forget(const stun::TransactionId& id) = 0;

  // Best first: host, server-reflexive (and foretold ones, behind a sequential NAT), TCP listeners
  // where others can reach them, relayed.
  virtual std::vector<LocalCandidate> LocalCandidates() const = 0;
  virtual WayKind KindOf(WayId way) const = 0;

  // By a relay: the permission is asked for first, the message waits for it (a few do). By TCP:
  // waits for the connection. What cannot be sent is as good as lost: the transaction repeats it.
  virtual void SendStun(const Route& to, stun::Bytes message) = 0;
  // A connection to a listener of the other end; usable at once. OnWayClosed() when it fails.
  // Nothing when there are too many, or TCP cannot be used.
  virtual std::optional<WayId> ConnectTcp(const Endpoint& remote) = 0;
  // Of a TCP connection that this user does not need any more.
  virtual void CloseWay(WayId way) = 0;

  // Something has gone silent: asks at once whether the mapping is still the same and whether the
  // relay still answers, and within a second lets OnLocalCandidates() or OnWayClosed() tell.
  virtual void Suspect() = 0;

  // What the user was given turned out to be forged or garbled: it counts as nobody's.
  virtual void CountDropped() {}

 protected:
  ~CheckPort() = default;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CHECK_PORT_H_
