// Between the network and telephones: connects calls to numbers (SkypeOut), puts calls of
// telephones through to the owners of numbers (SkypeIn), and settles what calls cost.
//
// A peer of the network under a service account. The telephones are its own: a telephone network
// without lines, in which each telephone rings, answers, speaks and dials as it is told.
#ifndef FAKE_SKYPE_NETWORK_PSTN_GATEWAY_H_
#define FAKE_SKYPE_NETWORK_PSTN_GATEWAY_H_

#include <memory>
#include <string>
#include <vector>

#include "fake_skype_network/desktop_client.h"
#include "protocol/peer/peer.h"
#include "runtime/runtime.h"

namespace sfa::community {

inline constexpr char kGatewayUser[] = "#telephones";  // nobody can be called so

struct TelephoneSettings {
  std::string number;  // "+12564286000"
  // As ClientSettings have them.
  Duration answer_after{-1};
  bool busy = false;
  // Speaks to the caller before it answers ("the number you have dialled …"): early media.
  bool announcement = false;
  uint64_t voice_seed = 1;
  bool record_audio = true;
};

// A telephone: sights "incoming" {from}, "ringing", "answered" {codec}, "ended" {reason}, "digit".
class Telephone {
 public:
  virtual ~Telephone() = default;
  // A SkypeIn number, or another telephone's.
  virtual void Call(const std::string& number) = 0;
  virtual bool in_call() const = 0;
  virtual void Answer() = 0;
  virtual void Reject() = 0;
  virtual void HangUp() = 0;
  virtual void SendDigits(const std::string& digits, Duration tone = std::chrono::milliseconds(100),
                          Duration gap = std::chrono::milliseconds(100)) = 0;
  virtual const AudioRecord& audio() const = 0;
  virtual peer::MediaStatistics statistics() const = 0;
};

struct GatewaySettings {
  std::string password;  // of kGatewayUser
  peer::NetworkSettings network;
  path::PortSettings port;
  // What it can speak with callers, in its order; by default all.
  std::vector<media::Codec> codecs = {media::Codec::kPcmu, media::Codec::kPcma};
};

// A number without a telephone of its own does not exist: END_INVALID_NUMBER.
class PstnGateway {
 public:
  virtual ~PstnGateway() = default;
  // The observer outlives the telephone, which lives as long as the gateway.
  virtual Telephone& AddTelephone(const TelephoneSettings& settings, ClientObserver& observer) = 0;
};

std::unique_ptr<PstnGateway> NewPstnGateway(Runtime& runtime, GatewaySettings settings);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_PSTN_GATEWAY_H_
