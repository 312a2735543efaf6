// What a STUN server answers (RFC 8489 section 6.3), as a function.
#ifndef REFERENCE_IMPL_PROTOCOL_STUN_SERVER_H_
#define REFERENCE_IMPL_PROTOCOL_STUN_SERVER_H_

#include <optional>

#include "protocol/stun/builder.h"
#include "protocol/stun/message.h"

namespace sfa::stun {

// The answer to a Binding request that came from `from`, to be sent back there: the address, or
// error 420 when the request has attributes that must be understood and are not. Nothing when the
// message is no Binding request or its FINGERPRINT is wrong.
std::optional<Builder> AnswerBinding(const Message& request, const Endpoint& from);

}  // namespace sfa::stun

#endif  // REFERENCE_IMPL_PROTOCOL_STUN_SERVER_H_
