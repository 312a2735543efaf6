// A PBX host behind one interface: the simulated one and the real ones. Checks see it only through
// what an administrator sees: AMI, the console, files, processes.
#ifndef ASTERISK_HARNESS_PBX_H_
#define ASTERISK_HARNESS_PBX_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/runtime.h"

namespace sfa::harness {

// One AMI message: headers in the order in which they came; names may repeat.
struct AmiMessage {
  std::vector<std::pair<std::string, std::string>> headers;
  // The first header of that name, without regard to case; "" when there is none.
  const std::string& Get(const std::string& name) const;
};

class PbxObserver {
 public:
  // Every AMI event, in the order in which the PBX sent it.
  virtual void OnAmiEvent(const AmiMessage& event) = 0;
  // A line of the PBX's log.
  virtual void OnLog(const std::string& level, const std::string& text) = 0;

 protected:
  ~PbxObserver() = default;
};

// Text of the configuration files by name: "chan_skype.conf", "extensions.conf". What is not given
// is as the distribution has it.
using ConfigurationFiles = std::vector<std::pair<std::string, std::string>>;

// Requests complete later, on the platform's thread.
class Pbx {
 public:
  virtual ~Pbx() = default;

  // Starts the PBX and loads the modules; `done` gets "" or why it failed.
  virtual void Start(std::function<void(const std::string& error)> done) = 0;
  // As `core stop gracefully`, and by force when calls do not end; `done` runs when its process is
  // gone.
  virtual void Stop(std::function<void()> done) = 0;
  // As `core stop now`: channels and modules are left as they are.
  virtual void StopNow(std::function<void()> done) = 0;
  // An AMI action without its ActionID; `reply` gets the response and, for list actions, the events
  // that belong to it.
  virtual void SendAction(const AmiMessage& action,
                          std::function<void(const std::vector<AmiMessage>&)> reply) = 0;
  // A console command; `reply` gets its output.
  virtual void RunCommand(const std::string& command,
                          std::function<void(const std::string& output)> reply) = 0;
  // Opens a session of its own for another user of manager.conf, once per user. `event` gets what
  // that user hears, until the PBX is gone; `done` gets "" or why the user was refused.
  virtual void LogIn(const std::string& user, const std::string& secret,
                     std::function<void(const AmiMessage&)> event,
                     std::function<void(const std::string& error)> done) = 0;
  // SendAction() on that user's session.
  virtual void SendActionAs(const std::string& user, const AmiMessage& action,
                            std::function<void(const std::vector<AmiMessage>&)> reply) = 0;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_PBX_H_
