// Messages that look right and are not: what somebody can make who reads all packets and knows no
// key.
#ifndef CONFORMANCE_JUDGES_HOSTILE_FORGERIES_H_
#define CONFORMANCE_JUDGES_HOSTILE_FORGERIES_H_

#include <string>
#include <vector>

#include "conformance/judges/hostile/packets.h"

namespace sfa::conformance {

// What eavesdropping on the calls has taught.
class Eavesdropper {
 public:
  void Learn(const RealPacket& packet);

  const std::vector<std::string>& usernames() const { return usernames_; }

  // A connectivity check or its answer, signed with a wrong password or not at all.
  PacketBytes Check(Random& random) const;
  // To a check that came from `from`, a success under a wrong password; empty for all else.
  PacketBytes Answer(std::span<const uint8_t> check, const Endpoint& from) const;
  // A request to a relay, with a name and a nonce that were heard and a wrong key, or without.
  PacketBytes RelayRequest(Random& random) const;
  // Of the smallest that a server of STUN or TURN answers.
  PacketBytes Question(Random& random) const;
  // Send indications and channel data, to `peer`.
  PacketBytes RelayData(const Endpoint& peer, Random& random) const;
  // A packet like the one heard last from some sender, with the numbers that follow, under a wrong
  // key; empty while none was heard. RTCP as well.
  PacketBytes Media(Random& random) const;

 private:
  std::vector<std::string> usernames_;    // of checks
  std::vector<std::string> relay_names_;  // of requests to relays
  std::vector<std::string> nonces_;
  std::vector<PacketBytes> media_;         // headers of RTP, the latest of each SSRC
  std::vector<PacketBytes> transactions_;  // ids of checks, the latest ones
  size_t next_transaction_ = 0;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_HOSTILE_FORGERIES_H_
