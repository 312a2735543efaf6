// What users with a good credential say to a relay, for targets and their seeds.
#ifndef FUZZ_RELAY_REQUESTS_H_
#define FUZZ_RELAY_REQUESTS_H_

#include <string>

#include "fake_skype_network/relay_credentials.h"
#include "fuzz/input.h"
#include "runtime/address.h"

namespace sfa::fuzz {

inline constexpr community::RelaySecret kRelaySecret = {1, 2, 3};
inline constexpr Endpoint kRelayPeer{Ipv4Address::Of(198, 51, 100, 9), 7000};

// A request or an indication with attributes as they come, and a good credential in most cases.
Bytes RelayRequest(Input& input, const std::string& nonce, const wire::RelayCredential& credential);

}  // namespace sfa::fuzz

#endif  // FUZZ_RELAY_REQUESTS_H_
