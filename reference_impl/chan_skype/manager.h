// The AMI actions (manual 3.5), and those that clients of the time used besides.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_MANAGER_H_
#define REFERENCE_IMPL_CHAN_SKYPE_MANAGER_H_

#include <string>

#include "chan_skype/core.h"
#include "chan_skype/manager_reply.h"

namespace sfa::skype {

// SkypeAccountProperty …; null at the end.
const char* const* ManagerActions();

// Any thread; `reply` is answered now or later. Names compare without regard to case.
void RunManagerAction(Core& core, const std::string& action, const Headers& headers,
                      const SharedReply& reply);

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_MANAGER_H_
