// AMI's centre: events out to everybody who listens, actions in. Bytes are AmiSession's business.
#ifndef ASTERISK_HARNESS_SIMULATED_MANAGER_H_
#define ASTERISK_HARNESS_SIMULATED_MANAGER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asterisk_harness/pbx.h"

namespace sfa::harness {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Classes of events and actions, bits as in Asterisk's manager.
enum ManagerClass : unsigned {
  kClassSystem = 1u << 0,
  kClassCall = 1u << 1,
  kClassLog = 1u << 2,
  kClassVerbose = 1u << 3,
  kClassCommand = 1u << 4,
  kClassAgent = 1u << 5,
  kClassUser = 1u << 6,
  kClassConfig = 1u << 7,
  kClassDtmf = 1u << 8,
  kClassReporting = 1u << 9,
  kClassCdr = 1u << 10,
  kClassDialplan = 1u << 11,
  kClassOriginate = 1u << 12,
  kClassMessage = 1u << 13,
  kClassAll = (1u << 14) - 1,
};
// "system,all"
std::string PrivilegeText(unsigned classes);
// A list as manager.conf and EventMask have it: "on", "all", "call,dtmf", or a number.
unsigned ParseClasses(const std::string& text);

class EventListener {
 public:
  virtual void OnManagerEvent(unsigned classes, const AmiMessage& event) = 0;

 protected:
  ~EventListener() = default;
};

// The answer to one action, possibly in several messages. ActionID is added to each.
class AmiReply {
 public:
  using Sink = std::function<void(const AmiMessage& message, bool last)>;
  AmiReply(std::string action_id, Sink sink)
      : action_id_(std::move(action_id)), sink_(std::move(sink)) {}

  void Success(const std::string& message, Headers more = {});
  void Error(const std::string& message);
  // One message of a list, the response included; the last one ends the answer.
  void Send(const std::string& first_header, const std::string& first_value, Headers headers,
            bool last);
  const std::string& action_id() const { return action_id_; }

 private:
  std::string action_id_;
  Sink sink_;
};

class Manager {
 public:
  using Handler = std::function<void(const AmiMessage& action, std::shared_ptr<AmiReply> reply)>;

  void Emit(const std::string& event, unsigned classes, Headers headers);
  void Listen(EventListener* listener);
  void Unlisten(EventListener* listener);

  // `classes` 0: everybody may.
  void Register(const std::string& action, unsigned classes, Handler handler);
  void Unregister(const std::string& action);
  // Name and classes of each, by name.
  std::vector<std::pair<std::string, unsigned>> Actions() const;
  // Runs an action of somebody who has `permissions`.
  void Execute(const AmiMessage& action, unsigned permissions, AmiReply::Sink sink);

 private:
  struct Action {
    std::string name;  // as registered
    unsigned classes;
    Handler handler;
  };
  std::vector<EventListener*> listeners_;
  std::map<std::string, Action> actions_;  // by lower-case name
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MANAGER_H_
