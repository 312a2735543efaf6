// What the protocol's values are called in sights and in logs.
#ifndef FAKE_SKYPE_NETWORK_WORDS_H_
#define FAKE_SKYPE_NETWORK_WORDS_H_

#include "protocol/peer/peer.h"

namespace sfa::community {

// The product's words: "Connecting to P2P Network", "Logged In".
const char* ToText(peer::LoginState state);
// "no answer", "unknown user"
const char* ToText(peer::EndReason reason);
// The names of RFC 3551: "PCMU", "PCMA".
const char* ToText(media::Codec codec);
const char* ToText(wire::ServiceResult result);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_WORDS_H_
