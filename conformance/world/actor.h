// Somebody in the world who does what steps say and whose sights go into the trace: a person at a
// desktop client, a telephone.
#ifndef CONFORMANCE_WORLD_ACTOR_H_
#define CONFORMANCE_WORLD_ACTOR_H_

#include <string>
#include <utility>

#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"
#include "fake_skype_network/desktop_client.h"

namespace sfa::conformance {

class Actor : protected community::ClientObserver {
 public:
  virtual ~Actor() = default;

  const std::string& name() const { return name_; }
  // "" when it was done, else why it could not be.
  virtual std::string Do(const Step& step) = 0;
  virtual bool in_call() const = 0;
  // The world ends: a call that still runs, too.
  virtual void Stop() = 0;

 protected:
  // The trace outlives it.
  Actor(std::string name, Trace& trace) : name_(std::move(name)), trace_(trace) {}

  // Each sight once it is in the trace.
  virtual void OnSeen(const Observation& seen) { static_cast<void>(seen); }
  // Of the latest call.
  virtual const community::AudioRecord& audio() const = 0;
  virtual peer::MediaStatistics statistics() const = 0;

  bool answered() const { return answered_; }
  // The call breaks off without an end that anybody sees.
  void BreakOff(MonotonicTime at);
  community::ClientObserver& observer() { return *this; }

 private:
  void OnSight(const community::ClientSight& sight) final;
  void KeepRecording(MonotonicTime at);

  const std::string name_;
  Trace& trace_;
  bool answered_ = false;
  bool progressed_ = false;
};

// What this client calls a codec of a scenario: "ulaw", "alaw", "g729".
std::vector<media::Codec> CodecsOf(const std::vector<std::string>& names);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_ACTOR_H_
