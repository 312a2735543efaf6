// The driver's questions to the community's services, by way of the engine, and their answers.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_SERVICE_DESK_H_
#define REFERENCE_IMPL_CHAN_SKYPE_SERVICE_DESK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "protocol/engine_control.pb.h"

namespace sfa::skype {

using ServiceDone = std::function<void(const wire::ServiceReply& reply)>;

// Why something was not done, for people: one line, never empty.
std::string WhyNotDone(const wire::ServiceReply& reply);

// Runtime's thread only. Each question is answered exactly once while the desk lives: by the
// network, or with SERVICE_UNREACHABLE by Refuse().
class ServiceDesk {
 public:
  using Send = std::function<void(const control::Command& command)>;
  explicit ServiceDesk(Send send) : send_(std::move(send)) {}

  void Ask(const std::string& account, const wire::ServiceRequest& request, ServiceDone done);
  void OnDone(const control::ServiceDone& answer);
  // Nobody will answer the open questions of that account any more, or of all of them ("").
  void Refuse(const std::string& account);

 private:
  struct Question {
    std::string account;
    ServiceDone done;
  };
  Send send_;
  uint64_t last_request_ = 0;
  std::map<uint64_t, Question> open_;
};

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_SERVICE_DESK_H_
