// What a user has asked the community's services and has not been answered yet.
//
// Contract: each question ends once, never inside Ask() or Fail(): with its answer; with
// SERVICE_UNREACHABLE after kServicePatience, or soon, when there is nobody to ask any more or when
// more than kMax are under way. Not at all when this is destroyed.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_QUESTIONS_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_QUESTIONS_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "protocol/peer/peer.h"
#include "protocol/signalling.pb.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class Questions {
 public:
  static constexpr size_t kMax = 1000;

  // False when it cannot be sent.
  using Send = std::function<bool(const wire::Message& message)>;
  Questions(Runtime& runtime, Send send);
  ~Questions();

  void Ask(const wire::ServiceRequest& request, Peer::ServiceDone done);
  // False when nobody has asked (any more). May destroy this.
  bool OnReply(uint32_t request, const wire::ServiceReply& reply);
  // There is nobody to ask any more.
  void Fail();
  size_t size() const { return asked_.size(); }

 private:
  struct Deadline {
    MonotonicTime at;
    uint32_t request;
  };
  void OnTimer();
  void Unreachable(Peer::ServiceDone done);

  Runtime& runtime_;
  const Send send_;
  uint32_t next_ = 1;
  std::map<uint32_t, Peer::ServiceDone> asked_;  // by request number
  std::deque<Deadline> deadlines_;               // in order; of answered ones, too
  std::unique_ptr<Timer> timer_;
  std::shared_ptr<Questions*> self_ = std::make_shared<Questions*>(this);
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_QUESTIONS_H_
