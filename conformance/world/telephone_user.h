// Somebody at a telephone behind the gateway: does what steps say, and what is seen of the
// telephone goes into the trace.
#ifndef CONFORMANCE_WORLD_TELEPHONE_USER_H_
#define CONFORMANCE_WORLD_TELEPHONE_USER_H_

#include <cstdint>
#include <string>

#include "conformance/world/actor.h"
#include "fake_skype_network/pstn_gateway.h"

namespace sfa::conformance {

class TelephoneUser final : public Actor {
 public:
  // Outlives the gateway, and with it the telephone; does nothing once that is gone.
  TelephoneUser(const AccountSpec& account, community::PstnGateway& gateway, uint64_t voice_seed,
                Trace& trace);

  std::string Do(const Step& step) override;
  bool in_call() const override { return telephone_.in_call(); }
  void Stop() override { telephone_.HangUp(); }

 private:
  const community::AudioRecord& audio() const override { return telephone_.audio(); }
  peer::MediaStatistics statistics() const override { return telephone_.statistics(); }

  community::Telephone& telephone_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_TELEPHONE_USER_H_
