// Candidates and their order (RFC 8445 sections 5.1 and 6.1.2).
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_CANDIDATE_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_CANDIDATE_H_

#include <string>

#include "protocol/path/description.h"
#include "runtime/random.h"

namespace sfa::path {

inline constexpr uint16_t kBestLocalPreference = 65535;  // section 5.1.2.2

// Section 5.1.2.1, for component 1.
uint32_t CandidatePriority(CandidateKind kind, uint16_t local_preference);
// Section 6.1.2.3: the same number at both ends.
uint64_t PairPriority(uint32_t controlling, uint32_t controlled);

// Whether a check may be sent where a peer says it is: a unicast address and a port. Loopback is
// for hosts that have nothing else, lest a peer point us at our own services.
bool IsUsable(const Endpoint& endpoint, bool loopback_allowed);

// Whether the address means something only within its own network (RFC 1918, RFC 6598, RFC 3927,
// loopback): no relay reaches it.
bool IsPrivate(Ipv4Address address);

// `size` characters of ice-char (RFC 8839 section 5.4), 6 random bits each.
std::string RandomIceText(Random& random, size_t size);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_CANDIDATE_H_
