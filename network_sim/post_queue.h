// Tasks for a process's own thread, posted from any thread.
#ifndef NETWORK_SIM_POST_QUEUE_H_
#define NETWORK_SIM_POST_QUEUE_H_

#include <functional>
#include <memory>
#include <vector>

#include "network_sim/alarm.h"
#include "network_sim/inbox.h"
#include "runtime/mutex.h"

namespace sfa::sim {

// Contract:
//  1. Tasks run in the order of posting, in a later event, one event for those waiting then.
//  2. After Close() none runs.
class PostQueue : public std::enable_shared_from_this<PostQueue> {
 public:
  static std::shared_ptr<PostQueue> New(std::shared_ptr<Inbox> inbox) {
    return std::shared_ptr<PostQueue>(new PostQueue(std::move(inbox)));
  }

  void Post(std::function<void()> task);
  void Close();

 private:
  struct Wake;

  explicit PostQueue(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}
  void Run();

  const std::shared_ptr<Inbox> inbox_;
  Mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  bool scheduled_ = false;
  bool closed_ = false;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_POST_QUEUE_H_
