// A person of a scenario at a desktop client: does what steps say, and everything seen goes into
// the trace.
#ifndef CONFORMANCE_WORLD_PERSON_H_
#define CONFORMANCE_WORLD_PERSON_H_

#include <memory>
#include <string>

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
  bool in_call() const { return client_->in_call(); }
  void LogIn() { client_->LogIn(); }
  // Ends a call that still runs, too.
  void LogOut() { client_->LogOut(); }

 private:
  void OnSight(const community::ClientSight& sight) override;
  void KeepRecording(MonotonicTime at);

  const std::string name_;
  Trace& trace_;
  bool logged_in_ = false;
  bool answered_ = false;
  std::unique_ptr<Computer> computer_;
  std::unique_ptr<community::DesktopClient> client_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_PERSON_H_
