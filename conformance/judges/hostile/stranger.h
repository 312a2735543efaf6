// A stranger on the Internet who hears every packet, can send any with any source address, and
// does all the harm that can be done without a key.
#ifndef CONFORMANCE_JUDGES_HOSTILE_STRANGER_H_
#define CONFORMANCE_JUDGES_HOSTILE_STRANGER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "conformance/world/world.h"

namespace sfa::conformance {

struct Attack {
  MonotonicTime from, until;
  int packets_per_second = 0;
  // Nothing but small proper questions, all in the victim's name: how much does it get for them?
  bool only_questions = false;
  // Kept open to each TCP port that is known.
  int connections = 0;
  // To the home of the one who calls, all at once, on top of those.
  int flood = 0;
  // Silent ones to each supernode and to the login server, made up to this number again each
  // second.
  int hoard = 0;
};

// What was seen from outside.
struct Damage {
  uint64_t packets_sent = 0;
  uint64_t tcp_begun = 0, tcp_thrown_out = 0, tcp_secured = 0;
  size_t tcp_most = 0;
  size_t ports_attacked = 0;
  size_t least_users = 0, most_users = 0;  // while it lasted
  size_t most_relays = 0;
  uint64_t relay_drops = 0, relay_refusals = 0;
  uint64_t client_drops = 0;
  // What the whole process has got on its heap since the attack began: when it ends, all
  // connections still there, and when all is over. 0 where that cannot be measured.
  int64_t heap_after_attack = 0, heap_at_end = 0;
};

// The world writes captures to `captures`: that is how the stranger hears. `damage` outlives the
// world.
GuestMaker NewStranger(const Attack& attack, const std::string& captures, Damage& damage);

// The hosts of the stranger, and of somebody whose address is borrowed: captures bear these names.
inline constexpr char kStrangerHost[] = "stranger";
inline constexpr char kVictimHost[] = "victim";

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_HOSTILE_STRANGER_H_
