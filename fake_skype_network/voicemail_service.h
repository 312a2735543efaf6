// Takes messages for users who have voicemail and do not answer. A peer under a service account:
// whoever calls such a user is connected here by its own end (LookupReply.voicemail).
#ifndef FAKE_SKYPE_NETWORK_VOICEMAIL_SERVICE_H_
#define FAKE_SKYPE_NETWORK_VOICEMAIL_SERVICE_H_

#include <memory>
#include <string>

#include "protocol/peer/peer.h"
#include "runtime/runtime.h"

namespace sfa::community {

inline constexpr char kVoicemailUser[] = "#voicemail";
// Longer messages are cut.
inline constexpr Duration kLongestMessage = std::chrono::minutes(10);

struct VoicemailSettings {
  std::string password;
  peer::NetworkSettings network;
  path::PortSettings port;
};

// Answers at once, says a tone of 1 kHz for half a second, and keeps what comes until the caller
// hangs up (KeepVoicemail).
class VoicemailService {
 public:
  virtual ~VoicemailService() = default;
};

std::unique_ptr<VoicemailService> NewVoicemailService(Runtime& runtime, VoicemailSettings settings);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_VOICEMAIL_SERVICE_H_
