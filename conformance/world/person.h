// A person of a scenario at a desktop client: does what steps say, and everything seen goes into
// the trace.
#ifndef CONFORMANCE_WORLD_PERSON_H_
#define CONFORMANCE_WORLD_PERSON_H_

#include <memory>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"
#include "conformance/world/computer.h"
#include "fake_skype_network/desktop_client.h"

namespace sfa::conformance {

class Person final : private community::ClientObserver {
 public:
  // `voice_seed` makes this person's voice.
  Person(const AccountSpec& account, std::unique_ptr<Computer> computer,
         const peer::NetworkSettings& network, uint64_t voice_seed, Trace& trace);

  const std::string& name() const { return name_; }
  // "" when it was done, else why it could not be.
  std::string Do(const Step& step);
  // Packets and messages that were nobody's, as its client counts them.
  uint64_t dropped() const { return client_ ? client_->dropped() : 0; }
  bool in_call() const { return client_ && client_->in_call(); }
  void LogIn();
  // Ends a call that still runs, too.
  void LogOut();
  // Both ends of the path on which media go now, when it is a relayed one; otherwise none.
  const std::vector<Endpoint>& relayed_ends() const { return relayed_ends_; }

 private:
  std::string DoInCall(const std::string& verb);
  // The computer is without power from now on, in the middle of whatever it did.
  void Vanish();
  void OnSight(const community::ClientSight& sight) override;
  void KeepRecording(MonotonicTime at);
  void OnPath(const Observation& seen);
  community::ClientObserver& observer() { return *this; }

  const std::string name_;
  const community::ClientSettings settings_;
  Trace& trace_;
  bool logged_in_ = false;
  bool answered_ = false;
  std::vector<Endpoint> relayed_ends_;
  std::unique_ptr<Computer> computer_;
  std::unique_ptr<community::DesktopClient> client_;  // null when it has vanished
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_PERSON_H_
