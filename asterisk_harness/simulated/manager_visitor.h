// A manager session as a client on the manager's port has it, without the port: the same text goes
// both ways.
#ifndef ASTERISK_HARNESS_SIMULATED_MANAGER_VISITOR_H_
#define ASTERISK_HARNESS_SIMULATED_MANAGER_VISITOR_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "asterisk_harness/ami_client.h"
#include "asterisk_harness/simulated/ami_session.h"
#include "runtime/runtime.h"

namespace sfa::harness {

class ManagerVisitor {
 public:
  using NewSession = std::function<std::unique_ptr<AmiSession>(
      std::function<void(std::string_view)> write, std::function<void()> closed)>;

  // The session that `new_session` makes ends with the visitor, which the manager outlives.
  ManagerVisitor(Runtime& runtime, const NewSession& new_session,
                 std::function<void(const AmiMessage&)> event);

  // Replies come later, never from inside; none to a session that has ended.
  void Send(AmiMessage action, AmiClient::Reply reply) {
    client_.Send(std::move(action), std::move(reply));
  }

 private:
  AmiClient client_;
};

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MANAGER_VISITOR_H_
