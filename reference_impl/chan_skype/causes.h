// Why a call ends: the network's reasons and the PBX's causes (ITU-T Q.850), each way.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_CAUSES_H_
#define REFERENCE_IMPL_CHAN_SKYPE_CAUSES_H_

#include "chan_skype/pbx_port.h"
#include "protocol/engine_control.pb.h"

namespace sfa::skype {

// The far end or the network has ended the call.
pbx_cause CauseOf(control::EndReason reason);
// The same as a word for HANGUPCAUSE().
const char* WordOf(control::EndReason reason);

// The PBX has ended the call. What the far end is told depends on how far the call had got: an
// unanswered incoming call is refused, an unanswered outgoing one withdrawn.
control::EndReason ReasonOf(pbx_cause cause, bool incoming, bool answered);

// The PBX could not take up an incoming call (pbx_host.channel_start).
control::EndReason RefusalOf(pbx_cause cause);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_CAUSES_H_
