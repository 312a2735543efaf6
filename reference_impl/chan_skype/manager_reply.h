// The answer to one AMI action: given exactly once, whatever becomes of the driver.
#ifndef REFERENCE_IMPL_CHAN_SKYPE_MANAGER_REPLY_H_
#define REFERENCE_IMPL_CHAN_SKYPE_MANAGER_REPLY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chan_skype/pbx_port.h"

namespace sfa::skype {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Control characters are taken out of values, so that none can begin a line of its own.
class ManagerReply {
 public:
  ManagerReply(pbx_manager_answer answer, void* context) : answer_(answer), context_(context) {}
  // Whoever lets go of it unanswered could not: the driver is being unloaded.
  ~ManagerReply();
  ManagerReply(const ManagerReply&) = delete;
  ManagerReply& operator=(const ManagerReply&) = delete;

  void Success(const std::string& message, const Headers& headers = {});
  void Error(const std::string& message);
  // A list: items of the event `item`, then the event `complete` with their number.
  void List(const std::string& message, const std::string& item, const std::vector<Headers>& items,
            const std::string& complete);

 private:
  struct Message {
    std::string event;  // "": the response
    Headers headers;
  };
  void Give(std::vector<Message> messages);

  pbx_manager_answer answer_;  // null once it has been given
  void* context_;
};

using SharedReply = std::shared_ptr<ManagerReply>;

}  // namespace sfa::skype

#endif  // REFERENCE_IMPL_CHAN_SKYPE_MANAGER_REPLY_H_
