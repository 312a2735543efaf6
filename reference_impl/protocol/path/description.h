// What one end tells the other about how to reach it.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_DESCRIPTION_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_DESCRIPTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/address.h"

namespace sfa::path {

// The values are the type preferences of RFC 8445 section 5.1.2.2.
enum class CandidateKind : uint8_t {
  kRelayed = 0,
  kServerReflexive = 100,
  kPeerReflexive = 110,
  kHost = 126
};
// "host", "server-reflexive", "peer-reflexive", "relayed"
const char* ToString(CandidateKind kind);

enum class CandidateTransport : uint8_t {
  kUdp,
  kTcpPassive,  // listens there; STUN and media in RFC 4571 frames (RFC 6544)
};

// Where a sequential NAT is expected to put us next is signalled as server-reflexive too: whoever
// checks it needs no other rule.
struct Candidate {
  CandidateKind kind = CandidateKind::kHost;
  Endpoint endpoint;
  uint32_t priority = 0;
  std::string foundation;
  CandidateTransport transport = CandidateTransport::kUdp;
};

// One end's half: what the other end needs to check towards us.
struct PathDescription {
  std::string ufrag;
  std::string password;
  std::vector<Candidate> candidates;
};

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_DESCRIPTION_H_
