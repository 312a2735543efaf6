// The driver's line to the engine: starts it, starts it again after a death, turns bytes into
// messages and messages into bytes.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_ENGINE_LINK_H_
#define REFERENCE_IMPL_CHAN_SKYPE_ENGINE_LINK_H_

#include <memory>
#include <string>

#include "protocol/engine_control.pb.h"
#include "res_skypeforasterisk/engine_service.h"

namespace sfa::skype {

class EngineEvents {
 public:
  // Commands may be sent; Configure is due first.
  virtual void OnEngineUp(const std::string& version) = 0;
  virtual void OnEngineMessage(const control::Event& event) = 0;
  // `restart_after` is zero when it is not started again by itself.
  virtual void OnEngineDown(const std::string& reason, Duration restart_after) = 0;

 protected:
  ~EngineEvents() = default;
};

// All on the runtime's thread. A death after a successful start is followed by another start, at
// first after 2 s, then after longer and longer pauses up to a minute; an engine that does not
// start at all stays down, because an administrator has to change something first.
class EngineLink final : private res::EngineListener {
 public:
  EngineLink(res::EngineService& service, EngineEvents& events);

  void Start(const std::string& engine_directory);
  // Ends the engine, if there is one, and starts it again.
  void Restart(const std::string& engine_directory);
  // `stopped` runs when no process is left and no event follows.
  void Stop(Task stopped);
  // Dropped while the engine is down.
  void Send(const control::Command& command);
  bool up() const { return up_; }

 private:
  void OnEngineReady(std::string_view version) override;
  void OnEngineEvent(std::string_view bytes) override;
  void OnEngineGone(const std::string& reason) override;
  void Launch();

  res::EngineService& service_;
  EngineEvents& events_;
  std::string engine_directory_;
  bool up_ = false;
  uint64_t stops_ = 0;  // a restart that is overtaken by a later stop does not start
  Duration pause_;
  std::unique_ptr<Timer> restart_;
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_ENGINE_LINK_H_
