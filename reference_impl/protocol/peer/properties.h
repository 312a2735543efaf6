// What an offer says besides its media: within bounds, and bound to the caller's signature.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_PROPERTIES_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_PROPERTIES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "protocol/peer/peer.h"
#include "protocol/signalling.pb.h"

namespace sfa::peer {

inline constexpr size_t kMaxCallPropertyBytes = 512;  // of each; as a user's (service_names.h)
inline constexpr size_t kMaxCallNameBytes = 256;      // of who calls, is called, has forwarded
inline constexpr size_t kMaxCallLanguages = 16;

// Cut to `bytes`, not within a character of UTF-8, and without control characters.
std::string BoundedText(const std::string& text, size_t bytes);
// Codes separated by blanks ("languages" of service_names.h).
std::vector<std::string> LanguagesOf(const std::string& text);

void SetProperties(const CallProperties& properties, wire::CallOffer* offer);
// `by_service`: the caller has a service's credential; `to_service`: this user has. Without, nobody
// can pose as a telephone.
CallProperties PropertiesOf(const wire::CallOffer& offer, bool by_service, bool to_service);

// What the signature of an offer covers besides its media description.
std::string SignedWords(const wire::CallOffer& offer);

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_PROPERTIES_H_
