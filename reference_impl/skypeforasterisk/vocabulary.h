// The control protocol's words for the peer's, and back.
#ifndef REFERENCE_IMPL_SKYPEFORASTERISK_VOCABULARY_H_
#define REFERENCE_IMPL_SKYPEFORASTERISK_VOCABULARY_H_

#include <google/protobuf/repeated_field.h>

#include <optional>
#include <vector>

#include "protocol/engine_control.pb.h"
#include "protocol/peer/peer.h"
#include "runtime/address.h"

namespace sfa::engine {

control::Codec ToControl(media::Codec codec);
control::EndReason ToControl(peer::EndReason reason);
control::AccountState ToControl(peer::LoginState state);
control::Endpoint ToControl(const Endpoint& endpoint);

// Nothing for what this version does not know.
std::optional<media::Codec> FromControl(int codec);
// The known ones, each once, in order.
std::vector<media::Codec> FromControl(const google::protobuf::RepeatedField<int>& codecs);
// What the driver does not say is an ordinary end.
peer::EndReason FromControl(control::EndReason reason);
// Nothing without an address or a port.
std::optional<Endpoint> FromControl(const control::Endpoint& endpoint);

}  // namespace sfa::engine

#endif  // REFERENCE_IMPL_SKYPEFORASTERISK_VOCABULARY_H_
