// A person of a scenario at a desktop client: does what steps say, and everything seen goes into
// the trace.
#ifndef CONFORMANCE_WORLD_PERSON_H_
#define CONFORMANCE_WORLD_PERSON_H_

#include <memory>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"
#include "conformance/world/actor.h"
#include "conformance/world/computer.h"
#include "fake_skype_network/desktop_client.h"

namespace sfa::conformance {

class Person final : public Actor {
 public:
  // `voice_seed` makes this person's voice.
  Person(const AccountSpec& account, std::unique_ptr<Computer> computer,
         const peer::NetworkSettings& network, uint64_t voice_seed, Trace& trace);

  std::string Do(const Step& step) override;
  bool in_call() const override { return client_ && client_->in_call(); }
  void Stop() override { LogOut(); }
  // Packets and messages that were nobody's, as its client counts them.
  uint64_t dropped() const { return client_ ? client_->dropped() : 0; }
  void LogIn();
  // Ends a call that still runs, too.
  void LogOut();
  // Both ends of the path on which media go now, when it is a relayed one; otherwise none.
  const std::vector<Endpoint>& relayed_ends() const { return relayed_ends_; }

 private:
  std::string DoInCall(const Step& step);
  // Buddies, chat, one's own account.
  std::string DoInCommunity(const Step& step);
  // The computer is without power from now on, in the middle of whatever it did.
  void Vanish();
  void OnSeen(const Observation& seen) override;
  void OnPath(const Observation& seen);
  const community::AudioRecord& audio() const override { return client_->audio(); }
  peer::MediaStatistics statistics() const override { return client_->statistics(); }

  const community::ClientSettings settings_;
  bool logged_in_ = false;
  std::vector<Endpoint> relayed_ends_;
  std::unique_ptr<Computer> computer_;
  std::unique_ptr<community::DesktopClient> client_;  // null when it has vanished
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_PERSON_H_
